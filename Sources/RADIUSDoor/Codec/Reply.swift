import LatchkeyCore

/// An answer, as octets: Message-Authenticator first, so that nothing can be slipped in before it (Blast-RADIUS, CVE-2024-3596), then the
/// request's Proxy-States in their order, then what the answer says.
enum Reply {
    static let messageAuthenticatorPlace = (Packet.headerLength + 2)..<signedLength
    /// Octets of the header and the Message-Authenticator.
    static let signedLength = Packet.headerLength + 2 + Authenticator.length

    static func accept(_ request: Request, _ attributes: ReplyAttributes, _ secret: SharedSecret) -> [UInt8] {
        packet(.accessAccept, request, attributes.octets, secret)
    }

    /// The same for every refusal.
    static func reject(_ request: Request, _ secret: SharedSecret) -> [UInt8] {
        packet(.accessReject, request, refusalText, secret)
    }

    /// What of a request its reply repeats.
    struct Request: Sendable {
        let identifier: UInt8
        let authenticator: Authenticator
        /// As in `RequestAttributes`.
        let proxyStates: [UInt8]
    }

    private static let refusalText: [UInt8] =
        [AttributeType.replyMessage.rawValue, UInt8(2 + Refusal.wireText.utf8.count)] + Refusal.wireText.utf8

    private static func packet(
        _ code: Packet.Code, _ request: Request, _ attributes: [UInt8], _ secret: SharedSecret
    ) -> [UInt8] {
        // Both parts are held below what 4096 octets have room for.
        let length = signedLength + request.proxyStates.count + attributes.count
        var packet: [UInt8] = []
        packet.reserveCapacity(length)
        packet += [code.rawValue, request.identifier, UInt8(truncatingIfNeeded: length >> 8)]
        packet.append(UInt8(truncatingIfNeeded: length))
        request.authenticator.withOctets { packet.append(contentsOf: $0) }
        packet += [AttributeType.messageAuthenticator.rawValue, UInt8(2 + Authenticator.length)]
        packet.append(contentsOf: repeatElement(0, count: Authenticator.length))
        packet += request.proxyStates
        packet += attributes
        secret.sign(&packet)
        return packet
    }
}
