import LatchkeyCore

/// Hashes and checks human passwords with Argon2id, on threads of its own: an event loop or the cooperative pool would stand
/// still for 25 ms each time.
public final class PasswordHasher: Sendable {
    /// Longest password, in octets.
    public static let maximumInputLength = 1_024

    public init(cost: PasswordHash.Cost = .standard, threads: Int = 2) {}
}
