/// Names a credential to the browser (L3 §5.8.3).
public struct CredentialDescriptor: Hashable, Sendable {
    public let id: CredentialID
    /// How to reach its authenticator; empty if that is not known.
    public let transports: [AuthenticatorTransport]

    public init(id: CredentialID, transports: [AuthenticatorTransport] = []) {
        self.id = id
        self.transports = transports
    }

    var json: JSON {
        var members = [JSON.Member("type", .text("public-key")), JSON.Member("id", .text(id.description))]
        if !transports.isEmpty {
            members.append(JSON.Member("transports", .array(transports.map { .text($0.rawValue) })))
        }
        return .object(members)
    }
}
