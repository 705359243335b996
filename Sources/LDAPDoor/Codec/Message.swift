import LatchkeyCore

/// A request as it came (RFC 4511 §4.1.1).
struct Message: Sendable {
    let id: Int32
    let request: Request
    let controls: Controls
}

enum Request: Sendable {
    case bind(BindRequest)
    case unbind
    case search(SearchRequest)
    case compare(CompareRequest)
    case abandon(Int32)
    case extended(ExtendedRequest)
    /// Add, delete, modify or modify DN: which tag its response has. The portal and the command line change things, LDAP does not.
    case write(responseTag: UInt8)
    /// A search with a filter or a list that is larger than we read. It is answered.
    case searchBeyondLimits
}

struct BindRequest: Sendable {
    enum Authentication: Sendable {
        case simple(Secret)
        /// Credentials are nil where none were given, which is not the same as empty ones.
        case sasl(mechanism: String, credentials: Secret?)
        /// A choice of a later standard.
        case unknown
    }

    let version: Int32
    let name: String
    let authentication: Authentication
}

struct CompareRequest: Sendable {
    let entry: String
    let attribute: String
    let value: [UInt8]
}

struct ExtendedRequest: Sendable {
    let name: String

    /// RFC 4511 §4.14.
    static let startTLS = "1.3.6.1.4.1.1466.20037"
    /// RFC 4532.
    static let whoAmI = "1.3.6.1.4.1.4203.1.11.3"
    /// RFC 3062.
    static let passwordModify = "1.3.6.1.4.1.4203.1.11.1"
}

// MARK: - Reading

extension Message {
    /// Reads one whole message.
    init(_ octets: Octets) throws(ProtocolFault) {
        var reader = BERReader(octets)
        var message = BERReader(try reader.read(BERTag.sequence))
        id = try message.readInteger()
        guard id > 0 else { throw .messageID }
        let operation = try message.readElement()
        request = try Request(tag: operation.tag, operation.content)
        controls =
            try message.readIfPresent(BERTag.constructed(0)).map { (list) throws(ProtocolFault) in
                try Controls(list)
            } ?? Controls()
        // What a later version adds at the end is ignored (RFC 4511 §4).
    }
}

extension Request {
    init(tag: UInt8, _ content: Octets) throws(ProtocolFault) {
        switch tag {
        case 0x60: self = .bind(try BindRequest(content))
        case 0x42: self = .unbind
        case 0x63:
            do throws(SearchRequest.Unreadable) {
                self = .search(try SearchRequest(content))
            } catch {
                guard case .beyondLimits = error else { throw .malformed }
                self = .searchBeyondLimits
            }
        case 0x66, 0x68, 0x6c: self = .write(responseTag: tag + 1)
        case 0x4a: self = .write(responseTag: 0x6b)
        case 0x6e: self = .compare(try CompareRequest(content))
        case 0x50:
            guard content.count <= 4 else { throw .malformed }
            self = .abandon(content.reduce(0) { $0 << 8 | Int32($1) })
        case 0x77: self = .extended(try ExtendedRequest(content))
        default: throw .unknownOperation
        }
    }
}

extension BindRequest {
    init(_ content: Octets) throws(ProtocolFault) {
        var reader = BERReader(content)
        version = try reader.readInteger()
        name = try reader.readText()
        let choice = try reader.readElement()
        switch choice.tag {
        case BERTag.context(0): authentication = .simple(Secret(choice.content))
        case BERTag.constructed(3):
            var sasl = BERReader(choice.content)
            let mechanism = try sasl.readText()
            authentication = .sasl(
                mechanism: mechanism, credentials: try sasl.readIfPresent(BERTag.octetString).map { Secret($0) })
        default: authentication = .unknown
        }
    }
}

extension CompareRequest {
    init(_ content: Octets) throws(ProtocolFault) {
        var reader = BERReader(content)
        entry = try reader.readText()
        var assertion = BERReader(try reader.read(BERTag.sequence))
        attribute = try assertion.readText()
        value = Array(try assertion.read(BERTag.octetString))
    }
}

extension ExtendedRequest {
    init(_ content: Octets) throws(ProtocolFault) {
        var reader = BERReader(content)
        name = try reader.readText(BERTag.context(0))
    }
}
