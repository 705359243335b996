public import DoorKit
public import LatchkeyCore
public import Logging
public import NIOCore
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The door through which Postfix, Exim, Radicale, chasquid and maddy ask: Dovecot's auth-client protocol, server side.
///
/// Give `serve` to a `DoorListener`.
public struct DovecotDoor: Sendable {
    private let verifier: any Verifier
    private let configuration: Configuration
    private let logger: Logger
    private let connections = ConnectionCounter()

    public init(verifier: any Verifier, configuration: Configuration = Configuration(), logger: Logger) {
        self.verifier = verifier
        self.configuration = configuration
        self.logger = logger
    }

    /// Adds the door's handler to a new connection, on its event loop.
    public func serve(_ channel: any Channel, _ peer: Peer) throws {
        var random = SystemRandomNumberGenerator()
        let greeting = Greeting(
            processID: UInt32(getpid()), connectionID: connections.next(),
            cookie: .random(in: 0...(.max), using: &random)
        )
        try channel.pipeline.syncOperations.addHandler(
            DovecotHandler(verifier: verifier, configuration: configuration, greeting: greeting, logger: logger))
    }
}

/// Numbers the connections of one door from 1.
private final class ConnectionCounter: Sendable {
    private let last = Atomic<UInt64>(0)

    func next() -> UInt64 { last.add(1, ordering: .relaxed).newValue }
}
