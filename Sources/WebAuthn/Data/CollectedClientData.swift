/// What the browser says about the ceremony it took part in (L3 §5.8.1). The signature covers its octets as they came, so nothing is ever
/// written again from this.
struct CollectedClientData: Hashable, Sendable {
    /// Octets. Browsers write two to five hundred.
    static let maximumLength = 4_096
    /// Octets of an origin: a scheme, a name of 253 and a port.
    static let maximumOriginLength = 300

    enum CeremonyType: String, Sendable {
        case create = "webauthn.create"
        case get = "webauthn.get"
    }

    /// Nil for a type that is neither.
    let type: CeremonyType?
    let challenge: [UInt8]
    let origin: String
    /// Whether the page was in a frame of a page of another origin.
    let crossOrigin: Bool
    /// The origin of the outermost page, if that is another.
    let topOrigin: String?

    /// L3 §7.1 steps 5 and 6, §7.2 steps 8 and 9. Members that are not named above are passed over, as more may come.
    init(_ octets: [UInt8]) throws(ClientDataError) {
        let json: JSON
        do throws(JSONError) {
            json = try JSONReader.value(octets, limit: Self.maximumLength)
        } catch {
            throw .malformed(error)
        }
        guard let type = json["type"]?.text else { throw .missingMember("type") }
        self.type = CeremonyType(rawValue: type)
        guard let text = json["challenge"]?.text, let challenge = Base64URL.decode(text) else {
            throw .missingMember("challenge")
        }
        self.challenge = challenge
        guard let origin = json["origin"]?.text, Self.isPrintable(origin) else { throw .missingMember("origin") }
        self.origin = origin
        switch json["crossOrigin"] {
        case .bool(let value): crossOrigin = value
        case nil, .null: crossOrigin = false
        default: throw .missingMember("crossOrigin")
        }
        switch json["topOrigin"] {
        case .text(let value) where Self.isPrintable(value): topOrigin = value
        case nil, .null: topOrigin = nil
        default: throw .missingMember("topOrigin")
        }
    }

    /// An origin is ASCII (RFC 6454 §6.2), so what is said of a strange one can stand in a log.
    private static func isPrintable(_ origin: String) -> Bool {
        (1...maximumOriginLength).contains(origin.utf8.count) && origin.utf8.allSatisfy { (0x21...0x7e).contains($0) }
    }
}

/// Why the client data is refused.
public enum ClientDataError: Error, Hashable, Sendable, CustomStringConvertible {
    case malformed(JSONError)
    /// The member of that name is missing, or is not what it must be.
    case missingMember(String)
    case wrongType
    case wrongChallenge
    case originNotAllowed(String)
    case crossOriginNotAllowed
    case topOriginNotAllowed(String)

    public var description: String {
        switch self {
        case .malformed(let error): "the client data is malformed: \(error)"
        case .missingMember(let name): "the client data has no valid \"\(name)\""
        case .wrongType: "the client data is of another kind of ceremony"
        case .wrongChallenge: "the client data answers another challenge"
        case .originNotAllowed(let origin): "origin \(origin) is not allowed"
        case .crossOriginNotAllowed: "the page was in a frame of another origin, which is not allowed"
        case .topOriginNotAllowed(let origin): "the page was in a frame of \(origin), which is not allowed"
        }
    }
}
