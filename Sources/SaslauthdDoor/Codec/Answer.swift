import LatchkeyCore

/// The only two things a client can be told. It looks at the first two octets.
enum Answer: Sendable {
    case ok
    /// Any refusal, whatever its reason.
    case no

    /// With the length before them.
    var octets: [UInt8] {
        switch self {
        case .ok: Self.okOctets
        case .no: Self.noOctets
        }
    }

    private static let okOctets = framed("OK")
    private static let noOctets = framed("NO " + Refusal.wireText)

    private static func framed(_ text: String) -> [UInt8] {
        let length = UInt16(truncatingIfNeeded: text.utf8.count)  // some tens
        return [UInt8(length >> 8), UInt8(length & 0xff)] + text.utf8
    }
}
