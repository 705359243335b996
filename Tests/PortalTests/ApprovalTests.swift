import Accounts
import HTTPTypes
import LatchkeyCore
import LatchkeyTesting
import Storage
import Testing

@testable import Portal

@Suite("Was it you?")
struct ApprovalTests {
    private struct Scene {
        let house: House
        let browser: Browser
        let account: Account
        let appPassword: AppPassword
        let path: String

        init() async throws {
            house = try await House()
            browser = Browser(house)
            try await browser.setUp()
            _ = try await browser.create()
            let house = house
            let login = try #require(LoginName("alice@example.org"))
            let found = try #require(await house.accounts.account(named: login))
            account = found
            appPassword = try #require(
                await house.appPasswords.appPasswords(of: found.id, includingEnded: false, at: house.clock.now).first)
            path = "/app-passwords/\(appPassword.id)"
        }

        /// A mail program tries, as the verifier and the journal would record it.
        func knock(from address: String, client: String = "Thunderbird") async throws {
            let journal = GroupCommitJournal(house.database, durability: .strict, broadcast: house.broadcast) { _ in }
            let signIn = SignIn(
                time: house.clock.now, account: account.id, appPassword: appPassword.id, refusal: .awaitingApproval,
                service: .imap, door: .dovecot, address: IPAddress(address), client: client, triedName: nil)
            journal.record([SignInRecord(signIn)]) { _ in }
            await journal.flush()
        }

        var waiting: Int {
            get async throws {
                try await SQLApprovals(house.database).waiting(of: account.id, at: house.clock.now).count
            }
        }
    }

    @Test(
        "the question stands on the first page, at the app password and in the live panel, and nowhere when nothing waits"
    )
    func asked() async throws {
        let scene = try await Scene()
        for path in ["/", scene.path, "\(scene.path)/check"] {
            #expect(try await scene.browser.get(path).text.contains("Was it you?") == false)
        }
        try await scene.knock(from: "198.51.100.7", client: "<Outlook>")
        for path in ["/", scene.path, "\(scene.path)/check"] {
            let page = try await scene.browser.get(path)
            #expect(page.text.contains("Was it you?"), "\(path)")
            #expect(page.text.contains("198.51.100.7") && page.text.contains("&lt;Outlook&gt;"), "\(path)")
            #expect(page.text.contains("Yes, that’s me") && page.text.contains("No, that wasn’t me"), "\(path)")
            #expect(page.input("network") == "198.51.100.0/24", "\(path)")
        }
    }

    @Test("a yes lets the network in, says so, and is the live panel's next word")
    func yes() async throws {
        let scene = try await Scene()
        try await scene.knock(from: "198.51.100.7")
        let answer = try await scene.browser.post(
            "\(scene.path)/approve", [("network", "198.51.100.0/24"), ("answer", "yes")])
        #expect(answer.location == scene.path)
        let page = try await scene.browser.get(scene.path)
        #expect(page.text.contains("may be used from there"))
        #expect(!page.text.contains("Was it you?"))
        #expect(try await scene.browser.get("\(scene.path)/check").text.contains("gets in with its next try"))
        #expect(try await scene.waiting == 0)
        let events = try await scene.house.audit.entries(
            matching: AuditFilter(account: scene.account.id, action: .networkApproved), limit: 10)
        #expect(events.map(\.event.actor) == [.account(scene.account.id)])
        // Sent again it changes nothing, and another network is no better for it.
        #expect(
            try await scene.browser.post(
                "\(scene.path)/approve", [("network", "198.51.100.0/24"), ("answer", "yes")]
            ).location == scene.path)
        let uninvited = try await scene.browser.post(
            "\(scene.path)/approve", [("network", "203.0.113.0/24"), ("answer", "yes")])
        #expect(uninvited.location == scene.path)
        let all = try await scene.house.audit.entries(matching: AuditFilter(action: .networkApproved), limit: 10)
        #expect(all.count == 1)
    }

    @Test("a yes needs a fresh code, a no does not")
    func stepUp() async throws {
        let scene = try await Scene()
        try await scene.knock(from: "198.51.100.7")
        try await scene.knock(from: "203.0.113.7")
        scene.house.clock.advance(by: .seconds(600))
        let yes = [("network", "198.51.100.0/24"), ("answer", "yes")]
        let asked = try await scene.browser.post("\(scene.path)/approve", yes)
        #expect(asked.status == .unprocessableContent)
        #expect(asked.text.contains("name=\"code\""))
        #expect(try await scene.waiting == 2)
        let given = try await scene.browser.post("\(scene.path)/approve", yes + [("code", scene.browser.code)])
        #expect(given.location == scene.path)
        #expect(try await scene.waiting == 1)
        scene.house.clock.advance(by: .seconds(600))
        let no = try await scene.browser.post(
            "\(scene.path)/approve", [("network", "203.0.113.0/24"), ("answer", "no")])
        #expect(no.location == "\(scene.path)/revoke")
        let revoke = try await scene.browser.get("\(scene.path)/revoke")
        #expect(revoke.text.contains("Nothing gets in from there"))
        #expect(revoke.text.contains("Revoke it"))
        #expect(try await scene.waiting == 0)
    }

    @Test("nobody answers for somebody else's app password")
    func others() async throws {
        let scene = try await Scene()
        try await scene.knock(from: "198.51.100.7")
        let bob = try await scene.house.addPerson("bob@example.org")
        let answer = try await bob.post(
            "\(scene.path)/approve", [("network", "198.51.100.0/24"), ("answer", "yes")])
        #expect(answer.status == .notFound)
        #expect(try await Browser(scene.house).post("\(scene.path)/approve").status == .seeOther)
        #expect(try await scene.waiting == 1)
    }
}
