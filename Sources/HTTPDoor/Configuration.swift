public import LatchkeyCore

extension HTTPDoor {
    /// How the HTTP door answers, and whom.
    public struct Configuration: Sendable {
        /// Peers in these networks may ask `/auth/basic` and `/auth/nginx-mail` without a token, and the client's address that they
        /// report is believed: proxies of our own and nobody else. Peers on a Unix socket may always: its file mode says who they are.
        public var trustedNetworks = [
            Network("127.0.0.0/8"), Network("::1/128"),
        ].compactMap(\.self)
        /// What a browser shows beside its password prompt.
        public var realm = "Latchkey"
        public var identityHeaders = IdentityHeaders()
        public var mail = MailBackEnds()
        /// How long a request may take to arrive, from its first octet to its last.
        public var requestDeadline: Duration = .seconds(10)
        /// How long a connection may stay without a request. Longer than the 60 s of nginx, so that it is the proxy that closes.
        public var idleDeadline: Duration = .seconds(75)

        public init() {}
    }
}

/// Where nginx's mail proxy sends those on who are let in. A protocol without a server takes nobody.
public struct MailBackEnds: Sendable {
    public var imap: Endpoint?
    public var pop3: Endpoint?
    public var smtp: Endpoint?
    /// What these servers take in place of the client's own password; nil if they ask Latchkey again themselves.
    public var masterPassword: MasterPassword?

    public init() {}
}

/// One password that servers behind a proxy take for whoever the proxy says it is. It stands in a header as it is, so it has 1 to 512
/// octets of printable ASCII and no blanks around it.
public struct MasterPassword: Sendable {
    /// Leaves an answer below the 1,024 octets that nginx has room for, whatever the name in it.
    public static let maximumLength = 512

    let secret: Secret

    /// Nil if it is not of the shape above.
    public init?(_ secret: Secret) {
        let isFit = secret.withBytes { octets in
            (1...Self.maximumLength).contains(octets.count) && octets.first != 0x20 && octets.last != 0x20
                && octets.allSatisfy { (0x20...0x7e).contains($0) }
        }
        guard isFit else { return nil }
        self.secret = secret
    }
}

/// The names of the headers that tell a proxy who signed in. All four are sent with every acceptance, empty where nothing is
/// known: a proxy that copies them then overwrites whatever its client sent under the same name.
public struct IdentityHeaders: Hashable, Sendable {
    public let user: String
    public let name: String
    public let email: String
    public let groups: String

    /// The names that Authelia made common.
    public init() {
        user = "Remote-User"
        name = "Remote-Name"
        email = "Remote-Email"
        groups = "Remote-Groups"
    }

    /// Throws if a name is no header name, is given twice, or belongs to HTTP itself.
    public init(user: String, name: String, email: String, groups: String) throws(InvalidInput) {
        var problems: [InvalidInput.Problem] = []
        var seen: Set<String> = []
        for (field, header) in [("user", user), ("name", name), ("email", email), ("groups", groups)] {
            if !HeaderText.isFieldName(header) {
                problems.append(
                    .init(field: field, text: "is no header name: write letters, digits and hyphens, as in Remote-User")
                )
            } else if Self.reserved.contains(header.lowercased()) {
                problems.append(.init(field: field, text: "has a meaning of its own in HTTP: choose another name"))
            } else if !seen.insert(header.lowercased()).inserted {
                problems.append(.init(field: field, text: "is given twice: choose another name"))
            }
        }
        guard problems.isEmpty else { throw InvalidInput(problems) }
        self.user = user
        self.name = name
        self.email = email
        self.groups = groups
    }

    private static let reserved: Set<String> = [
        "allow", "cache-control", "connection", "content-length", "content-type", "date", "keep-alive", "retry-after",
        "set-cookie", "trailer", "transfer-encoding", "upgrade", "www-authenticate",
    ]
}
