import LatchkeyCore
import LatchkeyTesting
import Testing

@testable import Storage

struct AlertTests {
    private let house: Installation
    private let queue: SQLAlertQueue
    private let alice: Account

    init() async throws {
        house = try await Installation()
        queue = SQLAlertQueue(house.database)
        alice = try await house.addAccount("alice@example.com")
        _ = try await queue.gather(at: house.clock.now)
    }

    private var choices: SQLAlertChoices { SQLAlertChoices(house.database) }

    /// What has been queued since the last time.
    private func told(by queue: SQLAlertQueue? = nil) async throws -> [Alert] {
        let queue = queue ?? self.queue
        while try await queue.gather(at: house.clock.now) {}
        let alerts = try await queue.due(at: house.clock.now, limit: 1_000)
        for alert in alerts { try await queue.remove(alert.id) }
        return alerts
    }

    private func signIn(
        _ appPassword: AppPassword?, from address: String? = "192.0.2.7", refusal: Refusal? = nil,
        account: Account? = nil
    ) -> AuditEvent {
        AuditEvent(
            SignIn(
                time: house.clock.now, account: (account ?? alice).id, appPassword: appPassword?.id, refusal: refusal,
                service: .imap, door: .dovecot, address: address.flatMap { IPAddress($0) }, client: "Thunderbird",
                triedName: nil))
    }

    private func portal(
        _ action: AuditEvent.Action, from address: String = "192.0.2.7", agent: String = "Firefox/1 Linux",
        refusal: Refusal? = nil, detail: String? = nil
    ) -> AuditEvent {
        AuditEvent(
            time: house.clock.now, action: action, actor: .account(alice.id), account: alice.id, refusal: refusal,
            address: IPAddress(address), client: agent, detail: detail)
    }

    @Test("what was before there was a mail server is not told, and what comes after it is, by whichever process")
    func beginning() async throws {
        let fresh = try await Installation()
        let bob = try await fresh.addAccount("bob@example.com")
        let old = try await fresh.issue(to: bob, name: "Old")
        _ = try await fresh.verify("bob@example.com", old.secret.display)
        let queue = SQLAlertQueue(fresh.database)
        #expect(try await !queue.gather(at: fresh.clock.now))
        #expect(try await queue.due(at: fresh.clock.now, limit: 10) == [])

        let other = try await Installation(directory: fresh.directory)
        _ = try await other.issue(to: bob, name: "New")
        _ = try await other.verify("bob@example.com", old.secret.display)
        _ = try await queue.gather(at: fresh.clock.now)
        // The old one was used before, from wherever that was: its first network is no news either.
        #expect(try await queue.due(at: fresh.clock.now, limit: 10).map(\.name) == ["New"])
    }

    @Test("a new app password is told with its facts, once")
    func created() async throws {
        let issued = try await house.issue(to: alice)
        let alert = try #require(try await told().first)
        #expect(alert.kind == .appPasswordCreated && alert.action == .appPasswordCreated)
        #expect(alert.recipient.text == "alice@example.com" && alert.login == alice.login)
        #expect(alert.appPassword == issued.appPassword.id && alert.name == "Thunderbird")
        #expect(alert.services == [.imap, .smtp])
        #expect(alert.author == .administrator && alert.time == house.clock.now && alert.attempts == 0)
        #expect(try await told() == [])
    }

    @Test(
        "each action is told as its table says",
        arguments: AuditEvent.Action.allCases.filter { $0.alert != nil && $0 != .setupLinkUsed })
    func actions(action: AuditEvent.Action) async throws {
        house.clock.advance(by: AlertRule.welcome)
        try await house.audit.append([portal(action)])
        #expect(try await told().map(\.kind) == [try #require(action.alert)])
        try await house.audit.append([portal(action, refusal: .unknown)])
        #expect(try await told() == [], "what was refused did not happen")
    }

    @Test("a way that is added or removed is told by its name")
    func wayNames() async throws {
        try await house.audit.append([
            portal(.passkeyAdded, detail: "iCloud Keychain"), portal(.securityKeyRemoved, detail: "Blue (YubiKey 5)"),
            portal(.portalPasswordAdded), portal(.totpEnrolled, detail: "not a name"),
        ])
        let alerts = try await told()
        // Those of one millisecond are in no order.
        let names = Dictionary(uniqueKeysWithValues: alerts.map { ($0.action, $0.name) })
        #expect(
            names == [
                .passkeyAdded: "iCloud Keychain", .securityKeyRemoved: "Blue (YubiKey 5)", .portalPasswordAdded: nil,
                .totpEnrolled: nil,
            ])
        #expect(alerts.count { $0.kind == .methodAdded } == 3 && alerts.count { $0.kind == .methodRemoved } == 1)
        #expect(alerts.allSatisfy { $0.appPassword == nil })
    }

    @Test("a copy of a key is told once a day, however often it is tried, and by whoever")
    func copiedKey() async throws {
        func tried() -> AuditEvent {
            AuditEvent(
                time: house.clock.now, action: .keyCopySuspected, actor: .client, account: alice.id, detail: "Blue")
        }
        try await house.audit.append([tried(), tried()])
        let alert = try #require(try await told().first)
        #expect(alert.kind == .keyCopySuspected && alert.name == "Blue" && alert.author == .other)
        try await house.audit.append([tried()])
        #expect(try await told() == [])
        house.clock.advance(by: .days(1))
        try await house.audit.append([tried()])
        #expect(try await told().count == 1)
    }

    @Test("an identity that its account was made with is no way that was added, but the account; a later one is")
    func firstSignIn() async throws {
        let bob = try await house.addAccount("bob@example.com")
        func linked() -> AuditEvent {
            AuditEvent(
                time: house.clock.now, action: .identityLinked, actor: .account(bob.id), account: bob.id,
                detail: "Example ID, bob@example.com")
        }
        try await house.audit.append([linked()])
        let first = try #require(try await told().first)
        #expect(first.kind == .accountOpened && first.name == "Example ID, bob@example.com")
        house.clock.advance(by: .seconds(1))
        try await house.audit.append([linked()])
        #expect(try await told().map(\.kind) == [.methodAdded])
    }

    @Test("a set-up link that sets a password and takes away what was there is one mail")
    func setUp() async throws {
        try await house.audit.append([
            portal(.setupLinkUsed), portal(.portalPasswordSet), portal(.totpRemoved), portal(.passkeyRemoved),
            portal(.identityUnlinked),
        ])
        #expect(try await told().map(\.kind) == [.recoveryUsed])
        house.clock.advance(by: .seconds(1))
        try await house.audit.append([portal(.portalPasswordSet)])
        #expect(try await told().map(\.kind) == [.passwordChanged])
    }

    @Test("the link that a new account is made with is no news, a later one is")
    func welcome() async throws {
        try await house.audit.append([portal(.setupLinkIssued)])
        #expect(try await told() == [])
        house.clock.advance(by: .days(1))
        try await house.audit.append([portal(.setupLinkIssued)])
        #expect(try await told().map(\.kind) == [.recoveryLinkIssued])
    }

    @Test("the end of an app password whose replacement is in use is no news; one that somebody revoked is")
    func ended() async throws {
        try await house.audit.append([
            AuditEvent(time: house.clock.now, action: .appPasswordRevoked, actor: .system, account: alice.id)
        ])
        #expect(try await told() == [])
        try await house.audit.append([
            AuditEvent(time: house.clock.now, action: .appPasswordRevoked, actor: .link, account: alice.id)
        ])
        #expect(try await told().map(\.author) == [.other])
    }

    @Test(
        "an account without an address is told to the administrator if there is one, else to nobody; a trial's to nobody"
    )
    func recipients() async throws {
        let admin = SQLAlertQueue(house.database, administrator: MailAddress("root@example.com"))
        let scanner = try await house.addAccount("scanner")
        let trial = try await house.addAccount("\(LoginName.trialPrefix)1@example.com")
        for account in [scanner, trial] { _ = try await house.issue(to: account) }
        #expect(try await told() == [])
        for account in [scanner, trial] { _ = try await house.issue(to: account) }
        #expect(try await told(by: admin).map(\.recipient.text) == ["root@example.com"])
    }

    @Test("the first use is told, a new network is told, and the same again costs nothing")
    func networks() async throws {
        let laptop = try await house.issue(to: alice).appPassword
        _ = try await told()
        try await house.audit.append((0..<50).map { _ in signIn(laptop) })
        #expect(try await told().map(\.kind) == [.appPasswordFirstUsed])
        try await house.audit.append([signIn(laptop, from: "192.0.2.250"), signIn(laptop, from: nil)])
        #expect(try await told() == [], "the same /24, and one that is not known")
        try await house.audit.append((1...50).map { signIn(laptop, from: "198.51.100.\($0)") })
        let moved = try await told()
        #expect(moved.map(\.kind) == [.appPasswordNewNetwork])
        #expect(moved.first?.address == IPAddress("198.51.100.1") && moved.first?.client == "Thunderbird")
        try await house.audit.append([
            signIn(laptop, from: "2001:db8:1:2::1"), signIn(laptop, from: "2001:db8:1:ff::1"),
        ])
        #expect(try await told().count == 1, "one IPv6 /48")
    }

    @Test("the first network is no new one, also where the first use came from nowhere")
    func firstNetwork() async throws {
        let laptop = try await house.issue(to: alice).appPassword
        _ = try await told()
        try await house.audit.append([signIn(laptop, from: nil)])
        #expect(try await told().map(\.kind) == [.appPasswordFirstUsed])
        try await house.audit.append([signIn(laptop)])
        #expect(try await told() == [])
    }

    @Test("a set-up is one mail also where the log is read in parts that cut it")
    func setUpInParts() async throws {
        try await house.audit.append(
            (1..<AlertGathering.batch).map { _ in signIn(nil, refusal: .mistyped) }
                + [portal(.setupLinkUsed), portal(.portalPasswordSet), portal(.totpRemoved)])
        #expect(try await told().map(\.kind) == [.recoveryUsed])
    }

    @Test("who has a secret and many networks makes some mails a day, and keeps no other from being told")
    func flood() async throws {
        let laptop = try await house.issue(to: alice).appPassword
        try await house.audit.append([signIn(laptop)])
        _ = try await told()
        try await house.audit.append((0..<60).map { signIn(laptop, from: "10.0.\($0).1") })
        try await house.audit.append([portal(.passkeyAdded)])
        let alerts = try await told()
        #expect(alerts.count { $0.kind == .appPasswordNewNetwork } == AlertRule.manyNetworks)
        #expect(alerts.count { $0.kind == .methodAdded } == 1)
        house.clock.advance(by: .days(1))
        try await house.audit.append([signIn(laptop, from: "10.1.0.1")])
        #expect(try await told().count == 1, "a new day")
    }

    @Test("an alert of a kind that only a later version knows waits for it, and holds up no other")
    func unknownKind() async throws {
        _ = try await house.issue(to: alice)
        _ = try await queue.gather(at: house.clock.now)
        try await house.database.transaction { connection in
            _ = try connection.execute("UPDATE alert SET kind = 'from-the-future'", [])
        }
        _ = try await house.issue(to: alice, name: "Known")
        #expect(try await told().map(\.name) == ["Known"])
        #expect(try await house.database.read { try $0.query("SELECT 1 FROM alert").count } == 1)
    }

    @Test("networks are remembered up to a number")
    func manyNetworks() async throws {
        let laptop = try await house.issue(to: alice).appPassword
        for number in 0..<(AlertRule.maximumPlaces + 50) {
            try await house.audit.append([signIn(laptop, from: "10.\(number / 250).\(number % 250).1")])
        }
        _ = try await told()
        let kept = try await house.database.read { try $0.query("SELECT COUNT(*) FROM alert_known").first?.integer(0) }
        #expect(kept == Int64(AlertRule.maximumPlaces))
    }

    @Test("an ended secret that is still tried is told once a day for each app password")
    func endedSecret() async throws {
        let phones = [try await house.issue(to: alice).appPassword, try await house.issue(to: alice).appPassword]
        _ = try await told()
        try await house.audit.append([
            signIn(phones[0], refusal: .revoked), signIn(phones[0], refusal: .revoked),
            signIn(phones[1], refusal: .expired),
        ])
        let first = try await told()
        #expect(first.map(\.kind) == [.endedSecretTried, .endedSecretTried])
        #expect(Set(first.map(\.count)) == [1, 2])
        house.clock.advance(by: .seconds(23 * 3_600))
        try await house.audit.append([signIn(phones[0], refusal: .revoked)])
        #expect(try await told() == [])
        house.clock.advance(by: .seconds(2 * 3_600))
        try await house.audit.append([signIn(phones[0], refusal: .revoked)])
        #expect(try await told().count == 1)
    }

    @Test("many wrong guesses, at doors and at the portal, are one mail a day; slips of the finger are none")
    func guesses() async throws {
        try await house.audit.append((0..<100).map { _ in signIn(nil, refusal: .mistyped) })
        try await house.audit.append((0..<19).map { _ in signIn(nil, refusal: .unknown) })
        #expect(try await told() == [])
        try await house.audit.append([portal(.portalSignInFailed, refusal: .unknown)])
        let alert = try #require(try await told().first)
        #expect(alert.kind == .wrongGuesses && alert.count == 20)
        try await house.audit.append((0..<500).map { _ in signIn(nil, refusal: .throttled) })
        #expect(try await told() == [])
        house.clock.advance(by: .days(1))
        try await house.audit.append((0..<19).map { _ in signIn(nil, refusal: .unknown) })
        #expect(try await told() == [], "a new day counts from nothing")
        try await house.audit.append([signIn(nil, refusal: .unknown)])
        #expect(try await told().count == 1)
    }

    @Test("a portal sign-in is told if the browser or its network is new, but the first of all, and half ones, are not")
    func browsers() async throws {
        let password = "password accepted, second factor wanted"
        try await house.audit.append([portal(.portalSignIn, detail: password), portal(.portalSignIn, detail: "code")])
        #expect(try await told() == [])
        try await house.audit.append([
            portal(.portalSignIn, agent: "Firefox/2 Linux"), portal(.portalStepUp, from: "203.0.113.1"),
        ])
        #expect(try await told() == [], "an update is no new browser")
        try await house.audit.append([portal(.portalSignIn, from: "203.0.113.1", detail: password)])
        #expect(try await told() == [], "nobody is in yet")
        try await house.audit.append([portal(.portalSignIn, from: "203.0.113.1"), portal(.portalSignIn, agent: "curl")])
        #expect(try await told().map(\.kind) == [.newBrowser, .newBrowser])
    }

    @Test("an expiry is told 14 and 3 days before, once each, and not of what was made for so short a time")
    func expiring() async throws {
        let long = try await house.issue(to: alice, name: "Long", lifetime: .days(90)).appPassword
        _ = try await house.issue(to: alice, name: "Short", lifetime: .days(2))
        _ = try await house.issue(to: alice, name: "Ever")
        _ = try await told()
        func expiring() async throws -> [Alert] {
            while try await queue.gatherExpiring(at: house.clock.now) {}
            return try await told()
        }
        #expect(try await expiring() == [])
        house.clock.advance(by: .days(76))
        let alert = try #require(try await expiring().first)
        #expect(alert.kind == .appPasswordExpiring && alert.name == "Long" && alert.expires == long.expires)
        #expect(try await expiring() == [])
        house.clock.advance(by: .days(11))
        #expect(try await expiring().count == 1)
        house.clock.advance(by: .days(2))
        #expect(try await expiring() == [])
        house.clock.advance(by: .days(2))
        #expect(try await expiring() == [], "it has expired")
    }

    @Test("an expiry is not told again because of many networks")
    func expiringAndNetworks() async throws {
        let laptop = try await house.issue(to: alice, lifetime: .days(90)).appPassword
        house.clock.advance(by: .days(77))
        _ = try await queue.gatherExpiring(at: house.clock.now)
        #expect(try await told().contains { $0.kind == .appPasswordExpiring })
        house.clock.advance(by: .seconds(1))
        try await house.audit.append(
            (0..<(AlertRule.maximumPlaces + 50)).map { signIn(laptop, from: "10.\($0 / 250).\($0 % 250).1") })
        _ = try await told()
        _ = try await queue.gatherExpiring(at: house.clock.now)
        #expect(try await told() == [])
    }

    @Test("after a long stop the nearest stage alone is told, and one that was revoked is not")
    func lateExpiry() async throws {
        _ = try await house.issue(to: alice, name: "One", lifetime: .days(90))
        let two = try await house.issue(to: alice, name: "Two", lifetime: .days(90)).appPassword
        #expect(try await house.issuer.revoke(two, actor: .system, at: house.clock.now))
        _ = try await told()
        house.clock.advance(by: .days(88))
        for expected in [["One"], []] {
            _ = try await queue.gatherExpiring(at: house.clock.now)
            #expect(try await told().map(\.name) == expected)
        }
    }

    @Test("what is turned off is not told, what cannot be is, and a choice is one event of the log")
    func choice() async throws {
        let event = portal(.alertsChanged)
        #expect(try await choices.turnOff([.appPasswordFirstUsed, .appPasswordCreated], of: alice.id, event: event))
        #expect(try await choices.turnedOff(of: alice.id) == [.appPasswordFirstUsed])
        #expect(try await !choices.turnOff([.appPasswordFirstUsed], of: alice.id, event: event), "nothing changed")
        let laptop = try await house.issue(to: alice).appPassword
        try await house.audit.append([signIn(laptop)])
        #expect(Set(try await told().map(\.kind)) == [.alertsChanged, .appPasswordCreated])
    }

    @Test("what happened more than three days ago is not told any more")
    func stale() async throws {
        _ = try await house.issue(to: alice)
        house.clock.advance(by: .days(4))
        #expect(try await told() == [])
    }

    @Test("a postponed alert waits for its time and counts its tries; a restart changes nothing")
    func postponed() async throws {
        _ = try await house.issue(to: alice)
        _ = try await queue.gather(at: house.clock.now)
        let alert = try #require(try await queue.due(at: house.clock.now, limit: 1).first)
        try await queue.postpone(alert.id, until: house.clock.now + .seconds(60))
        let reopened = SQLAlertQueue(try await Installation(directory: house.directory).database)
        #expect(try await reopened.due(at: house.clock.now, limit: 10) == [])
        let again = try #require(try await reopened.due(at: house.clock.now + .seconds(60), limit: 10).first)
        #expect(again.id == alert.id && again.attempts == 1)
    }

    @Test("a deleted account leaves nothing behind but its events")
    func deleted() async throws {
        let laptop = try await house.issue(to: alice).appPassword
        try await house.audit.append(
            [signIn(laptop), portal(.portalSignIn)] + (0..<20).map { _ in signIn(nil, refusal: .unknown) })
        _ = try await told()
        _ = try await choices.turnOff([.wrongGuesses], of: alice.id, event: portal(.alertsChanged))
        try await house.accounts.delete(alice.id, event: house.event(.accountDeleted, alice.id))
        #expect(try await told() == [])
        for table in ["alert_known", "alert_tally", "alert_off", "alert"] {
            let rows = try await house.database.read { try $0.query("SELECT 1 FROM \(table)").count }
            #expect(rows == 0, "\(table)")
        }
    }

    @Test("a log longer than a part is read in parts, and all of it")
    func parts() async throws {
        let laptop = try await house.issue(to: alice).appPassword
        _ = try await told()
        try await house.audit.append((0..<Int(AlertGathering.batch)).map { _ in signIn(laptop) })
        _ = try await house.issue(to: alice, name: "Behind all that")
        #expect(try await queue.gather(at: house.clock.now), "there is more")
        #expect(Set(try await told().map(\.kind)) == [.appPasswordFirstUsed, .appPasswordCreated])
    }

    @Test("an event that cannot be read keeps no other from being told")
    func damaged() async throws {
        _ = try await house.issue(to: alice, name: "Damaged")
        try await house.database.transaction { connection in
            _ = try connection.execute(
                "UPDATE audit_event SET actor = 'nonsense' WHERE seq = (SELECT MAX(seq) FROM audit_event)")
        }
        _ = try await house.issue(to: alice, name: "Whole")
        #expect(try await told().map(\.name) == ["Whole"])
    }
}
