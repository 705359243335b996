/// What a browser answers to ``RegistrationOptions``, read but not verified.
public struct RegistrationResponse: Hashable, Sendable {
    public let credentialID: CredentialID
    let clientDataJSON: [UInt8]
    let attestationObject: [UInt8]
    let transports: [AuthenticatorTransport]
    /// The browser's word on whether the credential is discoverable; nil if it gives none (L3 §10.1.3).
    let isDiscoverable: Bool?

    /// `json` is UTF-8 in the form of `RegistrationResponseJSON` (L3 §5.1.8), which `PublicKeyCredential.toJSON()` gives.
    public init(json: [UInt8]) throws(ResponseError) {
        let reader = try ResponseReader(json)
        credentialID = reader.credentialID
        clientDataJSON = try reader.octets("clientDataJSON")
        attestationObject = try reader.octets("attestationObject")
        transports = try Self.transports(reader.json["response"]?["transports"])
        switch reader.json["clientExtensionResults"]?["credProps"]?["rk"] {
        case .bool(let value): isDiscoverable = value
        case nil, .null: isDiscoverable = nil
        default: throw .missingMember("rk")
        }
    }

    /// Each once, in alphabetical order (L3 §5.2.1).
    private static func transports(_ json: JSON?) throws(ResponseError) -> [AuthenticatorTransport] {
        guard let json, json != .null else { return [] }
        guard case .array(let items) = json, items.count <= AuthenticatorTransport.maximumCount else {
            throw .missingMember("transports")
        }
        var transports: Set<AuthenticatorTransport> = []
        for item in items {
            guard let transport = item.text.flatMap({ AuthenticatorTransport(rawValue: $0) }) else {
                throw .missingMember("transports")
            }
            transports.insert(transport)
        }
        return transports.sorted { $0.rawValue < $1.rawValue }
    }
}
