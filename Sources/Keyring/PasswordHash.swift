/// What a human password is stored as: Argon2id (RFC 9106) in the PHC string format,
/// `$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH`, salt and hash in base64 without padding.
public struct PasswordHash: Hashable, Sendable {
    /// What one hash costs.
    public struct Cost: Hashable, Sendable {
        /// KiB of memory.
        public let memory: UInt32
        /// Passes over the memory.
        public let passes: UInt32
        public let lanes: UInt32

        public init(memory: UInt32, passes: UInt32, lanes: UInt32) {
            self.memory = memory
            self.passes = passes
            self.lanes = lanes
        }

        /// 19 MiB, two passes, one lane (ASVS 5.0 appendix C): about 25 ms.
        public static let standard = Cost(memory: 19_456, passes: 2, lanes: 1)
    }

    public let cost: Cost
    let salt: [UInt8]
    let digest: [UInt8]
}
