/// What a human password is stored as: Argon2id (RFC 9106) in the PHC string format,
/// `$argon2id$v=19$m=19456,t=2,p=1$SALT$DIGEST`, salt and digest in base64 without padding.
public struct PasswordHash: Hashable, Sendable {
    /// What making one costs.
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

        /// 19 MiB, two passes, one lane (ASVS 5.0, appendix C): about 25 ms.
        public static let standard = Cost(memory: 19_456, passes: 2, lanes: 1)

        /// What is computed at all: a hash that asks for more was not written by us, and would stop every sign-in.
        static let ceiling = Cost(memory: 262_144, passes: 16, lanes: 8)

        /// Argon2's own floors (RFC 9106 §3.1) and our ceiling.
        var isComputable: Bool {
            (1...Self.ceiling.lanes).contains(lanes) && (1...Self.ceiling.passes).contains(passes)
                && (8 * lanes...Self.ceiling.memory).contains(memory)
        }
    }

    static let saltLength = 16
    static let digestLength = 32

    public let cost: Cost
    let salt: [UInt8]
    let digest: [UInt8]

    init(cost: Cost, salt: [UInt8], digest: [UInt8]) {
        self.cost = cost
        self.salt = salt
        self.digest = digest
    }

    /// Reads the PHC string; nil if it is not Argon2id version 19 with a salt of 8 to 64 and a digest of 16 to 64 octets, or
    /// costs more than is ever computed.
    public init?(phc: String) {
        guard phc.utf8.count <= 256 else { return nil }
        let fields = phc.split(separator: "$", omittingEmptySubsequences: false)
        guard fields.count == 6, fields[0].isEmpty, fields[1] == "argon2id", fields[2] == "v=19",
            let cost = Cost(phc: fields[3]), cost.isComputable,
            let salt = Base64.decode(fields[4]), (8...64).contains(salt.count),
            let digest = Base64.decode(fields[5]), (16...64).contains(digest.count)
        else { return nil }
        self.init(cost: cost, salt: salt, digest: digest)
    }

    public var phc: String {
        "$argon2id$v=19$\(cost.phc)$\(Base64.encode(salt))$\(Base64.encode(digest))"
    }
}

extension PasswordHash.Cost {
    fileprivate init?(phc: some StringProtocol) {
        let parts = phc.split(separator: ",", omittingEmptySubsequences: false)
        func number(_ place: Int, _ name: String) -> UInt32? {
            guard parts.indices.contains(place), parts[place].hasPrefix(name) else { return nil }
            let digits = parts[place].dropFirst(name.count)
            guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
            return UInt32(digits)
        }
        guard parts.count == 3, let memory = number(0, "m="), let passes = number(1, "t="), let lanes = number(2, "p=")
        else { return nil }
        self.init(memory: memory, passes: passes, lanes: lanes)
    }

    fileprivate var phc: String { "m=\(memory),t=\(passes),p=\(lanes)" }
}
