import Logging
import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The process at the other end of a Unix socket, as the kernel tells it: `struct ucred` of `unix(7)`, which Swift does not see.
///
/// The protocol tells no client address, so this is all there is of who asks.
struct PeerProcess: Sendable {
    let pid: pid_t
    let uid: uid_t
    let gid: gid_t

    static func log(_ channel: any Channel, to logger: Logger) {
        guard let socket = channel as? any SocketOptionProvider else { return }
        let peer: EventLoopFuture<PeerProcess> = socket.unsafeGetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
        peer.whenSuccess { peer in
            logger.debug("connection", metadata: ["peer-uid": "\(peer.uid)", "peer-pid": "\(peer.pid)"])
        }
    }
}
