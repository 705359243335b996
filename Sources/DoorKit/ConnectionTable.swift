import LatchkeyCore
import NIOCore
import Synchronization

/// The open connections of one listener, and the limits on them.
final class ConnectionTable: Sendable {
    enum Admission {
        case admitted
        /// `isFirst` since a connection was last admitted: worth a line in the log, unlike the next thousand.
        case full(isFirst: Bool)
        case stopping
    }

    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var perPeer: [Network: Int] = [:]
        var isStopping = false
        var isRefusing = false
    }

    private let maximum: Int
    private let maximumPerPeer: Int
    private let state = Mutex(State())
    /// Completes when the table is stopping and empty.
    private let drained: EventLoopPromise<Void>

    init(maximum: Int, maximumPerPeer: Int, drained: EventLoopPromise<Void>) {
        self.maximum = maximum
        self.maximumPerPeer = maximumPerPeer
        self.drained = drained
    }

    var count: Int { state.withLock { $0.channels.count } }

    /// Takes `channel` in until it closes. Whose it is, is told later if a proxy stands between.
    func admit(_ channel: any Channel) -> Admission {
        let admission: Admission = state.withLock { state in
            if state.isStopping { return .stopping }
            guard state.channels.count < maximum else {
                defer { state.isRefusing = true }
                return .full(isFirst: !state.isRefusing)
            }
            state.isRefusing = false
            state.channels[ObjectIdentifier(channel)] = channel
            return .admitted
        }
        if case .admitted = admission {
            let key = ObjectIdentifier(channel)
            channel.closeFuture.whenComplete { _ in self.remove(key) }
        }
        return admission
    }

    /// Counts an admitted channel as one of `address`. It is to be closed unless it is admitted again.
    func admit(_ channel: any Channel, of address: IPAddress) -> Admission {
        guard let peer = Network(address, prefixLength: address.family == .v4 ? 32 : 64) else { return .admitted }
        let admission: Admission = state.withLock { state in
            let count = state.perPeer[peer, default: 0]
            guard count < maximumPerPeer else {
                defer { state.isRefusing = true }
                return .full(isFirst: !state.isRefusing)
            }
            state.perPeer[peer] = count + 1
            return .admitted
        }
        if case .admitted = admission {
            channel.closeFuture.whenComplete { _ in
                self.state.withLock { state in
                    if let count = state.perPeer[peer] { state.perPeer[peer] = count > 1 ? count - 1 : nil }
                }
            }
        }
        return admission
    }

    private func remove(_ key: ObjectIdentifier) {
        let isDrained = state.withLock { state in
            state.channels[key] = nil
            return state.isStopping && state.channels.isEmpty
        }
        if isDrained { drained.succeed() }
    }

    /// Admits nobody from now on and asks every connection to finish. True the first time.
    func stop() -> Bool {
        let (channels, wasStopping) = state.withLock { state in
            defer { state.isStopping = true }
            return (Array(state.channels.values), state.isStopping)
        }
        guard !wasStopping else { return false }
        if channels.isEmpty { drained.succeed() }
        for channel in channels { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
        return true
    }

    /// Closes what is left, and tells how many that were.
    func cut() -> Int {
        let channels = state.withLock { Array($0.channels.values) }
        for channel in channels { channel.close(promise: nil) }
        return channels.count
    }
}
