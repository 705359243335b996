/// Why a response cannot be read: what the browser's script sent is not what `PublicKeyCredential.toJSON()` gives.
public enum ResponseError: Error, Hashable, Sendable, CustomStringConvertible {
    case malformed(JSONError)
    /// The member of that name is missing, or is not what it must be.
    case missingMember(String)

    public var description: String {
        switch self {
        case .malformed(let error): "the response is malformed: \(error)"
        case .missingMember(let name): "the response has no valid \"\(name)\""
        }
    }
}

/// What both kinds of response have (L3 §5.1.8). Members that nobody asks for are passed over.
struct ResponseReader {
    /// Octets. The largest thing in it is an attestation object.
    static let maximumLength = 65_536

    let json: JSON
    let credentialID: CredentialID

    init(_ octets: [UInt8]) throws(ResponseError) {
        do throws(JSONError) {
            json = try JSONReader.value(octets, limit: Self.maximumLength)
        } catch {
            throw .malformed(error)
        }
        guard json["type"]?.text == "public-key" else { throw .missingMember("type") }
        guard let text = json["rawId"]?.text, let id = CredentialID(base64URL: text) else {
            throw .missingMember("rawId")
        }
        guard json["id"]?.text == text else { throw .missingMember("id") }
        credentialID = id
    }

    /// The octets that member `name` of `response` writes in base64url.
    func octets(_ name: String) throws(ResponseError) -> [UInt8] {
        guard let text = json["response"]?[name]?.text, let octets = Base64URL.decode(text) else {
            throw .missingMember(name)
        }
        return octets
    }
}
