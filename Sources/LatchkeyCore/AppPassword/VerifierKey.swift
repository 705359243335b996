public import Crypto

/// What an app password is stored as: HMAC-SHA-256 under a verifier key, 32 octets. It is the primary key of its row.
public struct VerifierTag: Hashable, Sendable {
    @usableFromInline let words: (UInt64, UInt64, UInt64, UInt64)

    /// Nil unless there are exactly 32 octets.
    public init?(octets: [UInt8]) {
        guard octets.count == 32 else { return nil }
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: octets) }
        self.words = words
    }

    init(_ code: HMAC<SHA256>.MAC) {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        code.withUnsafeBytes { code in withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: code) } }
        self.words = words
    }

    @inlinable
    public func withOctets<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        var words = words
        return try withUnsafeBytes(of: &words) { (bytes) throws(E) in try body(bytes) }
    }

    public var octets: [UInt8] { withOctets { Array($0) } }

    /// Eight octets of the tag: enough to tell one failed secret from another, too little to stand in for it.
    public var digest: UInt64 { words.0 }

    public static func == (left: VerifierTag, right: VerifierTag) -> Bool { left.words == right.words }

    public func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}

/// The key under which app passwords are hashed. It is not in the database: without it the stored tags say nothing.
public struct VerifierKey: Sendable {
    /// Names the key in each row, so that keys can be changed without a flag day.
    public let id: Int
    /// Keyed once and copied for each tag: a third of the cost of a one-shot HMAC.
    private let keyed: HMAC<SHA256>

    public init(id: Int, key: SymmetricKey) {
        self.id = id
        keyed = HMAC<SHA256>(key: key)
    }

    /// HMAC over `lk1`, the account's sixteen octets, the secret's length (one octet) and the normalised secret.
    public func tag(for secret: AppPasswordSecret, of account: AccountID) -> VerifierTag {
        var code = keyed
        // In one piece: each `update` costs more than hashing what it is given.
        withUnsafeTemporaryAllocation(byteCount: 3 + 16 + 1 + AppPasswordSecret.maximumInputLength, alignment: 1) {
            input in
            input.storeBytes(of: UInt8(ascii: "l"), toByteOffset: 0, as: UInt8.self)
            input.storeBytes(of: UInt8(ascii: "k"), toByteOffset: 1, as: UInt8.self)
            input.storeBytes(of: UInt8(ascii: "1"), toByteOffset: 2, as: UInt8.self)
            account.withOctets { UnsafeMutableRawBufferPointer(rebasing: input[3...]).copyMemory(from: $0) }
            let length = secret.normalised.withBytes { bytes in
                let kept = UnsafeRawBufferPointer(rebasing: bytes.prefix(AppPasswordSecret.maximumInputLength))
                UnsafeMutableRawBufferPointer(rebasing: input[20...]).copyMemory(from: kept)
                return kept.count
            }
            input.storeBytes(of: UInt8(truncatingIfNeeded: length), toByteOffset: 19, as: UInt8.self)
            code.update(data: UnsafeRawBufferPointer(rebasing: input[..<(20 + length)]))
            input.initializeMemory(as: UInt8.self, repeating: 0)
        }
        return VerifierTag(code.finalize())
    }
}

/// The current verifier key, and older ones whose app passwords are hashed anew at their next use.
public struct VerifierKeys: Sendable {
    public let current: VerifierKey
    public let older: [VerifierKey]

    public init(current: VerifierKey, older: [VerifierKey] = []) {
        self.current = current
        self.older = older
    }
}
