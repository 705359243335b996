import LatchkeyCore
import LatchkeyTesting
import Storage
import TOTP
import Testing
import WebAuthn

@testable import Accounts

struct KeyTests {
    private let site = KeyDevice.site

    private func enrol(
        _ device: KeyDevice, _ kind: WebAuthnCredential.Kind = .passkey, of person: Person, in house: House
    ) async throws -> WebAuthnCredential {
        let ceremony = try await house.credentials.beginKey(kind, at: site, in: person.session)
        let outcome = try await house.credentials.addKey(
            try device.create(ceremony), kind, at: site, in: person.session, from: House.home)
        guard case .enrolled(_, _, let credential) = outcome else {
            Issue.record("not enrolled: \(outcome)")
            throw CancellationError()
        }
        return credential
    }

    private func signIn(_ device: KeyDevice, in house: House) async throws -> SignInOutcome {
        let answer = try device.get(try house.access.passkeySignIn(at: site))
        return try await house.access.signIn(with: answer, at: site, from: House.elsewhere)
    }

    @Test("a passkey signs in by itself, and the session knows how")
    func passkey() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        let device = KeyDevice()
        let added = try await enrol(device, of: alice, in: house)
        #expect(added.name == "Passkey" && added.kind == .passkey)
        let (token, session) = try #require(try await signIn(device, in: house).started)
        #expect(session.stage == .signedIn && session.methods == [.passkey] && session.isFresh(at: house.clock.now))
        let kept = try #require(try await house.access.session(bearing: token, from: House.elsewhere))
        #expect(kept.methods == [.passkey] && kept.assurance == .phishingResistant)
        let used = try #require(try await house.credentials.keys(of: alice.account.id).first)
        #expect(used.stored.signCount == 1 && used.lastUse == house.clock.now)
        #expect(try await house.events(of: alice.account.id).suffix(2) == ["portal.passkey-added", "portal.sign-in"])
    }

    @Test("an answer that was not asked for here and now opens nothing")
    func challenges() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        let device = KeyDevice()
        _ = try await enrol(device, of: alice, in: house)
        // For another purpose.
        let confirmation = try #require(try await house.access.keyConfirmation(in: alice.session, at: site))
        #expect(
            try await house.access.signIn(with: device.get(confirmation), at: site, from: House.home).word == "refused")
        // Made up, and cut short.
        for challenge in ["", "AAAA", String(repeating: "A", count: 75), String(confirmation.challenge.dropLast())] {
            let ceremony = Ceremony(options: "{}", challenge: challenge)
            #expect(
                try await house.access.signIn(with: device.get(ceremony), at: site, from: House.home).word == "refused")
        }
        // Too late.
        let late = try device.get(try house.access.passkeySignIn(at: site))
        house.clock.advance(by: .seconds(301))
        #expect(try await house.access.signIn(with: late, at: site, from: House.home).word == "refused")
        // For another site.
        let elsewhere = RelyingParty(id: "evil.example", name: "", origins: ["https://evil.example"])
        let answer = try device.get(try house.access.passkeySignIn(at: elsewhere))
        #expect(try await house.access.signIn(with: answer, at: elsewhere, from: House.home).word == "refused")
        #expect(try await signIn(device, in: house).word == "signed-in")
    }

    @Test("of a hundred uses of one answer at once, one signs in")
    func replay() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        let device = KeyDevice()
        _ = try await enrol(device, of: alice, in: house)
        let answer = try device.get(try house.access.passkeySignIn(at: site))
        let access = house.access
        let site = site
        let words = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<100 {
                group.addTask { try await access.signIn(with: answer, at: site, from: House.home).word }
            }
            return try await group.reduce(into: [String]()) { $0.append($1) }
        }
        #expect(words.count { $0 == "signed-in" } == 1)
        #expect(words.count { $0 == "refused" || $0 == "throttled" } == 99)
    }

    @Test("wrong answers for a key are slowed, and answers for nobody's key leave no line in the log")
    func limits() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        let device = KeyDevice()
        _ = try await enrol(device, of: alice, in: house)
        let before = try await house.events(of: alice.account.id).count
        let strange = KeyDevice(number: 77)
        for _ in 0..<50 { #expect(try await signIn(strange, in: house).word == "refused") }
        #expect(try await house.events(of: nil).isEmpty)
        // A copy of her key, whose counter never grows.
        device.signCount = 0
        device.isVerified = false
        var words: [String] = []
        for _ in 0..<50 {
            let answer = try device.get(try house.access.passkeySignIn(at: site))
            words.append(try await house.access.signIn(with: answer, at: site, from: House.elsewhere).word)
        }
        #expect(words.prefix(10).allSatisfy { $0 == "refused" } && words.suffix(40).allSatisfy { $0 == "throttled" })
        #expect(try await house.events(of: alice.account.id).count - before == 11)
        device.isVerified = true
        let answer = try device.get(try house.access.passkeySignIn(at: site))
        house.clock.advance(by: .seconds(3))
        #expect(try await house.access.signIn(with: answer, at: site, from: House.elsewhere).word == "signed-in")
    }

    @Test("a key whose counter goes back is taken for a copy")
    func clone() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        let device = KeyDevice()
        device.signCount = 5
        _ = try await enrol(device, of: alice, in: house)
        #expect(try await signIn(device, in: house).word == "signed-in")
        device.signCount = 3
        #expect(try await signIn(device, in: house).word == "refused")
        let ceremony = try #require(try await house.access.keyConfirmation(in: alice.session, at: site))
        device.signCount = 2
        let outcome = try await house.access.confirm(
            try device.get(ceremony), at: site, in: alice.session, from: House.home)
        #expect(outcome.word == "wrong")
        let events = try await house.audit.entries(
            matching: AuditFilter(account: alice.account.id, action: .keyCopySuspected), limit: 10)
        #expect(events.map(\.event.detail) == ["Passkey", "Passkey"])
        // The same answer once more, from a form that was sent twice, is no sign of one.
        device.signCount = 9
        let answer = try device.get(try house.access.passkeySignIn(at: site))
        for word in ["signed-in", "refused"] {
            #expect(try await house.access.signIn(with: answer, at: site, from: House.elsewhere).word == word)
        }
        #expect(try await house.events(of: alice.account.id).last == "portal.sign-in-failed (unknown)")
        // A wrong signature, which anybody can send, is no sign of a copy.
        let other = KeyDevice()
        other.signCount = 1
        #expect(try await signIn(other, in: house).word == "refused")
        #expect(try await house.events(of: alice.account.id).last == "portal.sign-in-failed (unknown)")
    }

    @Test("a passkey that was not unlocked, and a security key, sign nobody in by themselves")
    func oneFactor() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        let passkey = KeyDevice(number: 1)
        let securityKey = KeyDevice(number: 2)
        _ = try await enrol(passkey, of: alice, in: house)
        #expect(try await enrol(securityKey, .securityKey, of: alice, in: house).name == "Security key")
        passkey.isVerified = false
        #expect(try await signIn(passkey, in: house).word == "refused")
        #expect(try await signIn(securityKey, in: house).word == "refused")
    }

    @Test("a touch is enough after the password, and a passkey is unlocked for a fresh sign-in")
    func confirmations() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        let device = KeyDevice()
        _ = try await enrol(device, of: alice, in: house)
        device.isVerified = false
        let half = try #require(try await house.signIn().started)
        #expect(half.session.stage == .secondFactor)
        let second = try #require(try await house.access.keyConfirmation(in: half.session, at: site))
        let outcome = try await house.access.confirm(
            try device.get(second), at: site, in: half.session, from: House.home)
        let whole = try #require(outcome.confirmed).session
        #expect(whole.methods == [.password, .passkey])
        house.clock.advance(by: SessionTimes().freshness + .seconds(1))
        let again = try #require(try await house.access.keyConfirmation(in: whole, at: site))
        #expect(
            try await house.access.confirm(try device.get(again), at: site, in: whole, from: House.home).confirmed
                == nil)
        device.isVerified = true
        let third = try #require(try await house.access.keyConfirmation(in: whole, at: site))
        let fresh = try #require(
            try await house.access.confirm(try device.get(third), at: site, in: whole, from: House.home).confirmed)
        #expect(fresh.session.isFresh(at: house.clock.now))
    }

    @Test("nobody confirms with somebody else's key")
    func foreignKey() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        let mallory = try await house.addPerson("mallory@example.com")
        let hers = KeyDevice(number: 1)
        let his = KeyDevice(number: 2)
        _ = try await enrol(hers, of: alice, in: house)
        _ = try await enrol(his, of: mallory, in: house)
        let ceremony = try #require(try await house.access.keyConfirmation(in: alice.session, at: site))
        #expect(
            try await house.access.confirm(try his.get(ceremony), at: site, in: alice.session, from: House.home)
                .confirmed == nil)
        // And a key that is hers is nobody else's.
        let registration = try await house.credentials.beginKey(.passkey, at: site, in: mallory.session)
        guard
            case .taken = try await house.credentials.addKey(
                try hers.create(registration), .passkey, at: site, in: mallory.session, from: House.home)
        else {
            Issue.record("registered twice")
            return
        }
    }

    @Test("a password alone adds no key to an account that has a strong way already")
    func thief() async throws {
        let house = try await House()
        let alice = try await house.addAccount()
        let link = try await house.links.issue(for: alice.id, actor: .system)
        let setup = try #require(
            try await house.links.accept(token: link, password: House.password, from: House.home))
        let thief = try #require(try await house.signIn().started)
        #expect(thief.session.stage == .enrolment)
        let ceremony = try await house.credentials.beginKey(.passkey, at: site, in: thief.session)
        let totp = try await house.begin(in: setup.session)
        _ = try await house.credentials.confirmTOTP(
            code: totp.code(at: house.clock.now.seconds), in: setup.session, from: House.home)
        await #expect(throws: StepUpRequired.self) {
            _ = try await house.credentials.addKey(
                try KeyDevice().create(ceremony), .passkey, at: site, in: thief.session, from: House.elsewhere)
        }
        #expect(try await house.credentials.keys(of: alice.id).isEmpty)
    }

    @Test("who sets up an account without a password needs a passkey, and nothing less will do")
    func passwordless() async throws {
        let house = try await House()
        let alice = try await house.addAccount()
        let link = try await house.links.issue(for: alice.id, actor: .system)
        let setup = try #require(try await house.links.accept(token: link, password: nil, from: House.home))
        let totp = try await house.begin(in: setup.session)
        let code = totp.code(at: house.clock.now.seconds)
        #expect(
            try await house.credentials.confirmTOTP(code: code, in: setup.session, from: House.home).confirmed == nil)
        let weak = try await house.credentials.beginKey(.securityKey, at: site, in: setup.session)
        guard
            case .refused = try await house.credentials.addKey(
                try KeyDevice(number: 3).create(weak), .securityKey, at: site, in: setup.session, from: House.home)
        else {
            Issue.record("a security key alone was enough")
            return
        }
        let device = KeyDevice()
        let ceremony = try await house.credentials.beginKey(.passkey, at: site, in: setup.session)
        guard
            case .enrolled(_, let session, _) = try await house.credentials.addKey(
                try device.create(ceremony), .passkey, at: site, in: setup.session, from: House.home)
        else {
            Issue.record("not enrolled")
            return
        }
        #expect(session.stage == .signedIn && session.methods == [.setupLink, .passkey])
        #expect(try await signIn(device, in: house).word == "signed-in")
        #expect(try await house.signIn().word == "refused")
    }

    @Test("a setup link ends every key that there was, and says so")
    func setupLink() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        let device = KeyDevice()
        _ = try await enrol(device, of: alice, in: house)
        let link = try await house.links.issue(for: alice.account.id, actor: .system)
        _ = try await house.links.accept(token: link, password: House.password, from: House.home)
        #expect(try await house.credentials.keys(of: alice.account.id).isEmpty)
        #expect(try await signIn(device, in: house).word == "refused")
        #expect(try await house.events(of: alice.account.id).contains("portal.passkey-removed"))
    }

    @Test("a disabled account's passkey opens nothing")
    func disabled() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        let device = KeyDevice()
        _ = try await enrol(device, of: alice, in: house)
        var account = alice.account
        account.disabled = house.clock.now
        try await house.accounts.update(
            account,
            event: AuditEvent(
                time: house.clock.now, action: .accountDisabled, actor: .system, account: account.id))
        #expect(try await signIn(device, in: house).word == "refused")
    }
}

struct RemovalTests {
    private let site = KeyDevice.site

    /// An account with these ways, made at one stroke.
    private func person(
        _ house: House, passkey: Bool, securityKey: Bool, password: Bool, totp: Bool
    ) async throws -> Person {
        let person = try await house.addPerson()
        for (wanted, kind, number) in [
            (passkey, WebAuthnCredential.Kind.passkey, UInt8(1)), (securityKey, .securityKey, 2),
        ] where wanted {
            let ceremony = try await house.credentials.beginKey(kind, at: site, in: person.session)
            _ = try await house.credentials.addKey(
                try KeyDevice(number: number).create(ceremony), kind, at: site, in: person.session, from: House.home)
        }
        try await house.database.transaction { connection in
            if !password { try connection.execute("DELETE FROM portal_password", []) }
            if !totp { try connection.execute("DELETE FROM totp", []) }
        }
        return person
    }

    @Test("what can be removed is what one could still sign in without", arguments: 0..<16)
    func lastWay(combination: Int) async throws {
        func has(_ bit: Int) -> Bool { combination >> bit & 1 == 1 }
        for (bit, _) in ["passkey", "security key", "password", "totp"].enumerated() where has(bit) {
            let house = try await House()
            let alice = try await person(
                house, passkey: has(0), securityKey: has(1), password: has(2), totp: has(3))
            let ways = try await house.credentials.ways(of: alice.account.id)
            let method: RemovableMethod =
                switch bit {
                case 0: .credential(try #require(ways.keys.first { $0.kind == .passkey }).id)
                case 1: .credential(try #require(ways.keys.first { $0.kind == .securityKey }).id)
                case 2: .password
                default: .totp
                }
            let left = (0..<4).map { $0 != bit && has($0) }
            let canSignIn = left[0] || left[2] && (left[1] || left[3])
            #expect(ways.suffices(without: method) == canSignIn)
            let removal = try await house.credentials.remove(method, in: alice.session, from: House.home)
            #expect(removal == (canSignIn ? .removed : .lastWay))
            #expect(
                try await house.credentials.remove(method, in: alice.session, from: House.home)
                    == (canSignIn ? .gone : .lastWay))
        }
    }

    @Test("of two last passkeys that are removed at once, one stays")
    func race() async throws {
        for _ in 0..<10 {
            let house = try await House()
            let alice = try await person(house, passkey: true, securityKey: false, password: false, totp: false)
            let ceremony = try await house.credentials.beginKey(.passkey, at: site, in: alice.session)
            _ = try await house.credentials.addKey(
                try KeyDevice(number: 9).create(ceremony), .passkey, at: site, in: alice.session, from: House.home)
            let keys = try await house.credentials.keys(of: alice.account.id)
            #expect(keys.count == 2)
            let credentials = house.credentials
            let removals = try await withThrowingTaskGroup(of: Removal.self) { group in
                for key in keys {
                    group.addTask {
                        try await credentials.remove(.credential(key.id), in: alice.session, from: House.home)
                    }
                }
                return try await group.reduce(into: [Removal]()) { $0.append($1) }
            }
            #expect(Set(removals) == [.removed, .lastWay])
            #expect(try await house.credentials.keys(of: alice.account.id).count == 1)
        }
    }

    @Test("a removal ends the other sessions, and needs a fresh sign-in")
    func sessions() async throws {
        let house = try await House()
        let alice = try await person(house, passkey: true, securityKey: false, password: true, totp: true)
        let other = try #require(try await house.signIn().started)
        #expect(try await house.credentials.remove(.totp, in: alice.session, from: House.home) == .removed)
        #expect(try await house.access.session(bearing: other.token, from: House.home) == nil)
        house.clock.advance(by: SessionTimes().freshness + .seconds(60))
        await #expect(throws: StepUpRequired.self) {
            _ = try await house.credentials.remove(.password, in: alice.session, from: House.home)
        }
    }
}
