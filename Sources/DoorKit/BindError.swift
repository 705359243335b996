public import LatchkeyCore
import NIOCore

/// Why a door cannot listen, as one line that says what to do.
public enum BindError: Error, Hashable, Sendable, CustomStringConvertible {
    case addressInUse(ListenAddress)
    case permissionDenied(ListenAddress)
    case missingDirectory(String, ListenAddress)
    /// There is a file at the path that is no socket.
    case occupied(path: String)
    case unknownHost(ListenAddress)
    case addressNotAvailable(ListenAddress)
    case unknownGroup(String, ListenAddress)
    case groupNotPermitted(String, ListenAddress)
    /// Anything else, in the system's words.
    case other(ListenAddress, String)

    public var description: String {
        switch self {
        case .addressInUse(.unix(let path)):
            "cannot listen on unix:\(path): another process answers there; stop it or choose another path"
        case .addressInUse(let address):
            "cannot listen on \(address): the port is in use; stop the other process or choose another port"
        case .permissionDenied(.unix(let path)):
            "cannot listen on unix:\(path): permission denied; let this user write to the directory"
        case .permissionDenied(let address):
            "cannot listen on \(address): permission denied; ports below 1024 need the capability CAP_NET_BIND_SERVICE"
        case .missingDirectory(let directory, let address):
            "cannot listen on \(address): there is no directory \(directory); create it or choose another path"
        case .occupied(let path):
            "cannot listen on unix:\(path): a file that is no socket is in the way; move it or choose another path"
        case .unknownHost(let address):
            "cannot listen on \(address): the host name has no address; write an IP address of this machine"
        case .addressNotAvailable(let address):
            "cannot listen on \(address): this machine does not have that address"
        case .unknownGroup(let group, let address):
            "cannot listen on \(address): there is no group “\(group)”; create it or name another"
        case .groupNotPermitted(let group, let address):
            "cannot listen on \(address): only a member of “\(group)” or root may give the socket to that group"
        case .other(let address, let words):
            "cannot listen on \(address): \(words)"
        }
    }
}

extension BindError {
    /// What an error of SwiftNIO's means for whoever wants to listen on `address`.
    init(_ error: any Error, _ address: ListenAddress) {
        switch error {
        case let error as BindError: self = error
        case let error as IOError: self = BindError(errno: error.errnoCode, address)
        case is SocketAddressError, is SocketAddressError.UnknownHost: self = .unknownHost(address)
        default: self = .other(address, "\(error)")
        }
    }
}
