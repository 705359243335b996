/// What the authenticator says about the ceremony, and signs (L3 §6.1).
struct AuthenticatorData: Hashable, Sendable {
    /// `rpIdHash`, flags and sign count.
    static let headerLength = 37

    struct Flags: OptionSet, Hashable, Sendable {
        let rawValue: UInt8

        static let userPresent = Flags(rawValue: 1 << 0)
        static let userVerified = Flags(rawValue: 1 << 2)
        static let backupEligible = Flags(rawValue: 1 << 3)
        static let backedUp = Flags(rawValue: 1 << 4)
        static let attestedCredentialData = Flags(rawValue: 1 << 6)
        static let extensionData = Flags(rawValue: 1 << 7)
    }

    /// L3 §6.5.1.
    struct AttestedCredentialData: Hashable, Sendable {
        let aaguid: AAGUID
        let credentialID: CredentialID
        let key: COSEKey
        /// The key's octets, as they came.
        let publicKey: [UInt8]
    }

    /// SHA-256 of the relying party's id.
    let relyingPartyIDHash: [UInt8]
    let flags: Flags
    let signCount: UInt32
    /// There if the flag AT says so.
    let attestedCredential: AttestedCredentialData?
    /// All octets, as they were signed.
    let octets: [UInt8]

    /// Every octet is accounted for: what the flags announce is there, and nothing else. Reserved flags are passed over (L3 §6.1).
    init(_ octets: [UInt8]) throws(AuthenticatorDataError) {
        guard octets.count >= Self.headerLength else { throw .tooShort }
        self.octets = octets
        relyingPartyIDHash = Array(octets[..<32])
        flags = Flags(rawValue: octets[32])
        signCount = octets[33..<37].reduce(0) { $0 << 8 | UInt32($1) }
        var rest = octets[Self.headerLength...]
        attestedCredential =
            flags.contains(.attestedCredentialData) ? try Self.attestedCredential(&rest) : nil
        if flags.contains(.extensionData) { try Self.skipExtensions(&rest) }
        guard rest.isEmpty else { throw .trailingOctets }
    }

    private static func attestedCredential(
        _ rest: inout ArraySlice<UInt8>
    ) throws(AuthenticatorDataError) -> AttestedCredentialData {
        let prefix = rest.prefix(AAGUID.length + 2)
        guard prefix.count == AAGUID.length + 2, let aaguid = AAGUID(prefix.prefix(AAGUID.length)) else {
            throw .tooShort
        }
        let length = prefix.suffix(2).reduce(0) { $0 << 8 | Int($1) }
        guard (1...CredentialID.maximumLength).contains(length) else { throw .credentialIDLength(length) }
        rest = rest.dropFirst(prefix.count)
        guard rest.count >= length, let credentialID = CredentialID(rest.prefix(length)) else { throw .tooShort }
        rest = rest.dropFirst(length)

        let start = rest
        let item: CBOR
        do throws(CBORError) { item = try Self.item(&rest) } catch { throw .publicKey(.malformed(error)) }
        let key: COSEKey
        do throws(PublicKeyError) { key = try COSEKey(item) } catch { throw .publicKey(error) }
        return AttestedCredentialData(
            aaguid: aaguid, credentialID: credentialID, key: key,
            publicKey: Array(start.prefix(start.count - rest.count)))
    }

    /// None is asked for, and what comes unasked is passed over, but must be a map from names (L3 §9.5).
    private static func skipExtensions(_ rest: inout ArraySlice<UInt8>) throws(AuthenticatorDataError) {
        let item: CBOR
        do throws(CBORError) { item = try Self.item(&rest) } catch { throw .extensions(error) }
        guard case .map(let outputs) = item, outputs.keys.allSatisfy({ if case .text = $0 { true } else { false } })
        else {
            throw .extensions(.unsupportedKind)
        }
    }

    private static func item(_ rest: inout ArraySlice<UInt8>) throws(CBORError) -> CBOR {
        var reader = try CBORReader(rest)
        let item = try reader.item()
        rest = reader.rest
        return item
    }
}

/// Why the authenticator data is refused.
public enum AuthenticatorDataError: Error, Hashable, Sendable, CustomStringConvertible {
    case tooShort
    case trailingOctets
    /// Octets.
    case credentialIDLength(Int)
    case publicKey(PublicKeyError)
    case extensions(CBORError)
    /// It was made for another relying party's id.
    case wrongRelyingParty
    case userNotPresent
    case userNotVerified
    /// BS without BE (L3 §6.1.3).
    case backedUpButNotEligible
    /// A registration without a credential, or an assertion with one.
    case attestedCredentialMissing
    case attestedCredentialUnexpected

    public var description: String {
        switch self {
        case .tooShort: "the authenticator data is too short"
        case .trailingOctets: "something follows the authenticator data"
        case .credentialIDLength(let length): "a credential id cannot have \(length) octets"
        case .publicKey(let error): "\(error)"
        case .extensions(let error): "the extension data is malformed: \(error)"
        case .wrongRelyingParty: "the authenticator data is for another relying party"
        case .userNotPresent: "the authenticator did not see a user present"
        case .userNotVerified: "the authenticator did not verify the user"
        case .backedUpButNotEligible: "the authenticator says that what cannot be backed up is backed up"
        case .attestedCredentialMissing: "the authenticator data has no new credential"
        case .attestedCredentialUnexpected: "the authenticator data of an assertion has a new credential"
        }
    }
}
