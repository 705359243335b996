public import LatchkeyCore

/// A box that asks: an access point, a VPN concentrator, a switch, a proxy. RADIUS calls it the client, or NAS.
public final class RADIUSClient: Sendable {
    /// Whether an Access-Request that comes in the clear must have a Message-Authenticator. One that has is always checked.
    public enum MessageAuthenticator: Sendable {
        case required
        /// Not, unless it has been through a proxy: a Proxy-State is what the forgery of replies needs (CVE-2024-3596).
        case optional
        /// Required from the first request on that has one.
        case learned
    }

    /// What the configuration calls it.
    public let name: String
    /// Where its packets come from.
    public let networks: [Network]
    /// Over TLS: subject alternative names, in lower case, of which its certificate must have one. If there are none, its address tells.
    public let certificateNames: [String]
    public let secret: SharedSecret
    /// What is being signed in to through it.
    public let service: Service
    public let messageAuthenticator: MessageAuthenticator
    /// `DOMAIN\user` is `user`.
    public let stripsDomain: Bool
    public let accept: ReplyAttributes

    public init(
        name: String, networks: [Network] = [], certificateNames: [String] = [], secret: SharedSecret, service: Service,
        messageAuthenticator: MessageAuthenticator = .required, stripsDomain: Bool = false,
        accept: ReplyAttributes = ReplyAttributes()
    ) {
        self.name = name
        self.networks = networks
        self.certificateNames = certificateNames.map { $0.lowercased() }
        self.secret = secret
        self.service = service
        self.messageAuthenticator = messageAuthenticator
        self.stripsDomain = stripsDomain
        self.accept = accept
    }
}
