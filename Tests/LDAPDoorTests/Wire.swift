@testable import LDAPDoor

/// Requests as octets, and responses as lines to compare.
enum Wire {
    static func message(_ id: Int32, _ tag: UInt8, _ body: (inout BERWriter) -> Void) -> [UInt8] {
        message(id, tag, controls: [], body)
    }

    /// Each control: its type, whether it is critical, its value.
    static func message(
        _ id: Int32, _ tag: UInt8, controls: [(String, Bool, [UInt8]?)], _ body: (inout BERWriter) -> Void
    ) -> [UInt8] {
        var writer = BERWriter()
        writer.write(BERTag.sequence) { message in
            message.write(id)
            message.write(tag, body)
            guard !controls.isEmpty else { return }
            message.write(BERTag.constructed(0)) { list in
                for (type, isCritical, value) in controls {
                    list.write(BERTag.sequence) { control in
                        control.write(type)
                        if isCritical { control.write(true) }
                        if let value { control.write(value) }
                    }
                }
            }
        }
        return writer.octets
    }

    static func bind(_ id: Int32, _ name: String, _ secret: String, version: Int32 = 3) -> [UInt8] {
        message(id, 0x60) { bind in
            bind.write(version)
            bind.write(name)
            bind.write(secret, BERTag.context(0))
        }
    }

    static func sasl(_ id: Int32, _ mechanism: String, _ credentials: String?) -> [UInt8] {
        message(id, 0x60) { bind in
            bind.write(Int32(3))
            bind.write("")
            bind.write(BERTag.constructed(3)) { sasl in
                sasl.write(mechanism)
                if let credentials { sasl.write(credentials) }
            }
        }
    }

    static func unbind(_ id: Int32) -> [UInt8] { message(id, 0x42) { _ in } }

    static func abandon(_ id: Int32, _ other: UInt8) -> [UInt8] {
        [0x30, 0x06, 0x02, 0x01, UInt8(id), 0x50, 0x01, other]
    }

    static func extended(_ id: Int32, _ name: String) -> [UInt8] {
        message(id, 0x77) { $0.write(name, BERTag.context(0)) }
    }

    static func compare(_ id: Int32, _ entry: String, _ attribute: String, _ value: String) -> [UInt8] {
        message(id, 0x6e) { compare in
            compare.write(entry)
            compare.write(BERTag.sequence) { assertion in
                assertion.write(attribute)
                assertion.write(value)
            }
        }
    }

    /// What a search asks for, with what is usual.
    struct Search {
        var base: String
        var scope = SearchRequest.Scope.subtree
        var filter = Filter.present("objectClass")
        var attributes: [String] = []
        var sizeLimit: Int32 = 0
        var typesOnly = false
        var page: (size: Int32, cookie: [UInt8])?
    }

    static func search(_ id: Int32, _ search: Search, controls: [(String, Bool, [UInt8]?)] = []) -> [UInt8] {
        var controls = controls
        if let page = search.page {
            var value = BERWriter()
            value.write(BERTag.sequence) { paging in
                paging.write(page.size)
                paging.write(page.cookie)
            }
            controls.append((Controls.pagedResults, false, value.octets))
        }
        return message(id, 0x63, controls: controls) { request in
            request.write(search.base)
            request.write(search.scope.rawValue, BERTag.enumerated)
            request.write(Int32(0), BERTag.enumerated)
            request.write(search.sizeLimit)
            request.write(Int32(0))
            request.write(search.typesOnly)
            search.filter.write(to: &request)
            request.write(BERTag.sequence) { list in
                for name in search.attributes { list.write(name) }
            }
        }
    }
}

extension Filter {
    static func equal(_ name: String, _ value: String) -> Filter { .equal(name, Array(value.utf8)) }

    func write(to writer: inout BERWriter) {
        func assertion(_ number: UInt8, _ name: String, _ value: [UInt8]) {
            writer.write(BERTag.constructed(number)) { item in
                item.write(name)
                item.write(value)
            }
        }
        switch self {
        case .and(let filters): writer.write(BERTag.constructed(0)) { list in filters.forEach { $0.write(to: &list) } }
        case .or(let filters): writer.write(BERTag.constructed(1)) { list in filters.forEach { $0.write(to: &list) } }
        case .not(let filter): writer.write(BERTag.constructed(2)) { filter.write(to: &$0) }
        case .equal(let name, let value): assertion(3, name, value)
        case .atLeast(let name, let value): assertion(5, name, value)
        case .atMost(let name, let value): assertion(6, name, value)
        case .present(let name): writer.write(name, BERTag.context(7))
        case .substrings(let name, let parts):
            writer.write(BERTag.constructed(4)) { item in
                item.write(name)
                item.write(BERTag.sequence) { list in
                    if let initial = parts.initial { list.write(initial, BERTag.context(0)) }
                    for part in parts.any { list.write(part, BERTag.context(1)) }
                    if let final = parts.final { list.write(final, BERTag.context(2)) }
                }
            }
        case .extensible(let match):
            writer.write(BERTag.constructed(9)) { item in
                if let rule = match.rule { item.write(rule, BERTag.context(1)) }
                if let attribute = match.attribute { item.write(attribute, BERTag.context(2)) }
                item.write(match.value, BERTag.context(3))
                if match.matchesDN { item.write([0xff], BERTag.context(4)) }
            }
        }
    }
}

// MARK: - Responses

extension Wire {
    /// Octets of the first message in `octets`; nil if it is not there yet.
    static func firstLength(_ octets: [UInt8]) -> Int? {
        octets.withUnsafeBytes { octets in
            guard let header = try? BERHeader(octets), octets.count >= header.count + header.length else { return nil }
            return header.count + header.length
        }
    }

    /// A line for each message: `1 bind 49 Authentication failed`, `2 entry cn=staff,… cn=staff description=…`, `2 done 0`.
    static func lines(_ octets: [UInt8]) throws -> [String] {
        try octets.withUnsafeBytes { octets in
            var messages = BERReader(octets)
            var lines: [String] = []
            while !messages.isAtEnd { lines.append(try line(try messages.read(BERTag.sequence))) }
            return lines
        }
    }

    /// The cookie of the page that a search's last response ends.
    static func cookie(_ octets: [UInt8]) throws -> [UInt8]? {
        try octets.withUnsafeBytes { octets in
            var messages = BERReader(octets)
            var cookie: [UInt8]?
            while !messages.isAtEnd {
                var message = BERReader(try messages.read(BERTag.sequence))
                _ = try message.readInteger()
                _ = try message.readElement()
                cookie = try message.readIfPresent(BERTag.constructed(0)).flatMap { try Controls($0).paging?.cookie }
            }
            return cookie
        }
    }

    private static func line(_ content: Octets) throws -> String {
        var message = BERReader(content)
        let id = try message.readInteger()
        let operation = try message.readElement()
        var fields = BERReader(operation.content)
        if operation.tag == 0x64 {
            var words = ["\(id) entry", try fields.readText()]
            var attributes = BERReader(try fields.read(BERTag.sequence))
            while !attributes.isAtEnd {
                var attribute = BERReader(try attributes.read(BERTag.sequence))
                let name = try attribute.readText()
                var values = BERReader(try attribute.read(BERTag.set))
                var texts: [String] = []
                while !values.isAtEnd { texts.append(try values.readText()) }
                words.append("\(name)=\(texts.joined(separator: "|"))")
            }
            return words.joined(separator: " ")
        }
        let names: [UInt8: String] = [0x61: "bind", 0x65: "done", 0x6f: "compare", 0x78: "extended"]
        var words = ["\(id)", names[operation.tag] ?? String(operation.tag, radix: 16)]
        words.append("\(try fields.readInteger(BERTag.enumerated))")
        let matched = try fields.readText()
        let words2 = try fields.readText()
        if !matched.isEmpty { words.append("matched \(matched)") }
        if !words2.isEmpty { words.append(words2) }
        if let credentials = try fields.readIfPresent(BERTag.context(7)) {
            words.append("credentials \(credentials.count)")
        }
        if let name = try fields.readIfPresent(BERTag.context(10)) {
            words.append(String(decoding: name, as: UTF8.self))
        }
        if let value = try fields.readIfPresent(BERTag.context(11)) {
            words.append("“\(String(decoding: value, as: UTF8.self))”")
        }
        return words.joined(separator: " ")
    }
}
