import Accounts
import HTTPTypes
import LatchkeyCore
import LatchkeyTesting
import Testing

@testable import Portal

@Suite("Codes by mail")
struct CodesByMailTests {
    /// Signed in, stale, and with codes by mail.
    private func stale(_ house: House) async throws -> Browser {
        let alice = try await house.addPerson("alice@example.org")
        let asked = try await alice.post("/codes-by-mail", [("address", "alice@home.example")])
        #expect(asked.text.contains(Texts.codeMailed(to: "alice@home.example")))
        let done = try await alice.post(
            "/codes-by-mail", [("address", "alice@home.example"), ("mailed-code", house.mailbox.code)])
        #expect(done.location == "/")
        house.clock.advance(by: .seconds(660))
        return alice
    }

    @Test("during the set-up it is offered beside the app, and leads to recovery codes")
    func setUp() async throws {
        let house = try await House()
        try await Browser(house).setUp(login: "root@example.org")
        let account = try await house.addAccount("bob@example.org")
        let link = try #require(try await house.setupLinks.issue(for: account.id, actor: .system).reveal())
        let bob = Browser(house)
        _ = try await bob.post("/setup/\(link)", [("password", House.password)])
        #expect(try await bob.get("/authenticator").text.contains("href=\"/codes-by-mail\""))
        #expect(try await bob.get("/codes-by-mail").text.contains("Step 2 of 3"))
        let empty = try await bob.post("/codes-by-mail", [("address", "")])
        #expect(empty.status == .unprocessableContent && empty.text.contains(Texts.mailboxMissing))
        let own = try await bob.post("/codes-by-mail", [("address", "bob@example.org")])
        #expect(own.status == .unprocessableContent && own.text.contains("private address of another provider"))
        let asked = try await bob.post("/codes-by-mail", [("address", "bob@home.example")])
        #expect(asked.status == .ok && asked.text.contains("value=\"bob@home.example\""))
        let wrong = try await bob.post(
            "/codes-by-mail", [("address", "bob@home.example"), ("mailed-code", "00000000")])
        #expect(wrong.status == .unprocessableContent && wrong.text.contains(Texts.mailedCodeWrong))
        let again = try await bob.post(
            "/codes-by-mail", [("address", "bob@home.example"), ("mailed-code", ""), ("mail", "code")])
        #expect(again.status == .ok)
        let codes = try await bob.post(
            "/codes-by-mail", [("address", "bob@home.example"), ("mailed-code", house.mailbox.code)])
        #expect(codes.status == .ok && codes.text.contains("recovery codes"))
        let home = try await bob.get("/")
        #expect(home.text.contains("bob@home.example") && home.text.contains("Codes by mail"))
    }

    @Test("an administrator is not offered it, by no page")
    func roles() async throws {
        let house = try await House()
        let admin = Browser(house)
        try await admin.setUp()
        #expect(!(try await admin.get("/").text.contains("/codes-by-mail")))
        let page = try await admin.post("/codes-by-mail", [("address", "root@home.example")])
        #expect(page.text.contains(Texts.codesByMailOff) && house.mailbox.code.isEmpty)
    }

    @Test("the second step mails a code to the masked address, and takes it")
    func secondStep() async throws {
        let house = try await House()
        _ = try await stale(house)
        let browser = Browser(house)
        let half = try await browser.post(
            "/sign-in", [("login", "alice@example.org"), ("password", House.password), ("next", "/activity")])
        let page = try await browser.get(try #require(half.location))
        #expect(
            page.text.contains("A code can be mailed to a•••@home.example.")
                && !page.text.contains("alice@home.example"))
        let asked = try await browser.post("/sign-in/code", [("mail", "code"), ("next", "/activity")])
        #expect(asked.location == "/sign-in/code?mailed=1&next=/activity")
        let typed = try await browser.get(try #require(asked.location))
        #expect(typed.text.contains(Texts.codeMailed(to: "a•••@home.example")))
        let empty = try await browser.post("/sign-in/code", [("mailed-code", ""), ("next", "/activity")])
        #expect(empty.status == .unprocessableContent && empty.text.contains(Texts.mailedCodeMissing))
        let done = try await browser.post(
            "/sign-in/code", [("mailed-code", house.mailbox.code), ("next", "/activity")])
        #expect(done.location == "/activity")
        #expect(try await browser.get("/sessions").text.contains("code by mail"))
    }

    @Test("the mail server's absence is told beside the button, and nothing is lost")
    func away() async throws {
        let house = try await House()
        let alice = try await stale(house)
        house.mailbox.goAway()
        let asked = try await alice.post("/confirm", [("mail", "code"), ("next", "/recovery-codes")])
        #expect(asked.status == .unprocessableContent && asked.text.contains(Texts.codeNotMailed))
        #expect(asked.text.contains("id=\"code\""), "the app's code is still to be had")
        house.mailbox.goAway(false)
        let again = try await alice.post("/confirm", [("mail", "code"), ("next", "/recovery-codes")])
        #expect(again.location == "/confirm?mailed=1&next=/recovery-codes")
        let done = try await alice.post(
            "/confirm", [("mailed-code", house.mailbox.code), ("next", "/recovery-codes")])
        #expect(done.location == "/recovery-codes")
    }

    @Test("within a form a code is mailed and typed, and nothing that was filled in is lost")
    func withinForm() async throws {
        let house = try await House()
        let alice = try await stale(house)
        // The form is opened while fresh, and sent when no longer.
        _ = try await alice.post("/confirm", [("code", alice.code), ("next", "/")])
        let (form, _) = try await alice.create(name: "Laptop")
        house.clock.advance(by: .seconds(660))
        let page = try await alice.get("/app-passwords/new?application=email-client")
        #expect(page.status == .seeOther)
        let stepUp = try await alice.post("/app-passwords", form)
        #expect(stepUp.status == .unprocessableContent && stepUp.text.contains("Mail me a code"))
        let mailed = try await alice.post("/app-passwords", form + [("code", ""), ("mail", "code")])
        #expect(mailed.text.contains("name=\"mailed-code\"") && mailed.text.contains("value=\"Laptop\""))
        let wrong = try await alice.post(
            "/app-passwords", form + [("code", ""), ("mailed-code", "00000000")])
        #expect(wrong.text.contains(Texts.mailedCodeWrong) && wrong.text.contains("value=\"Laptop\""))
        let fresh = try await alice.post(
            "/app-passwords", form + [("code", ""), ("mailed-code", house.mailbox.code)])
        #expect(!fresh.text.contains("mailed-code"))
    }

    @Test("Enter in the app's field takes its code, though the mail's button comes first in some forms")
    func enter() async throws {
        let house = try await House()
        let alice = try await stale(house)
        let before = house.mailbox.code
        let done = try await alice.post("/confirm", [("code", alice.code), ("mail", "code"), ("next", "/activity")])
        #expect(done.location == "/activity" && house.mailbox.code == before)
    }

    @Test("it is removed after a fresh sign-in, and then mails nothing")
    func removed() async throws {
        let house = try await House()
        let alice = try await stale(house)
        #expect(try await alice.post("/codes-by-mail/remove").location == "/confirm?next=/codes-by-mail")
        _ = try await alice.post("/confirm", [("code", alice.code), ("next", "/")])
        #expect(try await alice.post("/codes-by-mail/remove").location == "/")
        #expect(!(try await alice.get("/").text.contains("alice@home.example")))
        house.clock.advance(by: .seconds(660))
        let asked = try await alice.post("/confirm", [("mail", "code")])
        #expect(asked.status == .unprocessableContent && asked.text.contains(Texts.noMailbox))
    }
}
