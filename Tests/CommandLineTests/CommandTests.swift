import Foundation
import Testing

struct CommandTests {
    private let place: Place

    init() throws {
        place = try Place()
        let added = try place.run("account", "add", "alice", "--name", "Alice", "--json")
        #expect(try added.object()["login"] as? String == "alice@example.com")
        #expect((try added.object()["setup_link"] as? String)?.contains("/setup/") == true)
    }

    @Test("an app password made on the command line is accepted, and refused from the moment it is revoked")
    func appPassword() throws {
        let made = try place.createAppPassword("--service", "imap", "--expires", "90d", "--network", "192.0.2.0/24")
        #expect(try place.verify(made.secret).object()["verdict"] as? String == "accepted")
        let elsewhere = try place.verify(made.secret, address: "198.51.100.1")
        #expect(elsewhere.code == 1)
        #expect(try elsewhere.object()["refusal"] as? String == "network-not-allowed")
        #expect(try place.verify(made.secret, service: "smtp").object()["refusal"] as? String == "service-not-allowed")
        #expect(try place.run("app-password", "revoke", made.id).code == 0)
        #expect(try place.verify(made.secret).object()["refusal"] as? String == "revoked")
    }

    @Test("with first-use approval an app password waits until its network is approved on the command line")
    func approval() throws {
        let made = try place.createAppPassword()
        let asking = ["LATCHKEY_SIGN_IN_FIRST_USE_APPROVAL": "true"]
        func verify(from address: String) throws -> String? {
            let outcome = try place.run(
                "verify", "--account", "alice", "--service", "imap", "--address", address, "--secret-stdin", "--json",
                input: made.secret + "\n", environment: asking)
            return try outcome.object()["refusal"] as? String ?? outcome.object()["verdict"] as? String
        }
        #expect(try verify(from: "192.0.2.7") == "awaiting-approval")
        let waiting = try place.run("app-password", "approve", made.id, "--json").objects()
        #expect(waiting.map { $0["network"] as? String } == ["192.0.2.0/24"])
        #expect(try place.run("app-password", "approve", made.id, "--network", "192.0.2.0/25").code == 1)
        let approved = try place.run("app-password", "approve", made.id, "--network", "192.0.2.0/24")
        #expect(approved.output.contains("may be used from 192.0.2.0/24"))
        #expect(
            try place.run("app-password", "approve", made.id, "--network", "192.0.2.0/24").output.contains("already"))
        #expect(try verify(from: "192.0.2.99") == "accepted")
        #expect(try place.run("app-password", "approve", made.id).output.contains("No network waits"))
        #expect(try verify(from: "198.51.100.1") == "awaiting-approval")
        #expect(try place.verify(made.secret, address: "198.51.100.1").object()["verdict"] as? String == "accepted")
    }

    @Test("a rotated app password works beside its replacement until that is used")
    func rotation() throws {
        let old = try place.createAppPassword()
        let rotated = try place.run("app-password", "rotate", old.id, "--json")
        let new = try #require(try rotated.object()["secret"] as? String)
        #expect(try place.verify(old.secret).code == 0)
        #expect(try place.verify(new).code == 0)
        #expect(try place.verify(old.secret).object()["refusal"] as? String == "revoked")
    }

    @Test("a role is given and taken, the log says so, and a set-up link made before is dead")
    func roles() throws {
        let given = try place.run("account", "role", "add", "alice", "helpdesk", "--json").object()
        #expect(given["roles"] as? [String] == ["helpdesk"])
        #expect(try place.run("account", "role", "add", "alice", "helpdesk").output.contains("has the role helpdesk"))
        #expect(try place.run("account", "role", "add", "alice", "king").code == 1)
        let taken = try place.run("account", "role", "remove", "alice", "helpdesk", "--json").object()
        #expect(taken["roles"] as? [String] == [])
        let events = try place.run("audit", "list", "--account", "alice", "--action", "account.changed", "--json")
            .objects()
        #expect(events.compactMap { $0["detail"] as? String } == ["role helpdesk removed", "role helpdesk added"])
    }

    @Test("a secret is shown once, and by no other command")
    func secretOnce() throws {
        let made = try place.createAppPassword()
        _ = try place.verify(made.secret)
        let token = try #require(
            try place.run("service-token", "create", "web1", "--json").object()["token"] as? String)
        let outcomes = [
            try place.run("app-password", "list", "--account", "alice", "--all", "--json"),
            try place.run("app-password", "show", made.id, "--json"), try place.run("explain", "alice", "--json"),
            try place.run("audit", "export"), try place.run("service-token", "list", "--json"),
            try place.run("account", "show", "alice", "--json"),
        ]
        for outcome in outcomes {
            #expect(outcome.code == 0)
            #expect(!outcome.output.contains(made.secret) && !outcome.output.contains(token))
        }
    }

    @Test("an alias given without its domain signs in")
    func alias() throws {
        let made = try place.createAppPassword()
        #expect(try place.run("account", "alias", "add", "alice", "al").code == 0)
        let outcome = try place.run(
            "verify", "--account", "al@example.com", "--service", "imap", "--secret-stdin", input: made.secret)
        #expect(outcome.code == 0)
        #expect(try place.run("account", "alias", "remove", "alice", "AL").code == 0)
        #expect(try place.run("account", "alias", "remove", "alice", "al").code == 1)
    }

    @Test("a disabled account is refused until it is enabled, and a deleted one is gone")
    func account() throws {
        let made = try place.createAppPassword()
        _ = try place.run("account", "disable", "alice")
        #expect(try place.verify(made.secret).object()["refusal"] as? String == "account-disabled")
        _ = try place.run("account", "enable", "alice")
        #expect(try place.verify(made.secret).code == 0)
        #expect(try place.run("account", "delete", "alice").code == 1)
        #expect(try place.run("account", "delete", "alice", "--yes").code == 0)
        #expect(try place.verify(made.secret).object()["refusal"] as? String == "unknown")
        #expect(try place.run("account", "list", "--json").objects().isEmpty)
    }

    @Test("explain tells in words what was refused and what to do")
    func explain() throws {
        let made = try place.createAppPassword("--service", "imap")
        _ = try place.verify(made.secret, service: "caldav")
        let latest = try #require(try place.run("explain", "alice", "--json").objects().first)
        #expect(latest["refusal"] as? String == "service-not-allowed")
        #expect(
            (latest["sentence"] as? String)?.contains("with “Laptop”, which may not be used for that")
                == true)
        #expect((latest["remedy"] as? String)?.contains("Create an app password that includes “Calendar”") == true)
    }

    @Test("every command's JSON is one value, and the audit export one object a line, its chain intact")
    func audit() throws {
        _ = try place.createAppPassword()
        let listed = try place.run("audit", "list", "--json").objects()
        let exported = try place.run("audit", "export").output.split(separator: "\n")
        #expect(!listed.isEmpty && listed.count == exported.count)
        for line in exported { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
        #expect(try place.run("audit", "verify", "--json").object()["intact"] as? Bool == true)
    }

    @Test("every field that cannot be used is told, a line each")
    func fields() throws {
        let outcome = try place.run(
            "app-password", "create", "--account", "alice", "--name", " ", "--application", "toaster", "--service",
            "i map",
            "--network", "here")
        #expect(outcome.code == 1)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errorLines.count == 4, "\(outcome.errors)")
    }
}
