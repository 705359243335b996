import Foundation
import Glibc

/// Where a server is asked: on this machine only.
enum Endpoint: Equatable {
    case unix(path: String)
    case tcp(port: UInt16)
    case udp(port: UInt16)

    static func freeTCP() throws -> Endpoint { .tcp(port: try freePort(SOCK_STREAM)) }

    static func freeUDP() throws -> Endpoint { .udp(port: try freePort(SOCK_DGRAM)) }

    /// Of TCP or UDP; 0 for a path.
    var port: UInt16 {
        switch self {
        case .unix: 0
        case .tcp(let port), .udp(let port): port
        }
    }

    /// As Latchkey's configuration writes it.
    var listenAddress: String {
        switch self {
        case .unix(let path): "unix:" + path
        case .tcp(let port), .udp(let port): "127.0.0.1:\(port)"
        }
    }

    var isDatagram: Bool { if case .udp = self { true } else { false } }

    /// A socket that is connected to it.
    func connect() throws -> CInt {
        let descriptor: CInt
        var result: CInt
        switch self {
        case .unix(let path):
            descriptor = try Self.socket(AF_UNIX, SOCK_STREAM)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
                close(descriptor)
                throw LoadError("\(path) is too long for a socket: set TMPDIR to a shorter one")
            }
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            result = Self.withSocketAddress(&address) { Glibc.connect(descriptor, $0, $1) }
        case .tcp(let port), .udp(let port):
            descriptor = try Self.socket(AF_INET, isDatagram ? SOCK_DGRAM : SOCK_STREAM)
            if !isDatagram {
                var on: CInt = 1
                setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<CInt>.size))
            }
            var address = Self.loopback(port)
            result = Self.withSocketAddress(&address) { Glibc.connect(descriptor, $0, $1) }
        }
        guard result == 0 else {
            let code = errno
            close(descriptor)
            throw LoadError("connect \(listenAddress)", code)
        }
        return descriptor
    }

    /// One that is free now; the kernel does not give it out again at once.
    private static func freePort(_ type: __socket_type) throws -> UInt16 {
        let descriptor = try socket(AF_INET, type)
        defer { close(descriptor) }
        var address = loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        guard withSocketAddress(&address, { bind(descriptor, $0, $1) }) == 0,
            withSocketAddress(&address, { address, _ in getsockname(descriptor, address, &length) }) == 0
        else { throw LoadError("no free port", errno) }
        return UInt16(bigEndian: address.sin_port)
    }

    private static func socket(_ family: CInt, _ type: __socket_type) throws -> CInt {
        // Servers that are started meanwhile must not inherit it.
        let descriptor = Glibc.socket(family, CInt(type.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw LoadError("socket", errno) }
        return descriptor
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    private static func withSocketAddress<Address>(
        _ address: inout Address, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> CInt
    ) -> CInt {
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }
}
