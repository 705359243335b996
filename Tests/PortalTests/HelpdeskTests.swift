import Accounts
import HTTPTypes
import LatchkeyCore
import LatchkeyTesting
import Storage
import Testing

@testable import Portal

@Suite("Helpdesk")
struct HelpdeskTests {
    @Test("there is a helpdesk for who is of it, and nothing for anybody else")
    func shown() async throws {
        let house = try await House()
        let admin = Browser(house)
        try await admin.setUp()
        let helper = try await house.addPerson("helper@example.org", roles: [.helpdesk])
        let bob = try await house.addPerson("bob@example.org")
        for browser in [admin, helper] {
            #expect(try await browser.get("/").text.contains(#"<a href="/helpdesk""#))
            #expect(try await browser.get("/helpdesk").status == .ok)
        }
        #expect(try await bob.get("/").text.contains("/helpdesk") == false)
        #expect(try await bob.get("/helpdesk").status == .notFound)
        #expect(try await bob.get("/helpdesk?login=helper@example.org").status == .notFound)
        #expect(try await bob.post("/helpdesk/link", [("login", "helper@example.org")]).status == .notFound)
        #expect(try await Browser(house).get("/helpdesk").status == .seeOther)
    }

    @Test("from a search to a link that is shown once and lets its bearer in")
    func link() async throws {
        let house = try await House()
        try await Browser(house).setUp()
        let bob = try await house.addPerson("bob@example.org")
        let helper = try await house.addPerson("helper@example.org", roles: [.helpdesk])
        let nobody = try await helper.get("/helpdesk?login=bo")
        #expect(nobody.text.contains(Texts.helpdeskNobody))
        let found = try await helper.get("/helpdesk?login=bob")
        #expect(found.text.contains("bob@example.org") && found.text.contains("Authenticator app"))
        let form = [("login", "bob@example.org"), ("form", try #require(found.input("form")))]
        let made = try await helper.post("/helpdesk/link", form)
        #expect(made.status == .ok)
        #expect(made.headers[.cacheControl] == "no-store")
        let link = try #require(made.element("link"))
        #expect(link.hasPrefix("\(House.origin)/setup/"))
        // A reload makes no other link.
        let again = try await helper.post("/helpdesk/link", form)
        #expect(again.element("link") == nil)
        let path = String(link.dropFirst(House.origin.count))
        #expect(try await Browser(house).get(path).text.contains("bob@example.org"))
        #expect(
            try await bob.get("/activity").text.contains(
                "A setup link was made for you by an administrator or the helpdesk"))
    }

    @Test("an old sign-in gives a code first, within the form")
    func stepUp() async throws {
        let house = try await House()
        try await Browser(house).setUp()
        _ = try await house.addPerson("bob@example.org")
        let helper = try await house.addPerson("helper@example.org", roles: [.helpdesk])
        let found = try await helper.get("/helpdesk?login=bob")
        house.clock.advance(by: .seconds(600))
        let form = [("login", "bob@example.org"), ("form", try #require(found.input("form")))]
        let asked = try await helper.post("/helpdesk/link", form)
        #expect(asked.status == .unprocessableContent)
        #expect(asked.element("link") == nil && asked.text.contains("name=\"code\""))
        // The code gives the session a new token, and with it the form: it is sent once more.
        let fresh = [("login", "bob@example.org"), ("form", try #require(asked.input("form"))), ("code", helper.code)]
        let made = try await helper.post("/helpdesk/link", fresh)
        #expect(made.element("link") != nil)
    }

    @Test("no link is made for an administrator or oneself, and the page says why and who can")
    func objections() async throws {
        let house = try await House()
        try await Browser(house).setUp()
        let helper = try await house.addPerson("helper@example.org", roles: [.helpdesk])
        _ = try await house.addPerson("bob@example.org")
        let token = try #require(try await helper.get("/helpdesk?login=bob").input("form"))
        for (login, words) in [("alice", "role of its own"), ("helper", "This is you")] {
            let page = try await helper.get("/helpdesk?login=\(login)")
            #expect(page.element("submit") == nil)
            #expect(page.text.contains(words))
            let forced = try await helper.post("/helpdesk/link", [("login", login), ("form", token)])
            #expect(forced.element("link") == nil)
        }
        let events = try await house.audit.entries(matching: AuditFilter(action: .setupLinkIssued), limit: 20)
        let login = try #require(LoginName("helper@example.org"))
        let id = try #require(await house.accounts.account(named: login)).id
        #expect(!events.contains { $0.event.actor == .account(id) })
    }

    @Test("who comes back by a link looks over what was removed and what still works, and may revoke it there")
    func recovered() async throws {
        let house = try await House()
        try await Browser(house).setUp()
        let bob = try await house.addPerson("bob@example.org")
        _ = try await bob.create(name: "Old phone")
        _ = try await bob.create(name: "Laptop")
        #expect(try await bob.get("/recovered").text.contains("Old phone"))
        house.clock.advance(by: .days(30))
        #expect(try await bob.get("/recovered").status == .seeOther)
        let login = try #require(LoginName("bob@example.org"))
        let account = try #require(await house.accounts.account(named: login))
        let link = try await house.setupLinks.issue(for: account.id, actor: .system)
        let back = Browser(house)
        let codes = try await back.setUp(
            bearing: try #require(link.reveal()), [("password", "copper teapot under the ferry")])
        #expect(codes.text.contains(#"href="/recovered" id="saved""#))
        let page = try await back.get("/recovered")
        #expect(page.text.contains("The authenticator app you had"))
        #expect(page.text.contains("10 old recovery codes"))
        #expect(page.text.contains("Old phone") && page.text.contains("Laptop"))
        let path = try #require(page.text.firstMatch(of: #/action="(\/app-passwords\/[^"]+)\/revoke"/#)?.output.1)
        let revoked = try await back.post("\(path)/revoke", [("next", "/recovered")])
        #expect(revoked.location == "/recovered")
        let after = try await back.get("/recovered")
        #expect(after.text.contains("is revoked. From now on it opens nothing."))
        #expect(after.text.matches(of: #/action="\/app-passwords\/[^"]+\/revoke"/#).count == 1)
        #expect(try await back.post("\(path)/revoke", [("next", "//evil.example")]).location == "/")
    }

    @Test("who sets up a new account has nothing to look over")
    func newcomer() async throws {
        let house = try await House()
        let alice = Browser(house)
        try await alice.setUp()
        #expect(try await alice.get("/recovered").location == "/")
        let bob = try await house.addPerson("bob@example.org")
        #expect(try await bob.get("/recovered").location == "/")
    }
}
