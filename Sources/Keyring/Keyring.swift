import Crypto
import Foundation
public import LatchkeyCore

/// What is derived from the master keys by HKDF-SHA-256: one key for each purpose, so that none opens what another closed.
public struct Keyring: Sendable {
    public let verifierKeys: VerifierKeys
    private let sealingKeys: [Int: SymmetricKey]
    /// The current one first.
    private let fingerprintKeys: [SymmetricKey]
    private let currentID: Int

    /// `masterKeys` as `MasterKey.create` and `.load` return them: the first is current. Nil if there is none.
    public init?(_ masterKeys: [MasterKey]) {
        guard let current = masterKeys.first else { return nil }
        verifierKeys = VerifierKeys(
            current: Self.verifierKey(current), older: masterKeys.dropFirst().map(Self.verifierKey))
        sealingKeys = Dictionary(
            masterKeys.map { ($0.id, Self.derive("sealing", from: $0)) }, uniquingKeysWith: { first, _ in first })
        fingerprintKeys = masterKeys.map { Self.derive("fingerprint", from: $0) }
        currentID = current.id
    }

    /// Encrypts `secret` for the database with AES-256-GCM. `context` says where it stands, for example
    /// `totp:0193…`; the same is needed to open it, so a sealed value copied to another row is worth nothing.
    ///
    /// The form: key id (4 octets, big-endian), nonce (12), ciphertext, tag (16).
    public func seal(_ secret: Secret, context: String) throws -> [UInt8] {
        guard let key = sealingKeys[currentID] else { throw SealError.unknownKey }
        let header = withUnsafeBytes(of: UInt32(truncatingIfNeeded: currentID).bigEndian) { Array($0) }
        let box = try secret.withBytes { bytes in
            try AES.GCM.seal(Data(bytes), using: key, authenticating: Data(header + Array(context.utf8)))
        }
        return header + Array(box.nonce) + Array(box.ciphertext) + Array(box.tag)
    }

    /// Throws `SealError` if `sealed` was made under a key that is gone, for another context, or was changed.
    public func open(_ sealed: [UInt8], context: String) throws -> Secret {
        guard sealed.count > 4 + 12 + 16 else { throw SealError.damaged }
        let header = Array(sealed.prefix(4))
        guard let key = sealingKeys[header.reduce(0) { $0 << 8 | Int($1) }] else { throw SealError.unknownKey }
        do {
            let box = try AES.GCM.SealedBox(combined: Data(sealed.dropFirst(4)))
            return Secret(try AES.GCM.open(box, using: key, authenticating: Data(header + Array(context.utf8))))
        } catch { throw SealError.damaged }
    }

    /// What a random secret that is too short for a plain hash is stored and found as: HMAC-SHA-256, 32 octets, under the current
    /// key first, which is the one to store, then under the older ones, to look for. `context` says where it stands, as with `seal`.
    public func fingerprints(of secret: Secret, context: String) -> [[UInt8]] {
        let context = Array(context.utf8)
        return fingerprintKeys.map { key in
            var code = HMAC<SHA256>(key: key)
            // The length goes first, so that no octet can move from the one to the other.
            withUnsafeBytes(of: UInt32(truncatingIfNeeded: context.count).bigEndian) { code.update(data: $0) }
            code.update(data: context)
            secret.withBytes { code.update(data: $0) }
            return Array(code.finalize())
        }
    }

    public enum SealError: Error, CustomStringConvertible {
        case unknownKey, damaged

        public var description: String {
            switch self {
            case .unknownKey: "a sealed value names a master key that is not in the key file: add the older key back"
            case .damaged: "a sealed value does not open: it was changed, or the master key is another one"
            }
        }
    }

    private static func verifierKey(_ master: MasterKey) -> VerifierKey {
        VerifierKey(id: master.id, key: derive("verifier", from: master))
    }

    private static func derive(_ purpose: String, from master: MasterKey) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: master.key, info: Data("latchkey/1/\(purpose)".utf8), outputByteCount: 32)
    }
}
