/// The fields of a line, separated by TABs.
struct Fields {
    private let line: Octets
    private var start = 0

    init(_ line: Octets) {
        self.line = line
    }

    mutating func next() -> Octets? {
        guard start <= line.count else { return nil }
        let end = line.firstPlace(of: UInt8(ascii: "\t"), from: start) ?? line.count
        defer { start = end + 1 }
        return line.octets(from: start, to: end)
    }

    /// A request id or process id: 1 to 2³² − 1.
    mutating func nextID() -> UInt32? {
        guard let id = next()?.number, id > 0 else { return nil }
        return id
    }
}
