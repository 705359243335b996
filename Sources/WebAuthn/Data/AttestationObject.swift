/// What a registration brings (L3 §6.5.4): authenticator data and a statement about it.
struct AttestationObject: Hashable, Sendable {
    let authenticatorData: AuthenticatorData
    let format: String
    let statement: CBOR

    /// L3 §7.1 step 13. Members besides the three are passed over.
    init(_ octets: [UInt8]) throws(AttestationObjectError) {
        let item: CBOR
        do throws(CBORError) { item = try CBORReader.item(octets[...]) } catch { throw .malformed(error) }
        guard case .map(let members) = item else { throw .missingMember("fmt") }
        guard case .text(let format) = members[.text("fmt")], Self.isIdentifier(format) else {
            throw .missingMember("fmt")
        }
        guard let statement = members[.text("attStmt")], case .map = statement else { throw .missingMember("attStmt") }
        guard case .octets(let data) = members[.text("authData")] else { throw .missingMember("authData") }
        self.format = format
        self.statement = statement
        do throws(AuthenticatorDataError) {
            authenticatorData = try AuthenticatorData(data)
        } catch {
            throw .authenticatorData(error)
        }
    }

    /// L3 §8.1: at most 32 printable characters, without quotation mark and backslash.
    private static func isIdentifier(_ format: String) -> Bool {
        (1...32).contains(format.utf8.count)
            && format.utf8.allSatisfy {
                (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
            }
    }
}

/// Why an attestation object cannot be read.
public enum AttestationObjectError: Error, Hashable, Sendable, CustomStringConvertible {
    case malformed(CBORError)
    /// The member of that name is missing, or is not what it must be.
    case missingMember(String)
    case authenticatorData(AuthenticatorDataError)

    public var description: String {
        switch self {
        case .malformed(let error): "the attestation object is malformed: \(error)"
        case .missingMember(let name): "the attestation object has no valid \"\(name)\""
        case .authenticatorData(let error): "\(error)"
        }
    }
}
