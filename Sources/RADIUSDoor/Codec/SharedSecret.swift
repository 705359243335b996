import Crypto
public import LatchkeyCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The secret between a client and this server, and what is made with it: MD5 and HMAC-MD5, as the protocol fixes them.
public struct SharedSecret: Sendable {
    /// Octets. Shorter ones are guessed from a recorded packet (draft-ietf-radext-deprecating-radius §6).
    public static let minimumLength = 16
    /// Over TLS the packets are protected already, and every client has this one (RFC 6614 §2.3).
    public static let radsec = SharedSecret(Secret("radsec"))

    private let secret: Secret
    /// Both begun with the secret once, and copied for each packet.
    private let keyedCode: HMAC<Insecure.MD5>
    private let begunHash: Insecure.MD5

    public init(_ secret: Secret) {
        self.secret = secret
        keyedCode = secret.withBytes { HMAC<Insecure.MD5>(key: SymmetricKey(data: $0)) }
        begunHash = secret.withBytes {
            var hash = Insecure.MD5()
            hash.update(data: $0)
            return hash
        }
    }

    /// User-Password uncovered (RFC 2865 §5.2): each block of sixteen octets is hidden under MD5 of the secret and the block before it,
    /// the first under the request's authenticator. Nil for a value that is not 1 to 8 such blocks.
    func uncover(_ hidden: Octets, _ authenticator: Authenticator) -> Secret? {
        guard (1...8).contains(hidden.count / Authenticator.length), hidden.count % Authenticator.length == 0 else {
            return nil
        }
        return withUnsafeTemporaryAllocation(byteCount: hidden.count, alignment: 1) { plain in
            defer { if let base = plain.baseAddress { explicit_bzero(base, plain.count) } }
            for start in stride(from: 0, to: hidden.count, by: Authenticator.length) {
                let cover =
                    start == 0
                    ? authenticator.withOctets { hash($0) }
                    : hash(hidden.octets(from: start - Authenticator.length, to: start))
                cover.withUnsafeBytes { cover in
                    for place in 0..<Authenticator.length {
                        plain[start + place] = hidden[start + place] ^ cover[place]
                    }
                }
            }
            return Secret(Octets(plain).withoutTrailingNULs)
        }
    }

    private func hash(_ octets: Octets) -> Insecure.MD5.Digest {
        var hash = begunHash
        hash.update(data: octets)
        return hash.finalize()
    }

    /// Whether the Message-Authenticator at `place` is the request's (RFC 3579 §3.2): HMAC-MD5 over the packet with its own
    /// octets zero. Compared in constant time.
    func hasSigned(_ packet: Packet, place: Int) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: packet.octets.count, alignment: 1) { copy in
            copy.copyMemory(from: packet.octets)
            for offset in 0..<Authenticator.length { copy[place + offset] = 0 }
            return code(of: Octets(copy)).withUnsafeBytes { code in
                var difference: UInt8 = 0
                for offset in 0..<Authenticator.length { difference |= code[offset] ^ packet.octets[place + offset] }
                return difference == 0
            }
        }
    }

    private func code(of octets: Octets) -> HMAC<Insecure.MD5>.MAC {
        var code = keyedCode
        code.update(data: octets)
        return code.finalize()
    }

    /// Fills in the two proofs of a reply: `packet` has its length, the request's authenticator in the header, and a
    /// Message-Authenticator of zeros as its first attribute.
    func sign(_ packet: inout [UInt8]) {
        packet.withUnsafeBytes { self.code(of: $0) }.withUnsafeBytes {
            packet.replaceSubrange(Reply.messageAuthenticatorPlace, with: $0)
        }
        // Response Authenticator: MD5 over the whole, then the secret (RFC 2865 §3).
        var hash = Insecure.MD5()
        packet.withUnsafeBytes { hash.update(data: $0) }
        secret.withBytes { hash.update(data: $0) }
        hash.finalize().withUnsafeBytes { packet.replaceSubrange(4..<Packet.headerLength, with: $0) }
    }
}
