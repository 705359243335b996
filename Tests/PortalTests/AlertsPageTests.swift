import Accounts
import HTTPTypes
import LatchkeyCore
import LatchkeyTesting
import Storage
import Testing

@testable import Portal

@Suite("Alerts and the link that revokes")
struct AlertsPageTests {
    @Test("what is unticked is turned off, what cannot be is not, and the log says so once")
    func choosing() async throws {
        let house = try await House()
        let alice = Browser(house)
        try await alice.setUp()
        let login = try #require(LoginName("alice@example.org"))
        let account = try #require(try await house.accounts.account(named: login))
        let page = try await alice.get("/alerts")
        #expect(page.status == .ok && page.text.contains("They go to alice@example.org."))
        let optional = AlertKind.allCases.filter(\.canBeTurnedOff)
        #expect(page.text.matches(of: #/ checked/#).count == optional.count)

        let wanted = optional.filter { $0 != .newBrowser }.map { ("alert", $0.rawValue) }
        let answer = try await alice.post("/alerts", wanted)
        #expect(answer.location == "/alerts")
        let changed = try await alice.get("/alerts")
        #expect(changed.text.contains("Your choice is kept."))
        #expect(changed.text.matches(of: #/ checked/#).count == optional.count - 1)
        let choices = SQLAlertChoices(house.database)
        #expect(try await choices.turnedOff(of: account.id) == [.newBrowser])

        // The same again, and with words that are no kinds: nothing.
        _ = try await alice.post("/alerts", wanted + [("alert", "nonsense")])
        let events = try await house.audit.entries(matching: AuditFilter(action: .alertsChanged), limit: 10)
        #expect(events.map(\.event.detail) == ["off: new-browser"])
        _ = try await alice.post("/alerts")
        #expect(try await choices.turnedOff(of: account.id) == Set(optional))
    }

    @Test("a stranger sees no choice, and a form from elsewhere changes none")
    func strangers() async throws {
        let house = try await House()
        let alice = Browser(house)
        try await alice.setUp()
        #expect(try await Browser(house).get("/alerts").location == "/sign-in?next=/alerts")
        #expect(try await Browser(house).post("/alerts").location == "/sign-in")
        #expect(try await alice.post("/alerts", headers: [.origin: "https://evil.example"]).status == .forbidden)
        #expect(try await house.audit.entries(matching: AuditFilter(action: .alertsChanged), limit: 10).isEmpty)
    }

    @Test("where mail is not set up, or goes to nobody, the page says who can change that")
    func obstacles() throws {
        let renderer = try Renderer(domain: nil)
        let scanner = try #require(LoginName("scanner"))
        let alice = try #require(LoginName("alice@example.org"))
        func html(_ login: LoginName, _ alerts: Portal.Configuration.Alerts) -> String {
            renderer.html(AlertsView(off: [], login: login, delivery: alerts), title: "x", frame: .init())
        }
        #expect(html(alice, .init()).contains("mail.server"))
        #expect(html(scanner, .init(areSent: true)).contains("mail.admin"))
        #expect(!html(alice, .init(areSent: true)).contains("id=\"obstacle\""))
        #expect(
            html(scanner, .init(areSent: true, administrator: MailAddress("r@example.org"))).contains("administrator"))
    }

    private func link(_ house: House, _ alice: Browser) async throws -> (path: String, id: AppPasswordID) {
        _ = try await alice.create()
        let login = try #require(LoginName("alice@example.org"))
        let account = try #require(try await house.accounts.account(named: login))
        let appPassword = try #require(
            try await house.appPasswords.appPasswords(of: account.id, includingEnded: true, at: house.clock.now).first)
        return ("/revoke/\(house.revocationLinks.token(for: appPassword.id).reveal() ?? "")", appPassword.id)
    }

    @Test("opening the link changes nothing; its button revokes, without a sign-in")
    func oneClick() async throws {
        let house = try await House()
        let alice = Browser(house)
        try await alice.setUp()
        let (path, id) = try await link(house, alice)
        let stranger = Browser(house)
        for _ in 0..<3 {
            let page = try await stranger.get(path)
            #expect(page.status == .ok && page.text.contains("Revoke Thunderbird?"))
            #expect(page.text.contains("alice@example.org") && !page.text.contains("checked"))
            #expect(page.headers[.cacheControl] == "no-store")
            #expect(page.headers.values(named: "Referrer-Policy") == ["same-origin"])
            #expect(try await stranger.ask(.head, path, [:], body: nil).status == .ok)
        }
        #expect(try await house.appPasswords.appPassword(id)?.state(at: house.clock.now) == .active)
        #expect(try await stranger.post(path, headers: [.origin: "https://evil.example"]).status == .forbidden)
        #expect(try await house.appPasswords.appPassword(id)?.state(at: house.clock.now) == .active)

        #expect(try await stranger.post(path).location == path)
        #expect(try await house.appPasswords.appPassword(id)?.state(at: house.clock.now) == .revoked)
        let after = try await stranger.get(path)
        #expect(after.text.contains("opens nothing any more") && !after.text.contains("<button"))
        #expect(stranger.cookies.isEmpty, "it signs nobody in")
        #expect(try await stranger.get("/").status == .seeOther)
    }

    @Test("a wrong or old link is gone, and both look the same")
    func gone() async throws {
        let house = try await House()
        let alice = Browser(house)
        try await alice.setUp()
        let (path, id) = try await link(house, alice)
        let stranger = Browser(house)
        let forged = String(path.dropLast()) + (path.hasSuffix("A") ? "B" : "A")
        let wrong = try await stranger.get(forged)
        #expect(wrong.status == .gone)
        #expect(try await stranger.post(forged).status == .gone)
        #expect(try await stranger.get("/revoke/" + String(repeating: "x", count: 5_000)).status == .notFound)
        house.clock.advance(by: .days(31))
        let old = try await stranger.get(path)
        #expect(old.status == .gone && old.text == wrong.text)
        #expect(try await stranger.post(path).status == .gone)
        #expect(try await house.appPasswords.appPassword(id)?.end == nil)
    }
}
