import Accounts
import Foundation
import HTTPTypes
import Hummingbird
import Keyring
import LatchkeyCore
import LatchkeyTesting
import Logging
import NIOCore
import NIOEmbedded
import Storage
import Synchronization
import TOTP
import Testing

@testable import Portal

/// A whole portal over a real database.
final class House: Sendable {
    static let origin = "https://keys.example.org"
    static let password = "four clever otters knit"

    let directory: TemporaryDirectory
    let clock = ManualClock()
    let database: SQLiteDatabase
    let setupLinks: SetupLinks
    let broadcast = SignInBroadcast()
    let revocationLinks: RevocationLinks
    let mailbox = Mailbox()
    let portal: Portal
    private let responder: RouterResponder<PortalContext>

    var accounts: SQLAccounts { SQLAccounts(database) }
    var appPasswords: SQLAppPasswords { SQLAppPasswords(database) }
    var audit: SQLAuditLog { SQLAuditLog(database) }
    let issuer: AppPasswordIssuer

    init(
        url: String? = House.origin, onListening: @escaping @Sendable (String, Int) async -> Void = { _, _ in }
    ) async throws {
        directory = try TemporaryDirectory()
        database = try await SQLiteDatabase.open(path: directory.path("latchkey.db"))
        try await Migrator().migrate(database)
        let keyring = try #require(Keyring(try MasterKey.create(at: directory.path("master.key"))))
        let clock = clock
        let now: @Sendable () -> Timestamp = { clock.now }
        let accounts = SQLAccounts(database)
        let audit = SQLAuditLog(database)
        let passwords = SQLPortalPasswords(database)
        let factors = SQLSecondFactors(database, mailsCodes: true)
        let sessions = SQLSessions(database)
        let hasher = PasswordHasher(cost: PasswordHash.Cost(memory: 8, passes: 1, lanes: 1))
        let limits = GuessLimits()
        setupLinks = SetupLinks(
            links: SQLSetupLinks(database), accounts: accounts, hasher: hasher, defaultDomain: "example.org", now: now)
        issuer = AppPasswordIssuer(repository: SQLAppPasswords(database), key: keyring.verifierKeys.current)
        let credentials = PortalCredentials(
            accounts: accounts, passwords: passwords, factors: factors, keys: SQLWebAuthnCredentials(database),
            sessions: sessions, audit: audit,
            hasher: hasher,
            keyring: keyring, limits: limits, issuer: "Latchkey", now: now)
        let helpdesk = Helpdesk(
            accounts: accounts, credentials: credentials, setupLinks: setupLinks, audit: audit,
            defaultDomain: "example.org", now: now)
        revocationLinks = RevocationLinks(
            keyring: keyring, appPasswords: SQLAppPasswords(database), issuer: issuer, now: now)
        let access = PortalAccess(
            accounts: accounts, passwords: passwords, factors: factors, keys: SQLWebAuthnCredentials(database),
            sessions: sessions, audit: audit, hasher: hasher, keyring: keyring, limits: limits,
            defaultDomain: "example.org", now: now)
        portal = try Portal(
            configuration: Portal.Configuration(
                host: "127.0.0.1", port: 0, url: url, domain: "example.org",
                alerts: .init(areSent: true), onListening: onListening),
            access: access,
            credentials: credentials,
            setupLinks: setupLinks, helpdesk: helpdesk, accounts: accounts, appPasswords: SQLAppPasswords(database),
            issuer: issuer,
            audit: audit, approvals: FirstUseApprovals(repository: SQLApprovals(database)),
            alertChoices: SQLAlertChoices(database), revocationLinks: revocationLinks, broadcast: broadcast,
            codesByMail: CodesByMail(
                access: access, credentials: credentials, mailboxes: SQLCodeMailboxes(database), post: mailbox),
            now: now, logger: Logger(label: "portal") { _ in SwiftLogNoOpLogHandler() })
        responder = portal.router().buildResponder()
    }

    /// Somebody else than the first administrator, set up and signed in with a fresh code.
    func addPerson(_ login: String, roles: Set<Account.Role> = []) async throws -> Browser {
        let account = try await addAccount(login, roles: roles)
        let browser = Browser(self)
        let link = try await setupLinks.issue(for: account.id, actor: .system)
        try await browser.setUp(bearing: try #require(link.reveal()), [("password", House.password)])
        return browser
    }

    /// Nobody has used its set-up link yet.
    func addAccount(_ login: String, roles: Set<Account.Role> = []) async throws -> Account {
        var rng = SystemRandomNumberGenerator()
        let account = Account(
            id: AccountID(at: clock.now, using: &rng), login: try #require(LoginName(login)), name: login, roles: roles,
            created: clock.now)
        try await accounts.insert(
            account, event: AuditEvent(time: clock.now, action: .accountCreated, actor: .system, account: account.id))
        return account
    }

    func respond(to request: Request) async throws -> Response {
        let source = ApplicationRequestContextSource(
            channel: NIOAsyncTestingChannel(), logger: Logger(label: "portal") { _ in SwiftLogNoOpLogHandler() })
        return try await responder.respond(to: request, context: PortalContext(source: source))
    }

    /// Writes what a door would have written, and tells the live pages.
    func record(_ signIn: SignIn) async throws {
        try await audit.append([AuditEvent(signIn)])
        broadcast.publish([signIn])
    }
}

/// Where codes by mail arrive, unless it is away.
final class Mailbox: CodePost {
    private let latest = Mutex("")
    private let isAway = Mutex(false)

    var code: String { latest.withLock { $0 } }

    func goAway(_ away: Bool = true) { isAway.withLock { $0 = away } }

    func send(_ mail: CodeMail) async throws(CodeNotSent) {
        guard !isAway.withLock({ $0 }) else { throw CodeNotSent() }
        latest.withLock { $0 = mail.code.reveal() ?? "" }
    }
}

/// A browser with a cookie jar, as far as the portal can tell.
final class Browser {
    struct Answer {
        let status: HTTPResponse.Status
        let headers: HTTPFields
        let text: String

        var location: String? { headers[.location] }

        /// The value of the hidden or shown input of this name.
        func input(_ name: String) -> String? {
            guard let start = text.range(of: "name=\"\(name)\" value=\"") else { return nil }
            return String(text[start.upperBound...].prefix { $0 != "\"" })
        }

        /// The text of the element with this id, without tags.
        func element(_ id: String) -> String? {
            guard let start = text.range(of: "id=\"\(id)\""), let open = text[start.upperBound...].firstIndex(of: ">")
            else { return nil }
            return String(text[text.index(after: open)...].prefix { $0 != "<" })
        }
    }

    let house: House
    var cookies: [String: String] = [:]
    private(set) var totp: TOTP?
    private(set) var recoveryCodes: [String] = []

    init(_ house: House) {
        self.house = house
    }

    func get(_ path: String, headers: HTTPFields = [:]) async throws -> Answer {
        try await ask(.get, path, headers, body: nil)
    }

    /// Sends a form as our own page would, unless `headers` say otherwise.
    func post(_ path: String, _ fields: [(String, String)] = [], headers: HTTPFields? = nil) async throws -> Answer {
        var sent = headers ?? [.origin: House.origin]
        if headers == nil { sent.set("Sec-Fetch-Site", "same-origin") }
        sent[.contentType] = "application/x-www-form-urlencoded"
        let body = fields.map { "\(PercentEncoding.encode($0.0))=\(PercentEncoding.encode($0.1))" }.joined(
            separator: "&")
        return try await ask(.post, path, sent, body: body)
    }

    func ask(_ method: HTTPRequest.Method, _ path: String, _ headers: HTTPFields, body: String?) async throws -> Answer
    {
        var headers = headers
        if !cookies.isEmpty { headers[.cookie] = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ") }
        let response = try await house.respond(
            to: Request(
                head: HTTPRequest(
                    method: method, scheme: "https", authority: "keys.example.org", path: path, headerFields: headers),
                body: RequestBody(buffer: ByteBuffer(string: body ?? ""))))
        for cookie in response.headers[values: .setCookie] { keep(cookie) }
        let collected = Collected()
        try await response.body.write(CollectingWriter(collected: collected))
        return Answer(status: response.status, headers: response.headers, text: collected.text)
    }

    private func keep(_ cookie: String) {
        let pair = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(pair[0])
        cookies[name] = cookie.contains("Max-Age=0") ? nil : String(pair[1])
    }

    var code: String { totp?.code(at: house.clock.now.seconds) ?? "" }

    /// Sets up the first account and is then signed in as it, with a fresh code.
    func setUp(login: String = "alice@example.org", name: String = "Alice") async throws {
        let issued = try await house.setupLinks.issueFirstAdministrator(actor: .machineUser("test"))
        try await setUp(
            bearing: try #require(issued?.reveal()),
            [("login", login), ("name", name), ("password", House.password)])
    }

    /// From a set-up link to recovery codes.
    @discardableResult
    func setUp(bearing token: String, _ form: [(String, String)]) async throws -> Answer {
        let accepted = try await post("/setup/\(token)", form)
        #expect(accepted.location == "/set-up")
        let page = try await get("/authenticator")
        totp = TOTP(key: Base32Text.decode(try #require(page.element("totp-secret"))))
        let codes = try await post("/authenticator", [("code", code)])
        #expect(codes.status == .ok)
        recoveryCodes = codes.text.matches(of: #/<li><code>([^<]+)<\/code>/#).map { String($0.output.1) }
        // The next code is one that was not used yet.
        house.clock.advance(by: .seconds(30))
        return codes
    }

    /// Fills in the form for a new app password, and sends it.
    func create(
        application: String = "email-client", name: String = "Thunderbird", services: [String] = ["imap", "smtp"],
        extra: [(String, String)] = []
    ) async throws -> (form: [(String, String)], answer: Answer) {
        let page = try await get("/app-passwords/new?application=\(application)")
        let form =
            [("form", try #require(page.input("form"))), ("application", application), ("name", name)]
            + services.map { ("service", $0) } + extra
        return (form, try await post("/app-passwords", form))
    }
}

/// Base32 as it stands on the page, in groups.
private enum Base32Text {
    static func decode(_ text: String) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
        var octets: [UInt8] = []
        var bits = 0
        var count = 0
        for digit in text.utf8 {
            guard let value = alphabet.firstIndex(of: digit) else { continue }
            bits = (bits << 5 | value) & 0xfff
            count += 5
            if count >= 8 {
                count -= 8
                octets.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        return octets
    }
}

private final class Collected: @unchecked Sendable {  // safe: written by one task, read after it
    var text = ""
}

private struct CollectingWriter: ResponseBodyWriter {
    let collected: Collected

    mutating func write(_ buffer: ByteBuffer) async throws { collected.text += String(buffer: buffer) }
    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
