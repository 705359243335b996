public import DoorKit
public import LatchkeyCore
public import Logging
public import NIOCore
import NIOPosix

/// A log that nobody reads.
public let silence = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

/// Runs `body` while a door listens, on a free port of this machine unless told otherwise, and stops it gracefully.
public func withListener<Value: Sendable>(
    on address: ListenAddress = .tcp(host: "127.0.0.1", port: 0),
    _ configuration: ListenerConfiguration = ListenerConfiguration(),
    serve: @escaping @Sendable (any Channel, Peer) throws -> Void,
    _ body: (DoorListener) async throws -> Value
) async throws -> Value {
    let listener = try await DoorListener.bind(
        address, configuration: configuration, group: .singletonMultiThreadedEventLoopGroup, logger: silence,
        serve: serve)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await listener.run() }
        let result: Result<Value, any Error>
        do { result = .success(try await body(listener)) } catch { result = .failure(error) }
        await listener.stop()
        try await group.waitForAll()
        return try result.get()
    }
}
