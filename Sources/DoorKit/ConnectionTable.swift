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
        var perPeer: [String: Int] = [:]
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

    /// Takes `channel` in until it closes.
    func admit(_ channel: any Channel) -> Admission {
        let peer = channel.remoteAddress?.ipAddress
        let admission: Admission = state.withLock { state in
            if state.isStopping { return .stopping }
            let ofPeer = peer.map { state.perPeer[$0, default: 0] } ?? 0
            guard state.channels.count < maximum, ofPeer < maximumPerPeer else {
                defer { state.isRefusing = true }
                return .full(isFirst: !state.isRefusing)
            }
            state.isRefusing = false
            state.channels[ObjectIdentifier(channel)] = channel
            if let peer { state.perPeer[peer] = ofPeer + 1 }
            return .admitted
        }
        if case .admitted = admission {
            let key = ObjectIdentifier(channel)
            channel.closeFuture.whenComplete { _ in self.remove(key, peer: peer) }
        }
        return admission
    }

    private func remove(_ key: ObjectIdentifier, peer: String?) {
        let isDrained = state.withLock { state in
            state.channels[key] = nil
            if let peer, let count = state.perPeer[peer] { state.perPeer[peer] = count > 1 ? count - 1 : nil }
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
