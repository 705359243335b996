#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The octets of a request as they come. Wiped as soon as they are read, as they hold a password.
struct RequestBuffer {
    /// Five strings with their lengths: what comes beyond is not kept.
    static let maximumLength = 5 * (2 + Request.maximumStringLength)

    private var octets: [UInt8] = []

    mutating func append(_ piece: Octets) {
        // The second piece brings the room for all: growing again and again would leave copies that are not wiped.
        if !octets.isEmpty, octets.capacity < Self.maximumLength { move() }
        octets.append(contentsOf: piece.prefix(Self.maximumLength - octets.count))
    }

    var reading: Reading { octets.withUnsafeBytes { Reading($0) } }

    mutating func wipe() {
        octets.withUnsafeMutableBytes { if let base = $0.baseAddress { explicit_bzero(base, $0.count) } }
        octets = []
    }

    private mutating func move() {
        var roomy: [UInt8] = []
        roomy.reserveCapacity(Self.maximumLength)
        roomy.append(contentsOf: octets)
        wipe()
        octets = roomy
    }
}
