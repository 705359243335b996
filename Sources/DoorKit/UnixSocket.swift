public import LatchkeyCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A bound stream socket in the file system. It is not listening yet: that makes its mode and group hold from the first
/// connection on.
struct UnixSocket {
    let path: String
    let descriptor: CInt
    private let inode: UInt64

    /// Blocks for a few system calls: for the start of the process.
    static func make(at path: String, mode: UInt32, group: String?) throws(BindError) -> UnixSocket {
        let address = ListenAddress.unix(path: path)
        try makeRoom(at: path)
        let descriptor = try open(for: address)
        do throws(BindError) {
            guard withAddress(path, { bind(descriptor, $0, $1) }) == 0 else { throw error(errno, address) }
            if let group { try give(path, to: group) }
            guard chmod(path, mode) == 0 else { throw error(errno, address) }
            return UnixSocket(path: path, descriptor: descriptor, inode: try inode(of: path))
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Removes the file, unless somebody else has put another one there meanwhile.
    func remove() {
        guard (try? Self.inode(of: path)) == inode else { return }  // gone or replaced: not ours any more
        unlink(path)
    }

    /// Removes a socket that a killed process left behind: one on which nobody answers.
    private static func makeRoom(at path: String) throws(BindError) {
        let address = ListenAddress.unix(path: path)
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT { return }
            throw error(errno, address)
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw .occupied(path: path) }
        let probe = try open(for: address)
        defer { close(probe) }
        let isRefused = withAddress(path) { connect(probe, $0, $1) } != 0 && errno == ECONNREFUSED
        guard isRefused else { throw errno == EACCES ? .permissionDenied(address) : .addressInUse(address) }
        guard unlink(path) == 0 else { throw error(errno, address) }
    }

    private static func open(for address: ListenAddress) throws(BindError) -> CInt {
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { throw error(errno, address) }
        return descriptor
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // `ListenAddress` holds no longer path; a longer one would be cut here, never written past the end.
        withUnsafeMutableBytes(of: &address.sun_path) { target in
            for (place, octet) in path.utf8.prefix(target.count - 1).enumerated() { target[place] = octet }
        }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}

extension UnixSocket {
    private static func give(_ path: String, to group: String) throws(BindError) {
        let address = ListenAddress.unix(path: path)
        guard let id = groupID(named: group) else { throw .unknownGroup(group, address) }
        guard chown(path, uid_t.max, id) == 0 else {  // uid -1: leave the owner
            throw errno == EPERM ? .groupNotPermitted(group, address) : error(errno, address)
        }
    }

    private static func groupID(named name: String) -> gid_t? {
        var entry = group()
        var found: UnsafeMutablePointer<group>?
        var buffer = [CChar](repeating: 0, count: 65_536)  // members included
        guard getgrnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return nil }
        return entry.gr_gid
    }

    private static func inode(of path: String) throws(BindError) -> UInt64 {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw error(errno, .unix(path: path)) }
        return UInt64(status.st_ino)
    }

    private static func error(_ code: CInt, _ address: ListenAddress) -> BindError {
        guard code == ENOENT || code == ENOTDIR, case .unix(let path) = address else {
            return BindError(errno: code, address)
        }
        let directory = path.split(separator: "/").dropLast().joined(separator: "/")
        return .missingDirectory("/" + directory, address)
    }
}

extension BindError {
    /// What a system call that failed with `code` means for whoever wants to listen on `address`.
    public init(errno code: CInt, _ address: ListenAddress) {
        self =
            switch code {
            case EADDRINUSE: .addressInUse(address)
            case EACCES, EPERM, EROFS: .permissionDenied(address)
            case EADDRNOTAVAIL, EAFNOSUPPORT: .addressNotAvailable(address)
            default: .other(address, String(cString: strerror(code)))
            }
    }
}
