/// Stands for swift-crypto, whose BoringSSL takes minutes to build: every digest is sixteen zeros. A request signed with zeros is signed
/// rightly, and a password is covered with zeros: so what a mutation makes is read to its end.
public protocol Digesting {
    init()
}

public enum Insecure {
    public struct MD5: Digesting, Sendable {
        public typealias Digest = Zeros

        public init() {}

        public mutating func update(data: UnsafeRawBufferPointer) {}
        public func finalize() -> Zeros { Zeros() }
    }
}

public struct Zeros: Sendable {
    public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try [UInt8](repeating: 0, count: 16).withUnsafeBytes(body)
    }
}

public struct SymmetricKey: Sendable {
    public init(data: UnsafeRawBufferPointer) {}
}

public struct HMAC<Hash: Digesting>: Sendable {
    public typealias MAC = Zeros

    public init(key: SymmetricKey) {}

    public mutating func update(data: UnsafeRawBufferPointer) {}
    public func finalize() -> Zeros { Zeros() }
}
