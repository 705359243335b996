#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Bytes that must never be printed: an app password as it was typed, a portal password, a bearer token.
///
/// Its description is `•••`, also through `dump`, `String(reflecting:)` and interpolation; it is compared in constant time
/// and wiped when the last reference goes. What cannot be wiped is whatever the bytes came from: a receive buffer, or
/// the `String` of a form field. Keep those short-lived.
public final class Secret: @unchecked Sendable {  // safe: the bytes are written once, in `init`
    private let bytes: UnsafeMutableRawBufferPointer

    public init(_ source: UnsafeRawBufferPointer) {
        bytes = .allocate(byteCount: source.count, alignment: 1)
        bytes.copyMemory(from: source)
    }

    public convenience init(_ source: [UInt8]) {
        self.init(copying: source)
    }

    public convenience init(_ text: String) {
        self.init(copying: Array(text.utf8))
    }

    /// Every other kind of collection, by way of an array that is not wiped.
    public convenience init(_ source: some Collection<UInt8>) {
        self.init(copying: Array(source))
    }

    private init(copying source: [UInt8]) {
        bytes = .allocate(byteCount: source.count, alignment: 1)
        bytes.copyBytes(from: source)
    }

    deinit {
        if let base = bytes.baseAddress { explicit_bzero(base, bytes.count) }
        bytes.deallocate()
    }

    public var count: Int { bytes.count }
    public var isEmpty: Bool { bytes.isEmpty }

    /// Lends the bytes for the length of `body`; they must not escape it.
    public func withBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        try body(UnsafeRawBufferPointer(bytes))
    }

    /// The secret as text, for the one place that shows or sends it. Nil if the bytes are not UTF-8.
    public func reveal() -> String? {
        String(validating: bytes, as: UTF8.self)
    }
}

extension Secret: Equatable {
    /// Takes the same time wherever the first difference is; the length is not hidden.
    public static func == (left: Secret, right: Secret) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for place in 0..<left.count { difference |= left.bytes[place] ^ right.bytes[place] }
        return difference == 0
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "•••" }
    public var debugDescription: String { "•••" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
