import Foundation
import Keyring
import LatchkeyCore
import LatchkeyTesting
import Storage
import TOTP
import Testing

@testable import Accounts

/// The portal's use cases over a real SQLite database, with a clock that the test moves.
struct House {
    static let password = Secret("violet-harbour-spoon")
    static let home = Origin(address: IPAddress("192.0.2.7"), agent: "Firefox")
    static let elsewhere = Origin(address: IPAddress("198.51.100.9"), agent: "curl")

    let directory: TemporaryDirectory
    let database: SQLiteDatabase
    let keyring: Keyring
    let clock = ManualClock()
    let limits = GuessLimits()
    /// As little work as Argon2 takes.
    let hasher = PasswordHasher(cost: PasswordHash.Cost(memory: 64, passes: 1, lanes: 1), threads: 1)

    init() async throws {
        directory = try TemporaryDirectory()
        database = try await SQLiteDatabase.open(path: directory.path("latchkey.db"))
        try await Migrator().migrate(database)
        keyring = try #require(Keyring(try MasterKey.create(at: directory.path("master.key"))))
    }

    var accounts: SQLAccounts { SQLAccounts(database) }
    var audit: SQLAuditLog { SQLAuditLog(database) }
    var passwords: SQLPortalPasswords { SQLPortalPasswords(database) }
    var factors: SQLSecondFactors { SQLSecondFactors(database) }
    var sessions: SQLSessions { SQLSessions(database) }

    var access: PortalAccess { access() }

    func access(hasher: PasswordHasher? = nil) -> PortalAccess {
        PortalAccess(
            accounts: accounts, passwords: passwords, factors: factors, keys: SQLWebAuthnCredentials(database),
            sessions: sessions, audit: audit,
            hasher: hasher ?? self.hasher, keyring: keyring, limits: limits, defaultDomain: "example.com",
            now: { [clock] in clock.now })
    }

    var credentials: PortalCredentials {
        PortalCredentials(
            accounts: accounts, passwords: passwords, factors: factors, keys: SQLWebAuthnCredentials(database),
            sessions: sessions, audit: audit,
            hasher: hasher, keyring: keyring, limits: limits, issuer: "Latchkey", now: { [clock] in clock.now })
    }

    var links: SetupLinks {
        SetupLinks(
            links: SQLSetupLinks(database), accounts: accounts, hasher: hasher, defaultDomain: "example.com",
            now: { [clock] in clock.now })
    }

    var helpdesk: Helpdesk {
        Helpdesk(
            accounts: accounts, credentials: credentials, setupLinks: links, audit: audit,
            defaultDomain: "example.com", now: { [clock] in clock.now })
    }

    func addAccount(_ login: String = "alice@example.com", aliases: [String] = []) async throws -> Account {
        var rng = SystemRandomNumberGenerator()
        let account = Account(
            id: AccountID(at: clock.now, using: &rng), login: try #require(LoginName(login)),
            aliases: aliases.compactMap { LoginName($0) }, name: "Alice Liddell", created: clock.now)
        try await accounts.insert(
            account, event: AuditEvent(time: clock.now, action: .accountCreated, actor: .system, account: account.id))
        return account
    }

    /// A person who has used their setup link, enrolled an app, and is signed in.
    func addPerson(_ login: String = "alice@example.com", aliases: [String] = []) async throws -> Person {
        let account = try await addAccount(login, aliases: aliases)
        let link = try await links.issue(for: account.id, actor: .system)
        let setup = try #require(try await links.accept(token: link, password: Self.password, from: Self.home))
        let totp = try await begin(in: setup.session)
        let (token, session) = try #require(
            try await credentials.confirmTOTP(
                code: totp.code(at: clock.now.seconds), in: setup.session, from: Self.home
            )
            .confirmed)
        clock.advance(by: .seconds(30))
        return Person(account: account, totp: totp, token: token, session: session)
    }

    /// Begins an enrolment and does what an authenticator app does with its secret.
    func begin(in session: Session) async throws -> TOTP {
        try Self.totp(try await credentials.beginTOTP(in: session))
    }

    static func totp(_ enrolment: TOTPEnrolment) throws -> TOTP {
        TOTP(key: try key(base32: try #require(enrolment.secret.reveal())))
    }

    private static func key(base32 text: String) throws -> [UInt8] {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        let bits = try text.flatMap { digit in
            let value = try #require(digits.firstIndex(of: digit))
            return (0..<5).map { value >> (4 - $0) & 1 }
        }
        return stride(from: 0, to: bits.count - 7, by: 8).map { start in
            bits[start..<start + 8].reduce(UInt8(0)) { $0 << 1 | UInt8($1) }
        }
    }

    func signIn(
        _ login: String = "alice@example.com", _ password: Secret = password, from origin: Origin = home
    ) async throws -> SignInOutcome {
        try await access.signIn(login: login, password: password, from: origin)
    }

    /// What the log says of an account's portal, oldest first: action, and refusal if there was one.
    func events(of account: AccountID?) async throws -> [String] {
        try await audit.entries(matching: AuditFilter(), limit: 1_000).reversed()
            .filter { $0.event.account == account }
            .map { entry in
                entry.event.action.rawValue + (entry.event.refusal.map { " (\($0.rawValue))" } ?? "")
            }
    }
}

struct Person {
    let account: Account
    let totp: TOTP
    let token: Secret
    let session: Session
}

extension SignInOutcome {
    var started: (token: Secret, session: Session)? {
        if case .started(let token, let session) = self { (token, session) } else { nil }
    }

    /// The case without what it carries, for comparing.
    var word: String {
        switch self {
        case .refused: "refused"
        case .throttled: "throttled"
        case .started(_, let session): session.stage.rawValue
        }
    }
}

extension CodeOutcome {
    var confirmed: (token: Secret, session: Session)? {
        if case .confirmed(let token, let session) = self { (token, session) } else { nil }
    }

    var word: String {
        switch self {
        case .wrong: "wrong"
        case .alreadyUsed: "already used"
        case .throttled: "throttled"
        case .ended: "ended"
        case .confirmed: "confirmed"
        }
    }
}
