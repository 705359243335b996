public import LatchkeyCore

/// Everything that can be configured, read once at start and checked whole. What stands here are the defaults.
public struct Settings: Hashable, Sendable {
    /// The directory of the database and the master key.
    public var data: String?
    /// Added to login names that come without one, and shown in the portal.
    public var domain: String?
    public var portal = Portal()
    public var tls = TLS()
    public var doors = Doors()
    public var check = Check()
    public var signIn = SignIn()
    public var notify = Notify()
    public var sso = SSO()
    public var mail = Mail()
    public var audit = Audit()
    public var log = Log()

    public init() {}

    private static let ownMachine = ["127.0.0.0/8", "::1"].compactMap { Network($0) }

    public struct Portal: Hashable, Sendable {
        /// Never a Unix socket.
        public var listen = ListenAddress.tcp(host: "127.0.0.1", port: 8080)
        /// Scheme and host as browsers see them, without a slash at the end.
        public var url: String?
        /// Reverse proxies of our own: where they say a browser is, it is.
        public var trusted = ownMachine
        /// Minutes.
        public var freshSignIn: Int?
        public var idle: Int?
        /// Hours.
        public var sessionLength: Int?
    }

    /// The certificate of every door that encrypts. Both or neither.
    public struct TLS: Hashable, Sendable {
        public var certificate: String?
        public var key: String?
    }

    public struct Doors: Hashable, Sendable {
        /// Of each listener.
        public var maximumConnections = 4_096
        public var maximumConnectionsPerAddress = 1_024
        public var http = HTTP()
        public var dovecot = Dovecot()
        public var saslauthd = Saslauthd()
        public var ldap = LDAP()
        public var radius = RADIUS()
    }

    public struct HTTP: Hashable, Sendable {
        public var listen = [ListenAddress.tcp(host: "127.0.0.1", port: 8090)]
        public var tlsListen: [ListenAddress] = []
        /// Who begins each connection with a PROXY header.
        public var proxies: [Network] = []
        /// Reverse proxies of our own: they may ask without a token.
        public var trusted = ownMachine
        public var nginxMail = NginxMail()
    }

    /// Where nginx's mail proxy sends clients on to.
    public struct NginxMail: Hashable, Sendable {
        public var imap: Endpoint?
        public var pop3: Endpoint?
        public var smtp: Endpoint?
        /// Of mode 0600.
        public var masterPasswordFile: String?
    }

    public struct Dovecot: Hashable, Sendable {
        /// What a relying server is told when Latchkey cannot answer.
        public enum TemporaryFailure: String, CaseIterable, Sendable { case automatic, close, reply }

        public var listen: [ListenAddress] = []
        public var temporaryFailure = TemporaryFailure.automatic
        public var socketGroup: String?
    }

    public struct LDAP: Hashable, Sendable {
        public var listen: [ListenAddress] = []
        public var tlsListen: [ListenAddress] = []
        /// Who begins each connection with a PROXY header.
        public var proxies: [Network] = []
        /// The name that all names end in; nil makes it of the domain.
        public var base: String?
        /// What a bind is for whose name tells no service.
        public var service = Service.ldap
        public var anonymousSearch = false
    }

    public struct Saslauthd: Hashable, Sendable {
        /// What becomes of the realm that a relying server sends beside the login.
        public enum Realm: String, CaseIterable, Sendable { case join, ignore, require }

        /// Unix sockets only.
        public var listen: [ListenAddress] = []
        public var realm = Realm.join
        public var socketGroup: String?
    }

    public struct RADIUS: Hashable, Sendable {
        /// Of UDP.
        public var listen: [ListenAddress] = []
        public var tlsListen: [ListenAddress] = []
        public var clientIssuers: String?
        /// By the names that the operator gives them.
        public var clients: [String: Client] = [:]
        /// By service.
        public var replies: [String: Reply] = [:]

        /// A box that asks. It has a service, and a secret if it has networks.
        public struct Client: NamedMember {
            public enum MessageAuthenticator: String, CaseIterable, Sendable { case yes, no, auto }

            public var networks: [Network] = []
            public var certificates: [String] = []
            public var secretFile: String?
            public var service: Service?
            public var messageAuthenticator = MessageAuthenticator.yes
            public var stripDomain = false

            init() {}
        }

        /// What whoever is let in is told to be given.
        public struct Reply: NamedMember {
            public var vlan: Int?
            public var filterID: String?
            public var `class`: String?
            public var sessionTimeout: Int?

            init() {}
        }
    }

    /// Where `latchkey check` finds the server.
    public struct Check: Hashable, Sendable {
        public static let defaultName = "latchkey.sock"

        /// A Unix socket; nil for the one in the data directory.
        public var socket: ListenAddress?
        public var socketGroup: String?
    }

    /// Signing in through OpenID Providers.
    public struct SSO: Hashable, Sendable {
        /// By the names that the operator gives them, which stand in addresses.
        public var providers: [String: Provider] = [:]

        /// It has an issuer and a client id, and a secret unless `authentication` is `none`.
        public struct Provider: NamedMember {
            public enum Authentication: String, CaseIterable, Sendable { case basic, post, none }
            public enum SingleFactor: String, CaseIterable, Sendable { case ask, refuse, accept }

            /// In the place of an issuer: Microsoft Entra with several tenants.
            public static let entra = "entra"

            public var title: String?
            public var issuer: String?
            public var clientID: String?
            public var clientSecretFile: String?
            public var authentication = Authentication.basic
            /// Empty for the usual ones.
            public var scopes: [String] = []
            public var tenants: [String] = []
            public var asksForClaims = false
            public var groupsClaim = "groups"
            /// Empty for `mfa`.
            public var multiFactorMethods: [String] = []
            public var multiFactorContexts: [String] = []
            public var singleFactor = SingleFactor.ask
            public var createAccounts = false
            public var allowedDomains: [String] = []
            public var groups: [GroupPair] = []
            public var endSession = false

            init() {}
        }

        /// A provider's group, and the group here that it stands for.
        public struct GroupPair: Hashable, Sendable {
            public let theirs: String
            public let ours: GroupName
        }
    }

    /// What is asked of a sign-in beside a right app password.
    public struct SignIn: Hashable, Sendable {
        public var firstUseApproval = false
        public var codesByMail = false
    }

    /// Who is told of revocations. Addresses and the secret, both or neither.
    public struct Notify: Hashable, Sendable {
        public var dovecot = Dovecot()
        public var webhook = Webhook()

        public struct Dovecot: Hashable, Sendable {
            /// Scheme, host and port of doveadm's HTTP API.
            public var url: [String] = []
            public var keyFile: String?
        }

        public struct Webhook: Hashable, Sendable {
            public var url: [String] = []
            public var secretFile: String?
        }
    }

    /// How mail to people goes out. A server and a sender, both or neither.
    public struct Mail: Hashable, Sendable {
        public enum Encryption: String, CaseIterable, Sendable { case tls, starttls, none }

        /// Never a Unix socket.
        public var server: ListenAddress?
        public var encryption = Encryption.starttls
        /// PEM; instead of the system's.
        public var issuers: String?
        /// With `passwordFile`, both or neither.
        public var user: String?
        public var passwordFile: String?
        public var from: MailAddress?
        /// Gets the alerts about accounts that have no address.
        public var admin: MailAddress?
    }

    public struct Audit: Hashable, Sendable {
        public enum Durability: String, CaseIterable, Sendable { case strict, relaxed }

        public var durability = Durability.strict
    }

    public struct Log: Hashable, Sendable {
        public enum Level: String, CaseIterable, Sendable { case trace, debug, info, notice, warning, error, critical }

        public var level = Level.info
    }
}
