import LatchkeyCore
import SASL

/// What an AUTH line says besides its response.
struct AuthRequest: Sendable {
    let id: UInt32
    /// Nil for a mechanism that is not offered.
    let mechanism: Mechanism?
    /// Nil if the name given is no service name.
    let service: Service?
    /// `rip`: the client's own address. Absent with chasquid and maddy.
    let address: IPAddress?
    /// `client_id`: what an IMAP client calls itself.
    let client: String?
    /// The secret did not cross a network in the clear, as far as the relying server tells.
    let isSecured: Bool
    /// `session=` is there, which Dovecot's own login processes send, and Postfix, Exim and chasquid do not.
    let hasSession: Bool

    init(id: UInt32, mechanism: Mechanism?, service: Octets, _ parameters: AuthParameters) {
        self.id = id
        self.mechanism = mechanism
        self.service = Service(field: service)
        address = parameters.rip.flatMap { IPAddress(TabEscape.text($0)) }
        client = parameters.clientID.map(TabEscape.text)
        isSecured = parameters.isSecured || parameters.isLocal || address?.isLoopback == true
        hasSession = parameters.hasSession
    }
}

/// The parameters of an AUTH line that Latchkey reads, still in the line. Unknown ones are ignored; of one given twice the
/// last counts.
struct AuthParameters {
    private(set) var service: Octets?
    private(set) var rip: Octets?
    private(set) var lip: Octets?
    private(set) var clientID: Octets?
    private(set) var isSecured = false
    private(set) var hasSession = false

    mutating func read(_ field: Octets) {
        guard let first = field.first else { return }
        switch first {
        case UInt8(ascii: "s"):
            if let value = field.value(after: "service=") {
                service = value
            } else if field == "secured" || field.starts(with: "secured=") {
                isSecured = true
            } else if field.starts(with: "session=") {
                hasSession = true
            }
        case UInt8(ascii: "r"):
            if let value = field.value(after: "rip=") { rip = value }
        case UInt8(ascii: "l"):
            if let value = field.value(after: "lip=") { lip = value }
        case UInt8(ascii: "p"):
            if let value = field.value(after: "protocol=") { service = value }
        case UInt8(ascii: "c"):
            if let value = field.value(after: "client_id=") { clientID = value }
        case UInt8(ascii: "t"):
            if let value = field.value(after: "transport="), value == "TLS" || value == "trusted" { isSecured = true }
        default: break
        }
    }

    /// The client is on the relying server itself.
    var isLocal: Bool {
        guard let rip, let lip, !rip.isEmpty else { return false }
        return rip.elementsEqual(lip)
    }
}

extension Service {
    /// The common ones without an allocation.
    fileprivate init?(field: Octets) {
        if field == "smtp" {
            self = .smtp
        } else if field == "imap" {
            self = .imap
        } else {
            self.init(TabEscape.text(field))
        }
    }
}
