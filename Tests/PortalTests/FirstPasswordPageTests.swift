import Accounts
import HTTPTypes
import LatchkeyCore
import LatchkeyTesting
import Storage
import Testing
import WebAuthn

@testable import Portal

@Suite("Adding a password to an account without one")
struct FirstPasswordPageTests {
    private static let chosen = "copper teapot under the ferry"

    /// Set up with a password and an authenticator app, of which a passkey then takes the place.
    private func passwordless(_ house: House, passkey: Bool = true) async throws -> Browser {
        let browser = Browser(house)
        try await browser.setUp()
        let login = try #require(LoginName("alice@example.org"))
        let account = try #require(try await house.accounts.account(named: login))
        try await house.database.transaction { connection in
            if passkey {
                try connection.execute(
                    """
                    INSERT INTO webauthn_credential
                        (credential, id, account, kind, name, public_key, sign_count, user_verified, backup_eligible,
                        backed_up, transports, aaguid, attestation, created)
                    VALUES (x'01', ?, ?, 'passkey', 'Phone', x'', 0, 1, 0, 0, '', zeroblob(16), 'none', 0)
                    """, [.blob(account.id.octets), .blob(account.id.octets)])
            }
            try connection.execute("DELETE FROM portal_password", [])
        }
        return browser
    }

    @Test("it is offered beside a passkey, asks for no current password, and is gone when there is one")
    func add() async throws {
        let house = try await House()
        let browser = try await passwordless(house)
        let home = try await browser.get("/")
        #expect(home.text.contains(#"id="add-password""#) && !home.text.contains(#"id="change-password""#))
        #expect(!home.text.contains(#"id="add-security-key""#))
        let page = try await browser.get("/password")
        #expect(page.text.contains("<h1>Add a password</h1>"))
        #expect(!page.text.contains("current-password") && !page.text.contains(#"id="remove""#))
        #expect(page.text.contains(#"autocomplete="new-password""#) && page.text.contains("At least 8 characters"))

        let weak = try await browser.post("/password", [("password", "Password2026")])
        #expect(weak.status == .unprocessableContent && weak.text.contains("easy to guess"))
        #expect(weak.text.contains("<h1>Add a password</h1>"))
        let added = try await browser.post("/password", [("password", Self.chosen)])
        #expect(added.location == "/")
        let after = try await browser.get("/")
        #expect(after.text.contains(Texts.notice(.passwordAdded, appPassword: nil)))
        #expect(after.text.contains(#"id="change-password""#) && !after.text.contains(#"id="add-password""#))
        #expect(after.text.contains(#"id="add-security-key""#))
        #expect(try await browser.get("/password").text.contains("<h1>Change your password</h1>"))
        #expect(try await browser.get("/activity").text.contains("A portal password was added"))
    }

    @Test("a form for the one is not taken for the other where there was a change meanwhile")
    func meanwhile() async throws {
        let house = try await House()
        let browser = try await passwordless(house)
        #expect(try await browser.post("/password", [("password", Self.chosen)]).location == "/")
        #expect(try await browser.post("/password", [("password", "another one of these")]).location == "/password")
        try await house.database.transaction { connection in
            _ = try connection.execute("DELETE FROM portal_password", [])
        }
        let change = try await browser.post(
            "/password", [("current-password", Self.chosen), ("password", "another one of these")])
        #expect(change.location == "/password")
        let rows = try await house.database.read { try $0.query("SELECT 1 FROM portal_password", []).count }
        #expect(rows == 0)
    }

    @Test("it takes a fresh sign-in, also in the middle of the form")
    func stale() async throws {
        let house = try await House()
        let browser = try await passwordless(house)
        house.clock.advance(by: SessionTimes().freshness + .seconds(1))
        #expect(try await browser.get("/password").location == "/confirm?next=/password")
        let asked = try await browser.post("/password", [("password", Self.chosen)])
        #expect(asked.status == .unprocessableContent && asked.text.contains("step-up"))
        #expect(!asked.text.contains(Self.chosen) && !asked.text.contains("current-password"))
        let done = try await browser.post("/password", [("password", Self.chosen), ("code", browser.code)])
        #expect(done.location == "/")
    }

    @Test("without a passkey it is not offered, and the page says why and what to do")
    func noPasskey() async throws {
        let house = try await House()
        let browser = try await passwordless(house, passkey: false)
        #expect(!(try await browser.get("/")).text.contains("add-password"))
        let page = try await browser.get("/password")
        #expect(page.status == .ok && page.text.contains(Texts.passwordNeedsPasskey))
        #expect(
            page.text.contains(#"href="/passkeys/new""#)
                && !page.text.contains("<form method=\"post\" action=\"/password\""))
        #expect(try await browser.post("/password", [("password", Self.chosen)]).location == "/password")
        let rows = try await house.database.read { try $0.query("SELECT 1 FROM portal_password", []).count }
        #expect(rows == 0)
    }
}
