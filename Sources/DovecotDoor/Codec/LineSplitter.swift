#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Cuts the octets of a connection into lines that end in LF. A line is lent without its LF; only one that arrives in
/// pieces is copied, and the copy is wiped, as lines hold passwords.
struct LineSplitter {
    /// Octets of a line with its LF, as in Dovecot (`AUTH_CLIENT_MAX_LINE_LENGTH`).
    static let maximumLineLength = 16_384

    private var partial: [UInt8] = []

    /// Calls `body` with every line that `octets` completes, until it throws.
    mutating func split(_ octets: Octets, _ body: (Octets) throws(CloseReason) -> Void) throws(CloseReason) {
        var start = 0
        if !partial.isEmpty {
            guard let end = octets.firstPlace(of: Self.lineFeed, from: 0) else { return try keep(octets) }
            try keep(octets.octets(from: 0, to: end))
            start = end + 1
            try withWholeLine(body)
        }
        while let end = octets.firstPlace(of: Self.lineFeed, from: start) {
            guard end - start < Self.maximumLineLength else { throw .lineTooLong }
            try body(octets.octets(from: start, to: end))
            start = end + 1
        }
        try keep(octets.octets(from: start, to: octets.count))
    }

    private mutating func keep(_ piece: Octets) throws(CloseReason) {
        guard partial.count + piece.count < Self.maximumLineLength else { throw .lineTooLong }
        // One allocation at its final size: growing would leave copies that are not wiped.
        if partial.isEmpty, !piece.isEmpty { partial.reserveCapacity(Self.maximumLineLength) }
        partial.append(contentsOf: piece)
    }

    private mutating func withWholeLine(_ body: (Octets) throws(CloseReason) -> Void) throws(CloseReason) {
        var line: [UInt8] = []
        swap(&line, &partial)
        defer { Self.wipe(&line) }
        let outcome: Result<Void, CloseReason> = line.withUnsafeBytes { octets in
            Result { () throws(CloseReason) in try body(octets) }
        }
        try outcome.get()
    }

    private static func wipe(_ line: inout [UInt8]) {
        line.withUnsafeMutableBytes { if let base = $0.baseAddress { explicit_bzero(base, $0.count) } }
    }

    private static let lineFeed = UInt8(ascii: "\n")
}
