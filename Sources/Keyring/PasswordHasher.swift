import CArgon2
public import LatchkeyCore

/// Hashes and checks human passwords with Argon2id, on threads of its own: an event loop or the cooperative pool would stand
/// still for 25 ms each time.
///
/// A password is taken as its NFC (NIST SP 800-63B-4), so that it does not matter which keyboard composed its accents.
/// The composed copy is not wiped.
public final class PasswordHasher: Sendable {
    /// Longest password, in octets before NFC.
    public static let maximumInputLength = 1_024
    /// Passwords that wait for a thread; at two threads the last of them waits for less than a second.
    public static let maximumWaiting = 64

    /// The password is too long to be hashed.
    public struct TooLong: Error, CustomStringConvertible {
        public var description: String {
            "the password is longer than \(PasswordHasher.maximumInputLength) octets: use a shorter one"
        }
    }

    /// So many passwords wait to be checked that this one is better tried again in a moment.
    public struct Busy: Error, CustomStringConvertible {
        public var description: String { "too many passwords are being checked: try again in a few seconds" }
    }

    private let cost: PasswordHash.Cost
    private let threads: HashingThreads
    /// Estimates have a thread of their own: who types passwords for fun keeps nobody from signing in.
    let estimating = HashingThreads(count: 1, maximumWaiting: 16)
    /// What a password is checked against where there is none, so that it takes the same time. Nobody knows its password.
    private let nobody: PasswordHash

    public init(cost: PasswordHash.Cost = .standard, threads: Int = 2) {
        var rng = SystemRandomNumberGenerator()
        self.cost = cost
        self.threads = HashingThreads(count: threads, maximumWaiting: Self.maximumWaiting)
        nobody = PasswordHash(
            cost: cost, salt: Self.random(PasswordHash.saltLength, using: &rng),
            digest: Self.random(PasswordHash.digestLength, using: &rng))
    }

    deinit { stop() }

    /// Lets the threads end; what is asked from then on fails as cancelled.
    func stop() {
        threads.stop()
        estimating.stop()
    }

    /// A new hash at today's cost with a random salt. Throws `TooLong`, `Busy`, or `CancellationError`.
    public func hash(_ password: Secret) async throws -> PasswordHash {
        guard password.count <= Self.maximumInputLength else { throw TooLong() }
        var rng = SystemRandomNumberGenerator()
        let salt = Self.random(PasswordHash.saltLength, using: &rng)
        let cost = cost
        return try await threads.run {
            let digest = try Argon2id.digest(
                password.composed, salt: salt, cost: cost, count: PasswordHash.digestLength)
            return PasswordHash(cost: cost, salt: salt, digest: Array(digest))
        }
    }

    /// Whether `password` is the one that was hashed. Nil stands for nobody's: the same work, and always false. Throws `Busy` or
    /// `CancellationError`.
    public func verify(_ password: Secret, against hash: PasswordHash?) async throws -> Bool {
        let isShort = password.count <= Self.maximumInputLength
        let known = hash ?? nobody
        let tried = isShort ? password : Secret([])
        let isEqual = try await threads.run {
            let digest = try Argon2id.digest(
                tried.composed, salt: known.salt, cost: known.cost, count: known.digest.count)
            return Secret(digest) == Secret(known.digest)
        }
        return isEqual && isShort && hash != nil
    }

    /// Whether a hash was made at another cost than today's: then hash the password anew when it is next known.
    public func needsRehash(_ hash: PasswordHash) -> Bool { hash.cost != cost }

    private static func random(_ count: Int, using rng: inout some RandomNumberGenerator) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &rng) }
    }
}

/// The C library, libargon2.
private enum Argon2id {
    static func digest(
        _ password: Secret, salt: [UInt8], cost: PasswordHash.Cost, count: Int
    ) throws(StoreError) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: count)
        let code = password.withBytes { password in
            argon2id_hash_raw(
                cost.passes, cost.memory, cost.lanes, password.baseAddress, password.count, salt, salt.count, &digest,
                digest.count)
        }
        guard code == ARGON2_OK.rawValue else {
            throw StoreError("a password cannot be hashed: \(String(cString: argon2_error_message(code)))")
        }
        return digest
    }
}
