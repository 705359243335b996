/// Whether octets are a point of the curve Ed25519 that may be somebody's public key. With attestation `none` no signature comes with a new
/// key, and BoringSSL looks at it only when it verifies one: a key that is none would be kept, and lock its owner out.
enum Ed25519Point {
    /// Octets.
    static let length = 32

    /// A point (RFC 8032 §5.1.3), written canonically, and none of small order, for which anybody can make signatures.
    static func isKey(_ octets: [UInt8]) -> Bool {
        guard octets.count == length else { return false }
        var magnitude = octets
        // Which of two, x or -x. Only the points with y = ±1, of small order, have but one.
        magnitude[31] &= 0x7f
        guard let y = FieldElement(littleEndian: magnitude), !smallOrders.contains(magnitude) else { return false }
        // x² = u / v, and v is never 0. u / v is a square if u · v is, as u / v = u · v / v².
        let square = y * y
        let u = square + .minusOne
        let v = curveConstant * square + .one
        return (u * v).isNonzeroSquare
    }

    /// d = -121665 / 121666 (RFC 8032 §5.1).
    private static let curveConstant = FieldElement(
        limbs: [0x75eb_4dca_1359_78a3, 0x0070_0a4d_4141_d8ab, 0x8cc7_4079_7779_e898, 0x5203_6cee_2b6f_fe73])

    /// The y-coordinates of the eight points whose order divides 8: 0, 1, p - 1, and the two of order 8.
    private static let smallOrders: [[UInt8]] = [
        [UInt8](repeating: 0, count: 32),
        [1] + [UInt8](repeating: 0, count: 31),
        [0xec] + [UInt8](repeating: 0xff, count: 30) + [0x7f],
        [
            0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf,
            0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
        ],
        [
            0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20,
            0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
        ],
    ]
}

/// A number modulo p = 2²⁵⁵ - 19. Public values only: its time depends on them.
struct FieldElement: Equatable, Sendable {
    /// The lowest first. Below 2²⁵⁶, so that a number has two or three forms; `canonical` has one.
    private let limbs: SIMD4<UInt64>

    static let one = FieldElement(limbs: [1, 0, 0, 0])
    static let minusOne = FieldElement(limbs: [0xffff_ffff_ffff_ffec, .max, .max, 0x7fff_ffff_ffff_ffff])
    private static let prime: SIMD4<UInt64> = [0xffff_ffff_ffff_ffed, .max, .max, 0x7fff_ffff_ffff_ffff]
    /// 2²⁵⁶ modulo p.
    private static let fold: UInt64 = 38

    init(limbs: SIMD4<UInt64>) {
        self.limbs = limbs
    }

    /// Nil unless it is one of 32 octets, and below p.
    init?(littleEndian octets: [UInt8]) {
        guard octets.count == Ed25519Point.length else { return nil }
        var limbs = SIMD4<UInt64>()
        for (place, octet) in octets.enumerated() { limbs[place / 8] |= UInt64(octet) << UInt64(place % 8 * 8) }
        self.init(limbs: limbs)
        guard canonical == limbs else { return nil }
    }

    static func == (left: FieldElement, right: FieldElement) -> Bool { left.canonical == right.canonical }

    static func + (left: FieldElement, right: FieldElement) -> FieldElement {
        var sum = left.limbs
        var carry: UInt64 = 0
        for place in 0..<4 { (carry, sum[place]) = product(1, right.limbs[place], sum[place], carry) }
        return folded(sum, carry)
    }

    static func * (left: FieldElement, right: FieldElement) -> FieldElement {
        var whole = SIMD8<UInt64>()
        for row in 0..<4 {
            var carry: UInt64 = 0
            for place in 0..<4 {
                (carry, whole[row + place]) = product(left.limbs[row], right.limbs[place], whole[row + place], carry)
            }
            whole[row + 4] = carry
        }
        var low = whole.lowHalf
        var carry: UInt64 = 0
        for place in 0..<4 { (carry, low[place]) = product(fold, whole[place + 4], low[place], carry) }
        return folded(low, carry)
    }

    /// Whether some number other than 0 has this as its square: Euler's criterion, with the exponent (p - 1) / 2 = 2²⁵⁴ - 10, whose bits are
    /// all set but the first and the fourth.
    var isNonzeroSquare: Bool {
        var power = FieldElement.one
        for bit in (0..<254).reversed() {
            power = power * power
            if bit != 0, bit != 3 { power = power * self }
        }
        return power == .one
    }

    /// a · b + c + d, which always fits.
    private static func product(
        _ a: UInt64, _ b: UInt64, _ c: UInt64, _ d: UInt64
    ) -> (high: UInt64, low: UInt64) {
        let (high, low) = a.multipliedFullWidth(by: b)
        let (first, firstCarry) = low.addingReportingOverflow(c)
        let (second, secondCarry) = first.addingReportingOverflow(d)
        return (high &+ (firstCarry ? 1 : 0) &+ (secondCarry ? 1 : 0), second)
    }

    /// `limbs` + `carry` · 2²⁵⁶, where the carry is at most 38. After a second carry so little is left that there is no third.
    private static func folded(_ limbs: SIMD4<UInt64>, _ carry: UInt64) -> FieldElement {
        var limbs = limbs
        var carry = carry
        while carry > 0 {
            var more = carry &* fold
            for place in 0..<4 { (more, limbs[place]) = product(1, limbs[place], more, 0) }
            carry = more
        }
        return FieldElement(limbs: limbs)
    }

    /// Below p.
    private var canonical: SIMD4<UInt64> {
        var limbs = limbs
        while let less = Self.withoutPrime(limbs) { limbs = less }
        return limbs
    }

    /// Nil if it is below p already.
    private static func withoutPrime(_ limbs: SIMD4<UInt64>) -> SIMD4<UInt64>? {
        var rest = SIMD4<UInt64>()
        var borrow: UInt64 = 0
        for place in 0..<4 {
            let (first, firstBorrow) = limbs[place].subtractingReportingOverflow(prime[place])
            let (second, secondBorrow) = first.subtractingReportingOverflow(borrow)
            rest[place] = second
            borrow = firstBorrow || secondBorrow ? 1 : 0
        }
        return borrow == 0 ? rest : nil
    }
}
