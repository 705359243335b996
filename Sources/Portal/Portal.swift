public import Accounts
import Hummingbird
public import LatchkeyCore
public import Logging
import NIOCore
public import ServiceLifecycle

/// The web pages where people make, watch and revoke their app passwords. Runs as a service until it is told to stop.
public struct Portal: ServiceLifecycle.Service {
    public struct Configuration: Sendable {
        public var host: String
        /// 0 lets the system choose; `onListening` hears which.
        public var port: Int
        /// What browsers call the portal, for example `https://keys.example.org`. Forms from any other origin are refused.
        /// Nil for a trial on the own machine: then only `http://localhost` and its like are served.
        public var url: String?
        /// The organisation's domain, shown in the page's head.
        public var domain: String?
        /// Reverse proxies whose `X-Forwarded-For` is believed.
        public var trustedProxies: [Network]
        /// How owners are told of what happens to their accounts.
        public var alerts: Alerts
        /// Told the address when the portal listens.
        public var onListening: @Sendable (_ host: String, _ port: Int) async -> Void

        public init(
            host: String, port: Int, url: String?, domain: String? = nil,
            trustedProxies: [Network] = [], alerts: Alerts = Alerts(),
            onListening: @escaping @Sendable (_ host: String, _ port: Int) async -> Void = { _, _ in }
        ) {
            self.host = host
            self.port = port
            self.url = url
            self.domain = domain
            self.trustedProxies = trustedProxies
            self.alerts = alerts
            self.onListening = onListening
        }

        /// Whether mail is sent, and to whom about accounts that have no address.
        public struct Alerts: Sendable {
            public var areSent: Bool
            public var administrator: MailAddress?

            public init(areSent: Bool = false, administrator: MailAddress? = nil) {
                self.areSent = areSent
                self.administrator = administrator
            }
        }

        /// Scheme, host and port of `url`, as browsers write an origin (RFC 6454 §6.2).
        var origin: String? {
            guard let url else { return nil }
            return url.split(separator: "/", omittingEmptySubsequences: false).prefix(3).joined(separator: "/")
                .lowercased()
        }
    }

    /// Connections idle for longer are closed; the live page shows signs of life more often.
    static let idleTimeout = TimeAmount.seconds(60)

    private let desk: Desk
    private let logger: Logger

    /// Nobody is asked about networks if `approvals` is nil, no codes are mailed without `codesByMail`, and nobody signs in through a provider without `singleSignOn`. Throws if a template of ours is broken, which a test rules out.
    public init(
        configuration: Configuration, access: PortalAccess, credentials: PortalCredentials, setupLinks: SetupLinks,
        helpdesk: Helpdesk, accounts: any AccountRepository, appPasswords: any AppPasswordRepository,
        issuer: AppPasswordIssuer, audit: any AuditLog, approvals: FirstUseApprovals? = nil,
        alertChoices: any AlertChoices, revocationLinks: RevocationLinks, broadcast: SignInBroadcast,
        codesByMail: CodesByMail? = nil, singleSignOn: SingleSignOn? = nil,
        now: @escaping @Sendable () -> Timestamp, logger: Logger
    ) throws {
        desk = Desk(
            configuration: configuration, access: access, credentials: credentials, setupLinks: setupLinks,
            helpdesk: helpdesk, accounts: accounts, appPasswords: appPasswords, issuer: issuer, audit: audit,
            approvals: approvals, alertChoices: alertChoices, revocationLinks: revocationLinks, broadcast: broadcast,
            codesByMail: codesByMail, singleSignOn: singleSignOn,
            renderer: try Renderer(domain: configuration.domain), tokens: FormTokens(started: now()), now: now)
        self.logger = logger
    }

    public func run() async throws {
        let configuration = desk.configuration
        let application = Hummingbird.Application(
            router: router(),
            server: .http1(configuration: .init(idleTimeout: Self.idleTimeout)),
            configuration: .init(address: .hostname(configuration.host, port: configuration.port)),
            onServerRunning: { channel in
                let address = channel.localAddress
                await configuration.onListening(
                    address?.ipAddress ?? configuration.host, address?.port ?? configuration.port)
            },
            logger: logger)
        try await application.run()
    }

    /// The order of what stands before a page: headers for all, errors as pages, whose form it is, who is there.
    func router() -> Router<PortalContext> {
        let router = Router(context: PortalContext.self)
        let origin = desk.configuration.origin
        router.add(middleware: SecurityHeaders(isEncrypted: origin?.hasPrefix("https://") ?? false))
        router.add(middleware: ErrorPages(renderer: desk.renderer))
        router.add(middleware: OriginGuard(origin: origin))
        router.add(
            middleware: SessionGate(
                access: desk.access, accounts: desk.accounts,
                clientAddress: ClientAddress(trustedProxies: desk.configuration.trustedProxies)))
        let routes = Routes(router: router)
        let assets = desk.renderer.assets
        routes.at("/assets/{file}", get: { request, _ in try assets.response(to: request) })
        for page in Self.pages { page.init(desk: desk).register(on: routes) }
        return router
    }

    private static let pages: [any Page.Type] = [
        SignInPage.self, SecondFactorPage.self, ConfirmPage.self, SetupPage.self, AuthenticatorPage.self,
        AuthenticatorAppPage.self,
        CodesByMailPage.self,
        NewKeyPage.self, KeyPage.self, PasskeyEndpoints.self, SecondStepPage.self,
        RecoveryCodesPage.self, HomePage.self, NewAppPasswordPage.self, LivePage.self, AppPasswordPage.self,
        RotatePage.self, ApprovalPage.self, ActivityPage.self, PasswordPage.self, SessionsPage.self, HelpdeskPage.self,
        RecoveredPage.self, AlertsPage.self, RevocationLinkPage.self,
        ProviderDeparture.self, ProviderReturn.self, IdentityPage.self, BackChannelLogout.self,
    ]
}
