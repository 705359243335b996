import LatchkeyCore
import LatchkeyTesting
import Testing

@testable import LDAPDoor

func octets(_ hex: String) throws -> [UInt8] {
    let digits = Array(hex.utf8.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\n") })
    return try stride(from: 0, to: digits.count, by: 2).map { place in
        try #require(Hex.value(of: digits[place])) << 4 | #require(Hex.value(of: digits[place + 1]))
    }
}

private func message(_ octets: [UInt8]) throws -> Message {
    try octets.withUnsafeBytes { try Message($0) }
}

struct RecordedTests {
    @Test("a simple bind of OpenLDAP's tools is read")
    func bind() throws {
        let name = "uid=ada,ou=people,dc=example,dc=test"
        let recorded =
            try octets("30 34 02 01 01 60 2f 02 01 03 04 24") + Array(name.utf8) + octets("80 04 61 62 63 64")
        let read = try message(recorded)
        #expect(read.id == 1)
        guard case .bind(let bind) = read.request, case .simple(let secret) = bind.authentication else {
            Issue.record("not a simple bind")
            return
        }
        #expect(bind.version == 3)
        #expect(bind.name == name)
        #expect(secret.reveal() == "abcd")
        #expect(Wire.bind(1, name, "abcd") == recorded)
    }

    @Test("success and refusal are written as OpenLDAP writes them")
    func bindResponses() throws {
        var writer = BERWriter()
        Response.bind(id: 1, .success).write(to: &writer)
        #expect(try writer.take() == octets("30 0c 02 01 01 61 07 0a 01 00 04 00 04 00"))
        Response.bind(id: 1, LDAPResult(.invalidCredentials)).write(to: &writer)
        #expect(try writer.take() == octets("30 0c 02 01 01 61 07 0a 01 31 04 00 04 00"))
    }

    @Test("who am I and StartTLS are read, and answered in the same form")
    func extended() throws {
        let whoAmI = try octets("30 1e 02 01 02 77 19 80 17") + Array(ExtendedRequest.whoAmI.utf8)
        guard case .extended(let request) = try message(whoAmI).request else {
            Issue.record("not an extended request")
            return
        }
        #expect(request.name == ExtendedRequest.whoAmI)
        #expect(Wire.extended(2, ExtendedRequest.whoAmI) == whoAmI)
        #expect(try Wire.extended(2, ExtendedRequest.startTLS).starts(with: octets("30 1d 02 01 02 77 18 80 16")))

        let words = "dn:uid=ada,ou=people,dc=example,dc=test"
        var writer = BERWriter()
        Response.extended(id: 2, .success, value: words).write(to: &writer)
        #expect(try writer.take() == octets("30 35 02 01 02 78 30 0a 01 00 04 00 04 00 8b 27") + Array(words.utf8))
    }

    @Test("a filter of ldapsearch is read")
    func filter() throws {
        let recorded = try octets(
            """
            a0 3b a3 1c 04 0b 6f626a656374436c617373 04 0d 696e65744f7267506572736f6e
            a1 1b a3 0a 04 03 756964 04 03 616461 a4 0d 04 04 6d61696c 30 05 80 03 616461
            """)
        let filter = try recorded.withUnsafeBytes { octets in
            var reader = BERReader(octets)
            return try Filter(&reader)
        }
        #expect(
            filter
                == .and([
                    .equal("objectClass", "inetOrgPerson"),
                    .or([.equal("uid", "ada"), .substrings("mail", .init(initial: Array("ada".utf8)))]),
                ]))
        var writer = BERWriter()
        filter.write(to: &writer)
        #expect(writer.octets == recorded)
    }

    @Test("a page is asked for and ended as OpenLDAP does it")
    func paging() throws {
        let control =
            try octets("30 21 04 16") + Array(Controls.pagedResults.utf8) + octets("04 07 30 05 02 01 01 04 00")
        let read = try control.withUnsafeBytes { try Controls($0) }
        #expect(read.paging == Controls.Paging(size: 1, cookie: []))
        var writer = BERWriter()
        Response.searchDone(id: 3, .success, cookie: []).write(to: &writer)
        #expect(
            try writer.take()
                == octets("30 31 02 01 03 65 07 0a 01 00 04 00 04 00 a0 23 30 21 04 16")
                + Array(Controls.pagedResults.utf8) + octets("04 07 30 05 02 01 00 04 00"))
    }

    @Test("a search of the root is read, and an unbind")
    func rootSearch() throws {
        let root = Wire.search(
            2, Wire.Search(base: "", scope: .base, filter: .present("objectclass"), attributes: ["+"]))
        guard case .search(let search) = try message(root).request else {
            Issue.record("not a search")
            return
        }
        #expect(search.base == "" && search.scope == .base && search.attributes == ["+"])
        guard case .unbind = try message(octets("30 05 02 01 03 42 00")).request else {
            Issue.record("not an unbind")
            return
        }
    }
}

struct BERTests {
    @Test("a number is written in as few octets as it needs, and read back")
    func numbers() throws {
        var rng = SplitMix64(seed: 1)
        let some: [Int32] = [0, 1, -1, 127, 128, -128, -129, 255, 256, 32_767, 32_768, .max, .min]
        for number in some
            + (0..<500).map({ _ in Int32.random(in: .min ... .max, using: &rng) >> Int32.random(in: 0...31, using: &rng)
            })
        {
            var writer = BERWriter()
            writer.write(number)
            let octets = writer.octets
            #expect(try octets.withUnsafeBytes { try BERReader(copying: $0).readInteger() } == number)
            #expect(
                octets.count == 3 || !(octets[2] == 0 && octets[3] < 0x80) && !(octets[2] == 0xff && octets[3] >= 0x80))
        }
    }

    @Test("a length may take more octets than it needs, but not none, more than four, or the indefinite form")
    func lengths() throws {
        for header in ["04 03", "04 81 03", "04 82 00 03", "04 84 00 00 00 03"] {
            let octets = try octets(header + " 61 62 63")
            #expect(try octets.withUnsafeBytes { try BERReader(copying: $0).readText() } == "abc", "\(header)")
        }
        for wrong in [
            "04 80 61 00 00", "04 85 00 00 00 00 03 61 62 63", "04 ff", "04 04 61 62 63", "1f 03 61 62 63", "04",
        ] {
            let octets = try octets(wrong)
            #expect(throws: ProtocolFault.malformed, "\(wrong)") {
                try octets.withUnsafeBytes { _ = try BERReader(copying: $0).readElement() }
            }
        }
    }

    @Test("long contents are written with their length in front", arguments: [0, 127, 128, 255, 256, 70_000])
    func contents(length: Int) throws {
        var writer = BERWriter()
        writer.write(BERTag.sequence) { $0.write([UInt8](repeating: 7, count: length)) }
        let octets = writer.octets
        #expect(
            try octets.withUnsafeBytes { octets in
                var reader = BERReader(octets)
                var inner = BERReader(try reader.read(BERTag.sequence))
                return try inner.read(BERTag.octetString).count
            } == length)
    }
}

extension BERReader {
    /// For one read of octets that are only lent.
    fileprivate init(copying octets: Octets) { self.init(octets) }

    fileprivate func readInteger() throws -> Int32 {
        var reader = self
        return try reader.readInteger(BERTag.integer)
    }

    fileprivate func readText() throws -> String {
        var reader = self
        return try reader.readText(BERTag.octetString)
    }

    fileprivate func readElement() throws -> UInt8 {
        var reader = self
        let element: (tag: UInt8, content: Octets) = try reader.readElement()
        return element.tag
    }
}

struct LimitTests {
    private func search(_ filter: Filter, attributes: [String] = []) -> [UInt8] {
        Wire.search(1, Wire.Search(base: "", filter: filter, attributes: attributes))
    }

    private func isBeyondLimits(_ octets: [UInt8]) throws -> Bool {
        if case .searchBeyondLimits = try message(octets).request { true } else { false }
    }

    @Test("filters stand 32 deep in one another and no deeper")
    func depth() throws {
        func nested(_ depth: Int) -> Filter {
            (1..<depth).reduce(Filter.present("uid")) { filter, place in place % 2 == 0 ? .and([filter]) : .not(filter)
            }
        }
        #expect(try !isBeyondLimits(search(nested(32))))
        #expect(try isBeyondLimits(search(nested(33))))
        #expect(try isBeyondLimits(search(nested(5_000))))
    }

    @Test("a request has 512 filters at most, counting the parts of substrings")
    func items() throws {
        let one = Filter.present("uid")
        #expect(try !isBeyondLimits(search(.or([Filter](repeating: one, count: 511)))))
        #expect(try isBeyondLimits(search(.or([Filter](repeating: one, count: 512)))))
        let parts = Filter.Substrings(any: [[UInt8]](repeating: [7], count: 512))
        #expect(try isBeyondLimits(search(.substrings("uid", parts))))
    }

    @Test("1024 attributes may be asked for")
    func attributes() throws {
        #expect(try !isBeyondLimits(search(.present("uid"), attributes: (0..<1_024).map { "a\($0)" })))
        #expect(try isBeyondLimits(search(.present("uid"), attributes: (0..<1_025).map { "a\($0)" })))
    }

    @Test("a message that is too long is refused before it has come")
    func length() throws {
        var splitter = MessageSplitter()
        let header = try octets("30 83 01 00 00")
        header.withUnsafeBytes { splitter.append($0) }
        #expect(throws: ProtocolFault.tooLong) {
            try splitter.next(limit: MessageSplitter.maximumLengthBeforeBind) { _ in () }
        }
        #expect(try splitter.next(limit: MessageSplitter.maximumLength) { _ in () } == nil)
    }

    @Test("a message id of 0 or below, or of five octets, is refused")
    func messageIDs() throws {
        for wrong in ["30 05 02 01 00 42 00", "30 05 02 01 ff 42 00"] {
            let octets = try octets(wrong)
            #expect(throws: ProtocolFault.messageID) { try message(octets) }
        }
        let long = try octets("30 09 02 05 01 00 00 00 00 42 00")
        #expect(throws: ProtocolFault.malformed) { try message(long) }
        #expect(try message(octets("30 08 02 04 7f ff ff ff 42 00")).id == .max)
    }
}

struct NoiseTests {
    /// Requests of every kind.
    static let requests: [[UInt8]] = [
        Wire.bind(1, "uid=ada,ou=people,dc=example,dc=com", "right"), Wire.sasl(2, "PLAIN", "\0ada\0right"),
        Wire.extended(3, ExtendedRequest.whoAmI), Wire.compare(4, "dc=example,dc=com", "dc", "example"),
        Wire.search(
            5,
            Wire.Search(
                base: "dc=example,dc=com",
                filter: .and([
                    .not(.equal("uid", "ada")), .substrings("cn", .init(initial: [65], any: [[66]], final: [67])),
                    .atLeast("createTimestamp", Array("20260101000000Z".utf8)),
                    .extensible(.init(rule: "2.5.13.2", attribute: "cn", value: [65], matchesDN: true)),
                ]),
                attributes: ["*", "+"], page: (10, [1, 2]))),
        Wire.abandon(6, 5), Wire.unbind(7),
    ]

    @Test("a request with any octet changed, cut anywhere, is read or refused, and nothing traps")
    func changed() {
        var rng = SplitMix64(seed: 3)
        var read = 0
        for _ in 0..<20_000 {
            var octets = Self.requests.randomElement(using: &rng) ?? []
            for _ in 0..<Int.random(in: 1...3, using: &rng) {
                octets[Int.random(in: 0..<octets.count, using: &rng)] = UInt8.random(in: 0...255, using: &rng)
            }
            if Bool.random(using: &rng) { octets.removeLast(Int.random(in: 0..<octets.count, using: &rng)) }
            if (try? octets.withUnsafeBytes { try Message($0) }) != nil { read += 1 }
        }
        #expect(read > 500)
    }

    @Test("octets without sense are refused")
    func senseless() {
        var rng = SplitMix64(seed: 4)
        for _ in 0..<5_000 {
            let octets = (0..<Int.random(in: 0...80, using: &rng)).map { _ in UInt8.random(in: 0...255, using: &rng) }
            _ = try? octets.withUnsafeBytes { try Message($0) }
            var splitter = MessageSplitter()
            octets.withUnsafeBytes { splitter.append($0) }
            _ = try? splitter.next(limit: 100) { $0.count }
        }
    }
}

struct SplitterTests {
    @Test("how the octets are cut does not change the messages", arguments: [1, 2, 3, 7, 16, 61, 1_000])
    func cut(piece: Int) throws {
        let stream = NoiseTests.requests.flatMap { $0 }
        var splitter = MessageSplitter()
        var found: [[UInt8]] = []
        var rest = stream[...]
        while !rest.isEmpty {
            Array(rest.prefix(piece)).withUnsafeBytes { splitter.append($0) }
            rest = rest.dropFirst(piece)
            while let next = try splitter.next(limit: 65_536, { Array($0) }) { found.append(next) }
        }
        #expect(found == NoiseTests.requests)
        #expect(splitter.count == 0)
    }
}
