/// Creates, rotates and revokes app passwords: the one way to change them, for the portal, the command line and the API.
public struct AppPasswordIssuer: Sendable {
    /// App passwords of one account that work at the same time.
    public static let limitPerAccount = 40
    /// How long a rotated app password still works while its replacement is unused.
    public static let overlap: Duration = .days(7)
    public static let maximumNameLength = 80
    public static let maximumNetworks = 20
    public static let maximumServices = 32

    private let repository: any AppPasswordRepository
    private let key: VerifierKey

    public init(repository: any AppPasswordRepository, key: VerifierKey) {
        self.repository = repository
        self.key = key
    }

    /// What a person asks for, as typed.
    public struct Request: Sendable {
        public var name: String
        public var application: String
        public var services: [String]
        public var networks: [String]
        /// How long it shall live; nil for as long as nobody revokes it.
        public var lifetime: Duration?
        public var format: SecretFormat

        public init(
            name: String, application: String, services: [String], networks: [String] = [], lifetime: Duration? = nil,
            format: SecretFormat = .standard
        ) {
            self.name = name
            self.application = application
            self.services = services
            self.networks = networks
            self.lifetime = lifetime
            self.format = format
        }
    }

    /// A new app password with its secret, which exists nowhere else: show it once and let go of it.
    public struct Issued: Sendable {
        public let appPassword: AppPassword
        public let secret: AppPasswordSecret
    }

    /// `client`: the browser's User-Agent, for the record. Throws `InvalidInput` naming every field that cannot be used.
    public func create(
        _ request: Request, for account: AccountID, actor: AuditEvent.Actor, from address: IPAddress? = nil,
        with client: String? = nil, at now: Timestamp,
        using rng: inout some RandomNumberGenerator
    ) async throws -> Issued {
        let scope = try Scope(request)
        let secret = AppPasswordSecret.generate(request.format, using: &rng)
        let appPassword = AppPassword(
            id: AppPasswordID(at: now, using: &rng), account: account, name: scope.name,
            application: scope.application.id,
            services: scope.services, networks: scope.networks, format: request.format, created: now,
            expires: request.lifetime.map { now + $0 })
        try await repository.insert(
            appPassword, tag: key.tag(for: secret, of: account), keyID: key.id, limit: Self.limitPerAccount,
            event: event(.appPasswordCreated, appPassword, actor, address, client, now))
        return Issued(appPassword: appPassword, secret: secret)
    }

    /// A new secret for the same application. The old one works until the new one is first used, or for seven days.
    /// Nil if there is nothing to rotate: it has ended, has expired or is being rotated already.
    public func rotate(
        _ old: AppPassword, actor: AuditEvent.Actor, from address: IPAddress? = nil, with client: String? = nil,
        at now: Timestamp,
        using rng: inout some RandomNumberGenerator
    ) async throws -> Issued? {
        guard old.state(at: now) == .active else { return nil }
        let secret = AppPasswordSecret.generate(old.format, using: &rng)
        let replacement = AppPassword(
            id: AppPasswordID(at: now, using: &rng), account: old.account, name: old.name, application: old.application,
            services: old.services, networks: old.networks, format: old.format, created: now,
            // It gets the span that the old one was given.
            expires: old.expires.map { now + ($0 - old.created) }, predecessor: old.id)
        let replaced = try await repository.replace(
            old.id, by: replacement, tag: key.tag(for: secret, of: old.account), keyID: key.id, end: now + Self.overlap,
            event: event(.appPasswordRotated, replacement, actor, address, client, now))
        return replaced ? Issued(appPassword: replacement, secret: secret) : nil
    }

    /// False if it had ended already.
    public func revoke(
        _ appPassword: AppPassword, actor: AuditEvent.Actor, from address: IPAddress? = nil,
        with client: String? = nil, at now: Timestamp
    ) async throws -> Bool {
        try await repository.revoke(
            appPassword.id, at: now, event: event(.appPasswordRevoked, appPassword, actor, address, client, now))
    }

    private func event(
        _ action: AuditEvent.Action, _ appPassword: AppPassword, _ actor: AuditEvent.Actor, _ address: IPAddress?,
        _ client: String?, _ now: Timestamp
    ) -> AuditEvent {
        AuditEvent(
            time: now, action: action, actor: actor, account: appPassword.account, appPassword: appPassword.id,
            address: address, client: client, detail: appPassword.name)
    }
}

/// The parts of a request, read and checked.
private struct Scope {
    let name: String
    let application: Application
    let services: Set<Service>
    let networks: [Network]

    init(_ request: AppPasswordIssuer.Request) throws {
        var problems: [InvalidInput.Problem] = []
        func refuse(_ field: String, _ text: String) { problems.append(InvalidInput.Problem(field: field, text: text)) }

        let limit = AppPasswordIssuer.maximumNameLength
        let name = Attempt.printable(request.name, limit: 4 * limit)?.trimmingBlanks() ?? ""
        if name.isEmpty { refuse("name", "Give it a name, for example “Thunderbird on the laptop”.") }
        if name.count > limit { refuse("name", "Use at most \(limit) characters.") }

        let application = Application.named(request.application)
        if application == nil {
            let known = Application.catalogue.map(\.id).joined(separator: ", ")
            refuse("application", "Choose one of \(known).")
        }

        let services = request.services.map { ($0, Service($0)) }
        for (text, service) in services where service == nil {
            refuse("services", "“\(text.prefix(64))” is no service name: use letters, digits and . _ : - such as imap.")
        }
        if services.isEmpty { refuse("services", "Choose at least one service.") }
        if services.count > AppPasswordIssuer.maximumServices {
            refuse("services", "Choose at most \(AppPasswordIssuer.maximumServices) services.")
        }

        let networks = request.networks.map { ($0, Network($0)) }
        for (text, network) in networks where network == nil {
            refuse("networks", "“\(text.prefix(64))” is no network: write it like 192.0.2.0/24 or 2001:db8::/32.")
        }
        if networks.count > AppPasswordIssuer.maximumNetworks {
            refuse("networks", "Give at most \(AppPasswordIssuer.maximumNetworks) networks.")
        }
        if let lifetime = request.lifetime, lifetime < .seconds(60) || lifetime > .days(3_660) {
            refuse("expires", "Choose between one minute and ten years.")
        }

        guard let application, problems.isEmpty else { throw InvalidInput(problems) }
        self.name = name
        self.application = application
        self.services = Set(services.compactMap(\.1))
        self.networks = networks.compactMap(\.1)
    }
}

extension String {
    fileprivate func trimmingBlanks() -> String {
        let start = drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }
}
