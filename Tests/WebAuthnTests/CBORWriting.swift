@testable import WebAuthn

extension CBOR {
    /// In CTAP2's canonical form, as authenticators write it.
    var octets: [UInt8] {
        switch self {
        case .integer(let value) where value < 0: Self.head(1, UInt64(-1 - value))
        case .integer(let value): Self.head(0, UInt64(value))
        case .octets(let octets): Self.head(2, UInt64(octets.count)) + octets
        case .text(let text): Self.head(3, UInt64(text.utf8.count)) + Array(text.utf8)
        case .array(let items): Self.head(4, UInt64(items.count)) + items.flatMap(\.octets)
        case .map(let pairs):
            Self.head(5, UInt64(pairs.count))
                + pairs.map { ($0.key.octets, $0.value.octets) }.sorted {
                    ($0.0.count, $0.0.map { Int($0) }.description) < ($1.0.count, $1.0.map { Int($0) }.description)
                }.flatMap { $0.0 + $0.1 }
        case .bool(let value): [value ? 0xf5 : 0xf4]
        case .null: [0xf6]
        }
    }

    static func head(_ major: UInt8, _ number: UInt64) -> [UInt8] {
        let initial = major << 5
        func big(_ width: Int) -> [UInt8] {
            (0..<width).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * (width - 1 - $0))) }
        }
        switch number {
        case 0..<24: return [initial | UInt8(number)]
        case 24...0xff: return [initial | 24] + big(1)
        case 0x100...0xffff: return [initial | 25] + big(2)
        case 0x1_0000...0xffff_ffff: return [initial | 26] + big(4)
        default: return [initial | 27] + big(8)
        }
    }
}
