import Keyring
import LatchkeyCore
import LatchkeyTesting
import Storage
import TOTP
import Testing
import WebAuthn

@testable import Accounts

@Suite("A first password")
struct FirstPasswordTests {
    private static let chosen = Secret("copper-teapot-ferry")
    private let site = KeyDevice.site

    /// Somebody with a passkey and nothing else, signed in a moment ago.
    private func passwordless(_ house: House) async throws -> (session: Session, device: KeyDevice) {
        let person = try await house.addPerson()
        let device = KeyDevice()
        let ceremony = try await house.credentials.beginKey(.passkey, at: site, in: person.session)
        guard
            case .enrolled(_, let session, _) = try await house.credentials.addKey(
                try device.create(ceremony), .passkey, at: site, in: person.session, from: House.home)
        else { throw CancellationError() }
        for method in [RemovableMethod.password, .totp] {
            #expect(try await house.credentials.remove(method, in: session, from: House.home) == .removed)
        }
        return (session, device)
    }

    private func add(_ password: Secret = chosen, in session: Session, of house: House) async throws
        -> PasswordAddition
    {
        try await house.credentials.addPassword(password, in: session, from: House.home)
    }

    @Test("it is added beside a passkey, a second step follows it, and it can go again")
    func added() async throws {
        let house = try await House()
        let (session, device) = try await passwordless(house)
        let id = session.account
        #expect(try await house.credentials.ways(of: id).mayAddPassword)
        #expect(try await house.signIn("alice@example.com", Self.chosen).word == "refused")
        #expect(try await add(in: session, of: house) == .added)
        #expect(try await house.events(of: id).last == "portal.password-added")
        #expect(try await house.access.sessions(of: id).map(\.id).contains(session.id))

        let half = try #require(try await house.signIn("alice@example.com", Self.chosen).started).session
        #expect(half.stage == .secondFactor, "the password alone opens nothing")
        let ceremony = try #require(try await house.access.keyConfirmation(in: half, at: site))
        let whole = try await house.access.confirm(try device.get(ceremony), at: site, in: half, from: House.home)
        #expect(whole.confirmed?.session.methods == [.password, .passkey])

        let ways = try await house.credentials.ways(of: id)
        #expect(ways.passwordSet != nil && !ways.mayAddPassword && ways.suffices(without: .password))
        #expect(try await house.credentials.remove(.password, in: session, from: House.home) == .removed)
        #expect(try await house.credentials.ways(of: id).mayAddPassword)
    }

    @Test("what only follows a password can be added with it: an authenticator app, and a security key")
    func companions() async throws {
        let house = try await House()
        let (session, _) = try await passwordless(house)
        #expect(try await add(in: session, of: house) == .added)
        let totp = try await house.begin(in: session)
        let enrolled = try await house.credentials.confirmTOTP(
            code: totp.code(at: house.clock.now.seconds), in: session, from: House.home)
        let now = try #require(enrolled.confirmed).session
        let key = KeyDevice(number: 2)
        let ceremony = try await house.credentials.beginKey(.securityKey, at: site, in: now)
        guard
            case .enrolled = try await house.credentials.addKey(
                try key.create(ceremony), .securityKey, at: site, in: now, from: House.home)
        else {
            Issue.record("no security key")
            return
        }
        house.clock.advance(by: .seconds(30))
        for way in ["code", "key"] {
            let half = try #require(try await house.signIn("alice@example.com", Self.chosen).started).session
            let outcome =
                if way == "code" {
                    try await house.access.confirm(
                        code: totp.code(at: house.clock.now.seconds), in: half, from: House.home)
                } else {
                    try await house.access.confirm(
                        try key.get(try #require(try await house.access.keyConfirmation(in: half, at: site))),
                        at: site, in: half, from: House.home)
                }
            #expect(outcome.confirmed?.session.stage == .signedIn, "\(way)")
        }
    }

    @Test("it takes a fresh sign-in in a session that has not ended, and a password that will do")
    func conditions() async throws {
        let house = try await House()
        let (session, _) = try await passwordless(house)
        let id = session.account
        await #expect(throws: InvalidInput.self) { _ = try await add(Secret("Password2026"), in: session, of: house) }
        await #expect(throws: InvalidInput.self) { _ = try await add(Secret("alice liddell"), in: session, of: house) }
        var half = session
        half.stage = .enrolment
        await #expect(throws: StepUpRequired.self) { _ = try await add(in: half, of: house) }
        house.clock.advance(by: SessionTimes().freshness + .seconds(1))
        await #expect(throws: StepUpRequired.self) { _ = try await add(in: session, of: house) }

        // Fresh, but ended from another browser while the password was hashed.
        var ended = session
        ended.strongAt = house.clock.now
        let event = AuditEvent(time: house.clock.now, action: .sessionsEnded, actor: .system, account: id)
        #expect(try await house.sessions.delete(session.id, of: id, event: event))
        #expect(try await add(in: ended, of: house) == .ended)
        #expect(try await house.passwords.password(of: id) == nil)
        #expect(try await !house.events(of: id).contains("portal.password-added"))
    }

    @Test("there is one already: it stays as it is")
    func exists() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        #expect(try await add(in: alice.session, of: house) == .exists)
        #expect(try await house.signIn().word == "second-factor")
        #expect(try await house.signIn("alice@example.com", Self.chosen).word == "refused")
    }

    @Test("of many that are added at once one stays, and the log tells of one")
    func race() async throws {
        let house = try await House()
        let (session, _) = try await passwordless(house)
        let credentials = house.credentials
        let passwords = (0..<12).map { "copper-teapot-ferry \($0)" }
        let outcomes = try await withThrowingTaskGroup(of: (String, PasswordAddition).self) { group in
            for password in passwords {
                group.addTask {
                    (password, try await credentials.addPassword(Secret(password), in: session, from: House.home))
                }
            }
            return try await group.reduce(into: [(String, PasswordAddition)]()) { $0.append($1) }
        }
        let added = outcomes.filter { $0.1 == .added }.map(\.0)
        #expect(added.count == 1 && outcomes.count { $0.1 == .exists } == passwords.count - 1)
        #expect(try await house.events(of: session.account).count { $0 == "portal.password-added" } == 1)
        let winner = Secret(try #require(added.first))
        #expect(try await house.signIn("alice@example.com", winner).word == "second-factor")
    }

    /// Removed just before the password is written: that the last passkey cannot go while there is nothing else is another test's.
    @Test("without a passkey none is added, also where it went in the last moment")
    func noPasskey() async throws {
        let house = try await House()
        let (session, _) = try await passwordless(house)
        try await house.database.transaction { connection in
            _ = try connection.execute("DELETE FROM webauthn_credential", [])
        }
        #expect(try await add(in: session, of: house) == .noPasskey)
        let stored = StoredPassword(hash: try await house.hasher.hash(Self.chosen), set: house.clock.now)
        let event = AuditEvent(time: house.clock.now, action: .portalPasswordAdded, actor: .system)
        #expect(try await house.passwords.add(stored, in: session, event: event) == .noPasskey)
        #expect(try await house.passwords.password(of: session.account) == nil)
    }

    @Test("who signs in through a provider adds a passkey before they can add a password")
    func singleSignOn() async throws {
        let house = try await SignOnHouse()
        let session = try #require(try await house.signIn().session)
        #expect(session.isFresh(at: house.house.clock.now))
        #expect(try await add(in: session, of: house.house) == .noPasskey)
        let ceremony = try await house.house.credentials.beginKey(.passkey, at: site, in: session)
        guard
            case .enrolled(_, let now, _) = try await house.house.credentials.addKey(
                try KeyDevice().create(ceremony), .passkey, at: site, in: session, from: House.home)
        else {
            Issue.record("no passkey")
            return
        }
        #expect(try await add(in: now, of: house.house) == .added)
        let half = try #require(try await house.house.signIn("alice@example.com", Self.chosen).started).session
        #expect(half.stage == .secondFactor)
    }
}
