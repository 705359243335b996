import Crypto

/// One code for each value of a counter (RFC 4226 §5.3). Other hashes and lengths than those in use are here for the RFC's
/// test vectors.
enum HOTP {
    /// The code as a number of at most `digits` digits, 1 to 9; `Hash` is SHA-1 but for the vectors of RFC 6238.
    static func value<Hash: HashFunction>(
        key: SymmetricKey, counter: Int64, digits: Int, using hash: Hash.Type
    ) -> UInt32 {
        let mac = withUnsafeBytes(of: counter.bigEndian) { counter in
            Array(HMAC<Hash>.authenticationCode(for: counter, using: key))
        }
        // Dynamic truncation: the last four bits say where the 31 bits begin.
        let offset = Int((mac.last ?? 0) & 0x0f)
        let truncated = mac[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7fff_ffff
        let modulus = (0..<digits).reduce(UInt64(1)) { product, _ in product * 10 }
        return UInt32(UInt64(truncated) % modulus)
    }
}
