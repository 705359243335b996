/// What an Access-Accept tells the client to do with whom it lets in.
public struct ReplyAttributes: Hashable, Sendable {
    /// Octets, with room to spare for the two texts, the numbers and the three of a VLAN.
    static let maximumLength = 600
    /// Octets of a text (RFC 2865 §5).
    public static let maximumTextLength = 253

    let octets: [UInt8]

    /// - Parameters:
    ///   - vlan: its number (RFC 3580 §3.31).
    ///   - filterID: the name of a filter that the client has; cut to 253 octets, as is `class`.
    ///   - class: comes back in accounting.
    ///   - sessionTimeout: seconds.
    public init(vlan: Int? = nil, filterID: String? = nil, class: String? = nil, sessionTimeout: Int? = nil) {
        var octets: [UInt8] = []
        func append(_ type: AttributeType, _ value: some Collection<UInt8>) {
            let value = value.prefix(Self.maximumTextLength)
            octets += [type.rawValue, UInt8(2 + value.count)] + value
        }
        func append(_ type: AttributeType, _ number: UInt32) {
            append(type, (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) })
        }
        if let vlan {
            append(.tunnelType, 13)  // VLAN
            append(.tunnelMediumType, 6)  // IEEE 802
            append(.tunnelPrivateGroupID, String(vlan).utf8)
        }
        if let filterID { append(.filterID, filterID.utf8) }
        if let `class` { append(.class, `class`.utf8) }
        if let sessionTimeout { append(.sessionTimeout, UInt32(clamping: sessionTimeout)) }
        self.octets = octets
    }
}
