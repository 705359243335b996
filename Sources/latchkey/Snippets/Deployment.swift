import LatchkeyCore
import Settings

/// Where this installation can be reached, as the servers on this machine must write it.
struct Deployment {
    let settings: Settings
    /// The service that a snippet names, where the server itself does not.
    let service: Service?

    /// The door's first Unix socket, else its first address.
    func dovecot() throws(CommandFailure) -> ListenAddress {
        try first(
            settings.doors.dovecot.listen, key: "doors.dovecot.listen", example: "[unix:/run/latchkey/auth]",
            preferring: { if case .unix = $0 { true } else { false } })
    }

    /// The path of the saslauthd door's first socket.
    func saslauthd() throws(CommandFailure) -> String {
        let address = try first(
            settings.doors.saslauthd.listen, key: "doors.saslauthd.listen", example: "[unix:/run/saslauthd/mux]")
        guard case .unix(let path) = address else { return "\(address)" }  // the setting has no others
        return path
    }

    /// The path of the socket for `latchkey check`.
    func check() throws(CommandFailure) -> String {
        guard let path = settings.checkSocket else {
            throw .configuration("check.socket: there is no data directory either: give --data DIRECTORY")
        }
        return path
    }

    /// `http://127.0.0.1:8090`, for a server that can only ask over TCP.
    func http() throws(CommandFailure) -> String {
        let address = try first(
            settings.doors.http.listen.filter { if case .tcp = $0 { true } else { false } }, key: "doors.http.listen",
            example: "[127.0.0.1:8090]")
        return "http://\(address.reachable)"
    }

    private func first(
        _ addresses: [ListenAddress], key: String, example: String,
        preferring isPreferred: (ListenAddress) -> Bool = { _ in false }
    ) throws(CommandFailure) -> ListenAddress {
        guard let address = addresses.first(where: isPreferred) ?? addresses.first else {
            throw .configuration("\(key): the door is closed: write for example \(key): \(example), and start again")
        }
        guard !address.isAnyPort else {
            throw .configuration("\(key): port 0 is another one at each start: write a port of your choice")
        }
        return address
    }
}

extension ListenAddress {
    fileprivate var isAnyPort: Bool {
        if case .tcp(_, 0) = self { true } else { false }
    }

    /// What a client on this machine connects to: an address that means "all" is no address to connect to.
    var forClient: ListenAddress {
        switch self {
        case .tcp("0.0.0.0", let port): .tcp(host: "127.0.0.1", port: port)
        case .tcp("::", let port): .tcp(host: "::1", port: port)
        default: self
        }
    }

    /// The same, as it stands in another program's configuration.
    var reachable: String { forClient.description }
}
