public import LatchkeyCore
public import ServiceLifecycle

/// A door's address, bound: it serves while it runs, and stops gracefully.
public protocol Listener: ServiceLifecycle.Service {
    /// Where it listens; a port 0 asked for is the port given here.
    var address: ListenAddress { get }

    /// Stops as a graceful shutdown does, and returns when nothing is in flight any more.
    func stop() async
}
