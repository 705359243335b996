import Glibc

/// An open file of this process that somebody else writes a password to.
struct Descriptor {
    static let standardInput = Descriptor(number: 0)
    /// Where checkpassword's callers write.
    static let checkpassword = Descriptor(number: 3)

    /// What is read at most, so that whoever writes more than is wanted need not see its pipe break. Octets.
    private static let patience = 1_048_576

    let number: CInt

    /// Reads to the end and lends the first `limit` octets and one more, which tells that there are too many; wiped afterwards.
    func withContent<R, E: Error>(
        upTo limit: Int, _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R? {
        let kept = UnsafeMutableRawBufferPointer.allocate(byteCount: limit + 1, alignment: 1)
        let rest = UnsafeMutableRawBufferPointer.allocate(byteCount: 4_096, alignment: 1)
        defer {
            for room in [kept, rest] {
                if let base = room.baseAddress { explicit_bzero(base, room.count) }
                room.deallocate()
            }
        }
        var count = 0
        var total = 0
        while total < Self.patience {
            let room = count < kept.count ? UnsafeMutableRawBufferPointer(rebasing: kept[count...]) : rest
            let got = read(number, room.baseAddress, room.count)
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { return nil }
            if got == 0 { break }
            total += got
            if count < kept.count { count += got }
        }
        return try body(UnsafeRawBufferPointer(rebasing: kept[..<count]))
    }
}
