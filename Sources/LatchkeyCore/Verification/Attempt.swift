/// One question that a server asks through a door: may this name with this secret use this service?
public struct Attempt: Sendable {
    /// Longest secret looked at, in octets: a portal password may be a long phrase, anything beyond is noise.
    public static let maximumSecretLength = 1_024
    /// Longest name kept for explaining a failure, in octets.
    public static let maximumAuthcidLength = LoginName.maximumLength
    /// Longest client name kept, in octets.
    public static let maximumClientLength = 128

    /// Who the client says it is (RFC 4422 §2), as it was sent.
    public let authcid: String
    public let secret: Secret
    /// Nil where the relying server named none, or one that is no service name.
    public let service: Service?
    public let door: Door
    /// The client's own address, as the relying server reports it.
    public let address: IPAddress?
    /// What the client calls itself, cut to 128 octets and stripped of control characters.
    public let client: String?

    public init(
        authcid: String, secret: Secret, service: Service?, door: Door, address: IPAddress? = nil, client: String? = nil
    ) {
        self.authcid = authcid
        self.secret = secret
        self.service = service
        self.door = door
        self.address = address
        self.client = client.flatMap { Self.printable($0, limit: Self.maximumClientLength) }
    }

    /// `text` without control characters and cut at a character boundary to `limit` octets; nil if nothing is left.
    /// Everything a peer names itself with goes through here before it is stored or shown.
    public static func printable(_ text: String, limit: Int) -> String? {
        var kept = ""
        var length = 0
        for character in text {
            if character.unicodeScalars.contains(where: { $0.properties.generalCategory.isControl }) { continue }
            length += character.utf8.count
            guard length <= limit else { break }
            kept.append(character)
        }
        return kept.isEmpty ? nil : kept
    }
}

extension Unicode.GeneralCategory {
    /// Control and format characters, line and paragraph separators: what can forge a line or reorder a text.
    fileprivate var isControl: Bool {
        switch self {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: true
        default: false
        }
    }
}

/// The protocol through which a question came.
public enum Door: String, CaseIterable, Sendable {
    case http, dovecot, saslauthd, ldap, radius
    /// `latchkey verify` and `latchkey check` on the machine itself.
    case command

    public var title: String {
        switch self {
        case .http: "HTTP"
        case .dovecot: "Dovecot SASL"
        case .saslauthd: "saslauthd"
        case .ldap: "LDAP"
        case .radius: "RADIUS"
        case .command: "command line"
        }
    }
}
