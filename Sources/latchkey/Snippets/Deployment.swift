import Foundation
import LDAPDoor
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

    /// What browsers call the portal: `keys.example.com`, 443 if they name no port; and where it listens for the proxy that does TLS for it.
    func portal() throws(CommandFailure) -> (host: String, port: Int, listens: String) {
        guard let url = settings.portal.url, let address = URLComponents(string: url),
            address.scheme == "https", let host = address.encodedHost
        else {
            throw .configuration(
                "portal.url: the portal has no https address: write for example portal.url: https://keys.example.com")
        }
        let listens = try first([settings.portal.listen], key: "portal.listen", example: "127.0.0.1:8080")
        return (host, address.port ?? 443, listens.reachable)
    }

    /// `http://127.0.0.1:8090`, for a server that can only ask over TCP.
    func http() throws(CommandFailure) -> String { "http://\(try httpAddress())" }

    /// `127.0.0.1:8090`
    func httpAddress() throws(CommandFailure) -> String {
        let address = try first(
            settings.doors.http.listen.filter { if case .tcp = $0 { true } else { false } }, key: "doors.http.listen",
            example: "[127.0.0.1:8090]")
        return address.reachable
    }

    /// Those for which nginx's mail proxy is told a server.
    func mailServices() throws(CommandFailure) -> [Service] {
        let servers = settings.doors.http.nginxMail
        let named = [(servers.imap, Service.imap), (servers.pop3, .pop3), (servers.smtp, .smtp)].filter { $0.0 != nil }
        guard !named.isEmpty else {
            throw .configuration(
                "doors.http.nginx-mail.imap: nginx is not told where to go on: give the mail servers, for example 192.0.2.10:143"
            )
        }
        return named.map(\.1)
    }

    /// `ldap://127.0.0.1:389` if there is one in the clear on this machine, else `ldaps://…`; and the base.
    func ldap() throws(CommandFailure) -> (uri: String, base: String) {
        let settings = self.settings.doors.ldap
        guard let base = settings.baseDN(domain: self.settings.domain) else {
            throw .configuration("doors.ldap.base: give domain, or doors.ldap.base")
        }
        let local = settings.listen.filter(\.forClient.isLoopback)
        let address = try first(
            local + settings.tlsListen, key: "doors.ldap.listen", example: "[127.0.0.1:389]")
        return ("\(local.isEmpty ? "ldaps" : "ldap")://\(address.reachable)", base.description)
    }

    /// Host and port of the first address for UDP.
    func radius() throws(CommandFailure) -> (host: String, port: Int) {
        try hostAndPort(settings.doors.radius.listen, key: "doors.radius.listen", example: "127.0.0.1:1812")
    }

    /// Host and port of the first address for TLS.
    func radsec() throws(CommandFailure) -> (host: String, port: Int) {
        try hostAndPort(settings.doors.radius.tlsListen, key: "doors.radius.tls-listen", example: "192.0.2.1:2083")
    }

    /// Of the first RADIUS client, in the order of their names, that has a secret and asks for the service, if one is given.
    func radiusSecretFile() throws(CommandFailure) -> String {
        let clients = settings.doors.radius.clients.sorted { $0.key < $1.key }.map(\.value)
        guard
            let file = clients.first(where: { $0.secretFile != nil && (service == nil || $0.service == service) })?
                .secretFile
        else {
            throw .configuration(
                "doors.radius.clients: there is none with a secret\(service.map { " for \($0)" } ?? ""): give FreeRADIUS networks and a secret-file"
            )
        }
        return file
    }

    private func hostAndPort(
        _ addresses: [ListenAddress], key: String, example: String
    ) throws(CommandFailure) -> (host: String, port: Int) {
        guard case .tcp(let host, let port) = try first(addresses, key: key, example: example).forClient else {
            throw .configuration("\(key): only HOST:PORT can be asked: write for example \(example)")
        }
        return (host, port)
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

    /// Of this machine alone.
    var isLoopback: Bool {
        if case .tcp(let host, _) = self { host == "localhost" || IPAddress(host)?.isLoopback == true } else { true }
    }

    /// What a client connects to, as it stands in another program's configuration.
    var reachable: String { forClient.description }
}
