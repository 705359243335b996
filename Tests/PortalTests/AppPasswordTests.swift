import Accounts
import Foundation
import HTTPTypes
import LatchkeyCore
import LatchkeyTesting
import Storage
import Testing

@testable import Portal

@Suite("App passwords")
struct AppPasswordTests {
    private func signedIn() async throws -> (House, Browser) {
        let house = try await House()
        let browser = Browser(house)
        try await browser.setUp()
        return (house, browser)
    }

    private func stored(_ house: House) async throws -> [AppPassword] {
        let alice = try #require(LoginName("alice@example.org"))
        let account = try #require(await house.accounts.account(named: alice))
        return try await house.appPasswords.appPasswords(of: account.id, includingEnded: true, at: house.clock.now)
    }

    @Test("from the cards to the secret: three pages, and the secret is a real one")
    func create() async throws {
        let (house, browser) = try await signedIn()
        let cards = try await browser.get("/app-passwords/new")
        for application in LatchkeyCore.Application.catalogue {
            #expect(cards.text.contains("href=\"/app-passwords/new?application=\(application.id)\""))
        }
        let (_, answer) = try await browser.create()
        #expect(answer.status == .ok && answer.headers[.cacheControl] == "no-store")
        let secret = try #require(answer.element("secret"))
        guard case .appPassword = AppPasswordSecret.read(Secret(secret)) else {
            Issue.record("the secret shown is none")
            return
        }
        #expect(answer.element("login") == "alice@example.org")
        let all = try await stored(house)
        #expect(all.map(\.name) == ["Thunderbird"] && all.first?.services == [.imap, .smtp])
    }

    @Test("the secret is in no URL, no header, no other page and no log")
    func secretStaysOnItsPage() async throws {
        let (house, browser) = try await signedIn()
        let (_, answer) = try await browser.create()
        let secret = try #require(answer.element("secret"))
        let letters = secret.replacing("-", with: "")
        #expect(answer.location == nil)
        #expect(!answer.headers.contains { $0.value.contains(secret) || $0.value.contains(letters) })
        #expect(answer.text.matches(of: try Regex(secret)).count == 1)
        #expect(!answer.text.contains(letters))
        let path = try await stored(house).first.map { "/app-passwords/\($0.id)" } ?? ""
        for page in ["/", "/activity", path, path + "/check"] {
            let other = try await browser.get(page)
            #expect(!other.text.contains(secret) && !other.text.contains(letters), "\(page)")
        }
    }

    @Test("a reload of the secret page makes no second one, and leads to the first")
    func reload() async throws {
        let (house, browser) = try await signedIn()
        let (form, _) = try await browser.create()
        let again = try await browser.post("/app-passwords", form)
        #expect(again.status == .conflict)
        let all = try await stored(house)
        #expect(all.count == 1)
        #expect(again.text.contains("/app-passwords/\(all[0].id)"))
        #expect(again.element("secret") == nil)
    }

    @Test("a form without its token, or of another session, makes nothing and comes back filled in")
    func staleForm() async throws {
        let (house, browser) = try await signedIn()
        let answer = try await browser.post(
            "/app-passwords",
            [
                ("form", "nonsense"), ("application", "script"), ("name", "Backup"), ("service", "smtp"),
                ("networks", "10.0.0.0/8"),
            ])
        #expect(answer.status == .unprocessableContent && answer.text.contains(Texts.formStale))
        #expect(answer.text.contains("value=\"Backup\"") && answer.text.contains("10.0.0.0/8</textarea>"))
        #expect(try await stored(house).isEmpty)
    }

    @Test("every mistake stands beside its field, with what was typed kept")
    func mistakes() async throws {
        let (house, browser) = try await signedIn()
        let (_, answer) = try await browser.create(
            name: "", services: [],
            extra: [("own-services", "http:wiki bad/name"), ("networks", "10.0.0.0/33"), ("lifetime", "90")])
        #expect(answer.status == .unprocessableContent)
        for id in ["name-problem", "services-problem", "networks-problem"] {
            #expect(answer.text.contains("id=\"\(id)\""), "\(id)")
        }
        #expect(answer.text.contains("value=\"http:wiki bad/name\"") && answer.text.contains("10.0.0.0/33</textarea>"))
        #expect(answer.text.contains("<option value=\"90\" selected>"))
        #expect(answer.text.matches(of: #/autofocus/#).count == 1)
        #expect(try await stored(house).isEmpty)
        // The same form, corrected, goes through: a refused one does not use up its token.
        let token = try #require(answer.input("form"))
        let good = try await browser.post(
            "/app-passwords", [("form", token), ("application", "email-client"), ("name", "Mail"), ("service", "imap")])
        #expect(good.status == .ok && good.element("secret") != nil)
    }

    @Test("services of the organisation's own, networks, lifetime and kind are taken as chosen")
    func choices() async throws {
        let (house, browser) = try await signedIn()
        _ = try await browser.create(
            application: "other", name: "Wiki", services: [],
            extra: [
                ("own-services", "http:wiki, backup"), ("networks", "192.0.2.0/24\r\n2001:db8::/32"),
                ("lifetime", "30"),
                ("format", "token"),
            ])
        let made = try #require(try await stored(house).first)
        #expect(made.services == Set([Service("http:wiki"), Service("backup")].compactMap(\.self)))
        #expect(made.networks.map(\.description) == ["192.0.2.0/24", "2001:db8::/32"])
        #expect(made.format == .token)
        #expect(made.expires == house.clock.now + .days(30))
    }

    @Test("a hostile name is only a name, on every page that shows it")
    func hostileName() async throws {
        let (house, browser) = try await signedIn()
        let hostile = "\"><script>alert(1)</script>"
        let (_, answer) = try await browser.create(name: hostile)
        let path = "/app-passwords/\(try #require(try await stored(house).first).id)"
        var pages = [answer]
        for page in ["/", "/activity", path, path + "/revoke", path + "/rotate", path + "/check"] {
            pages.append(try await browser.get(page))
        }
        for page in pages {
            #expect(
                page.status == .ok && !page.text.contains("<script>") && page.text.contains("&quot;&gt;&lt;script&gt;"))
        }
    }

    @Test("creating asks for a code first when the last is old, and then goes on where it was")
    func stepUp() async throws {
        let (house, browser) = try await signedIn()
        house.clock.advance(by: .seconds(600))
        let led = try await browser.get("/app-passwords/new?application=script")
        #expect(led.location == "/confirm?next=/app-passwords/new%3Fapplication%3Dscript")
        let wrong = try await browser.post(
            "/confirm", [("code", "000000"), ("next", "/app-passwords/new?application=script")])
        #expect(wrong.status == .unprocessableContent && wrong.text.contains(Texts.codeWrong))
        let confirmed = try await browser.post(
            "/confirm", [("code", browser.code), ("next", "/app-passwords/new?application=script")])
        #expect(confirmed.location == "/app-passwords/new?application=script")
        #expect(try await browser.get("/app-passwords/new?application=script").status == .ok)
    }

    @Test("a form that was filled in slowly asks for the code within it and loses nothing")
    func slowForm() async throws {
        let (house, browser) = try await signedIn()
        let page = try await browser.get("/app-passwords/new?application=script")
        let form = [
            ("form", try #require(page.input("form"))), ("application", "script"), ("name", "Slow one"),
            ("service", "smtp"),
        ]
        house.clock.advance(by: .seconds(700))
        let asked = try await browser.post("/app-passwords", form)
        #expect(asked.status == .unprocessableContent && asked.element("secret") == nil)
        #expect(asked.text.contains("Confirm that it is you") && asked.text.contains("value=\"Slow one\""))
        #expect(try await stored(house).isEmpty)
        let wrong = try await browser.post("/app-passwords", form + [("code", "000000")])
        #expect(wrong.text.contains(Texts.codeWrong) && wrong.text.contains("value=\"Slow one\""))
        let done = try await browser.post(
            "/app-passwords",
            [("form", try #require(asked.input("form")))] + form.dropFirst() + [("code", browser.code)])
        #expect(done.status == .ok && done.element("secret") != nil)
    }

    @Test(
        "what changes factors or secrets asks for a fresh code",
        arguments: ["/password", "/recovery-codes", "/authenticator"])
    func stepUpElsewhere(path: String) async throws {
        let (house, browser) = try await signedIn()
        #expect(try await browser.get(path).status == .ok)
        house.clock.advance(by: .seconds(600))
        #expect(try await browser.get(path).location == "/confirm?next=\(path)")
    }

    @Test("a new secret leaves the old one working, once, and says so")
    func rotate() async throws {
        let (house, browser) = try await signedIn()
        _ = try await browser.create()
        let old = try #require(try await stored(house).first)
        let page = try await browser.get("\(old.path)/rotate")
        let form = [("form", try #require(page.input("form")))]
        let answer = try await browser.post("\(old.path)/rotate", form)
        #expect(answer.status == .ok && answer.element("secret") != nil && answer.text.contains("7 days"))
        #expect(try await browser.post("\(old.path)/rotate", form).element("secret") == nil)
        let all = try await stored(house)
        #expect(all.count == 2)
        let retiring = try await browser.get(old.path)
        #expect(retiring.text.contains("Being replaced") && retiring.text.contains("Show its replacement"))
        #expect(try await browser.get("\(old.path)/rotate").location == old.path)
    }

    @Test("revoking says what will stop, does it without a code, and says what happened")
    func revoke() async throws {
        let (house, browser) = try await signedIn()
        _ = try await browser.create()
        let made = try #require(try await stored(house).first)
        house.clock.advance(by: .seconds(600))
        let page = try await browser.get("\(made.path)/revoke")
        #expect(page.text.contains("“Thunderbird” stops working at once"))
        #expect(try await browser.post("\(made.path)/revoke").location == "/")
        let home = try await browser.get("/")
        #expect(home.text.contains("“Thunderbird” is revoked. From now on it opens nothing."))
        #expect(try await browser.get("/").text.contains("is revoked. From now on") == false)
        #expect(try await stored(house).first?.state(at: house.clock.now) == .revoked)
    }

    @Test("the page for who has no script shows the first sign-in, and the activity shows every failure with its fix")
    func check() async throws {
        let (house, browser) = try await signedIn()
        _ = try await browser.create()
        let made = try #require(try await stored(house).first)
        #expect(try await browser.get("\(made.path)/check").text.contains(Texts.liveWaiting))
        house.clock.advance(by: .seconds(20))
        func signIn(_ id: AppPasswordID?, _ refusal: Refusal?) -> SignIn {
            SignIn(
                time: house.clock.now, account: made.account, appPassword: id, refusal: refusal, service: .imap,
                door: .dovecot,
                address: IPAddress("192.0.2.7"), client: "Outlook", triedName: nil)
        }
        try await house.record(signIn(nil, .portalPasswordUsed))
        let mistake = try await browser.get("\(made.path)/check")
        #expect(
            mistake.text.contains(Texts.liveProblem) && mistake.text.contains("Enter the new app password in Outlook"))
        let problems = try await browser.get("/activity?problems=1")
        #expect(problems.text.contains("with the password of the portal"))
        #expect(!problems.text.contains("Thunderbird” was created"))
        try await house.record(signIn(made.id, nil))
        #expect(try await browser.get("\(made.path)/check").text.contains(Texts.liveDone))
        #expect(try await browser.get("/activity").text.contains("href=\"\(made.path)/revoke\""))
    }
}
