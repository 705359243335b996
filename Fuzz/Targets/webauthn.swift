@testable import WebAuthn

/// What a browser brings from an authenticator. The first octet says as what the rest is read: an attestation object, authenticator data, a
/// COSE key, client data, or the response of either ceremony. What is read of CBOR takes all of its octets, and none twice.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeBufferPointer(start: start, count: count)
    guard let kind = input.first else { return 0 }
    let octets = Array(input.dropFirst())
    switch kind {
    case UInt8(ascii: "o"):
        guard let object = try? AttestationObject(octets) else { return 0 }
        check(object.authenticatorData)
        _ = try? AttestationStatement(format: object.format, object.statement)
    case UInt8(ascii: "a"):
        if let data = try? AuthenticatorData(octets) { check(data) }
    case UInt8(ascii: "k"):
        if let item = try? CBORReader.item(octets[...]) { _ = try? COSEKey(item) }
    case UInt8(ascii: "c"):
        guard let data = try? CollectedClientData(octets) else { return 0 }
        guard data.origin.utf8.count <= CollectedClientData.maximumOriginLength else {
            fatalError("an origin is too long")
        }
    case UInt8(ascii: "r"):
        _ = try? RegistrationResponse(json: octets)
        _ = try? AuthenticationResponse(json: octets)
        guard let value = try? JSONReader.value(octets, limit: 65_536), !value.hasUnreadNumber else { return 0 }
        guard (try? JSONReader.value(value.octets, limit: 1_000_000)) == value else {
            fatalError("what is written of JSON does not read as the same")
        }
    default: break
    }
    return 0
}

private func check(_ data: AuthenticatorData) {
    guard let credential = data.attestedCredential else { return }
    let place = AuthenticatorData.headerLength + AAGUID.length + 2 + credential.credentialID.octets.count
    guard data.octets.dropFirst(place).starts(with: credential.publicKey) else {
        fatalError("the key is not where it was")
    }
    guard let item = try? CBORReader.item(credential.publicKey[...]), (try? COSEKey(item)) == credential.key else {
        fatalError("what is stored of a key is another key")
    }
}

extension JSON {
    /// A number that is not whole is read as none, and so written as another value.
    fileprivate var hasUnreadNumber: Bool {
        switch self {
        case .number(nil): true
        case .array(let items): items.contains { $0.hasUnreadNumber }
        case .object(let members): members.contains { $0.value.hasUnreadNumber }
        default: false
        }
    }
}
