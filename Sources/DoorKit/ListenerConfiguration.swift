public import LatchkeyCore
public import NIOCore

/// How a door listens. The defaults suit a busy mail server in front of it.
public struct ListenerConfiguration: Sendable {
    /// Permission bits of a Unix socket. Whoever may write to it may try passwords.
    public var socketMode: UInt32 = 0o660
    /// The group that a Unix socket is given to, for example `postfix`; nil leaves the process's own.
    public var socketGroup: String?
    /// Connections beyond this are closed as soon as they are accepted.
    public var maximumConnections = 4_096
    /// The same for one address of a peer (of IPv6, one /64); Unix sockets have none.
    public var maximumConnectionsPerPeer = 1_024
    /// Proxies in these networks begin each connection with a PROXY header, which tells the client's address. Nobody else may.
    public var proxies: [Network] = []
    /// Encrypts every connection from its first octet on.
    public var tls: ServerTLS?
    /// Connections the kernel keeps waiting.
    public var backlog: Int32 = 1_024
    /// How long requests in flight may take to finish once the listener stops; what is left then is cut.
    public var stopPatience: TimeAmount = .seconds(8)

    public init() {}
}
