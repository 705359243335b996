import Keyring
import LatchkeyCore
import LatchkeyTesting
import Synchronization
import TOTP
import Testing

@testable import Accounts
@testable import Storage

/// Takes codes as a mailbox does, unless it is told to fail.
private final class Mailbox: CodePost {
    private let mails = Mutex<[CodeMail]>([])
    private let isAway = Mutex(false)

    func send(_ mail: CodeMail) async throws(CodeNotSent) {
        guard !isAway.withLock({ $0 }) else { throw CodeNotSent() }
        mails.withLock { $0.append(mail) }
    }

    var all: [CodeMail] { mails.withLock { $0 } }
    /// The latest, as somebody types it.
    var code: String { all.last?.code.reveal() ?? "" }
    func goAway(_ away: Bool = true) { isAway.withLock { $0 = away } }
}

extension House {
    fileprivate static func mailing() async throws -> (House, Mailbox, CodesByMail) {
        let house = try await House()
        let post = Mailbox()
        return (house, post, house.codesByMail(post))
    }

    fileprivate var mailingFactors: SQLSecondFactors { SQLSecondFactors(database, mailsCodes: true) }

    fileprivate func codesByMail(_ post: Mailbox, isOn: Bool = true) -> CodesByMail {
        let factors = isOn ? mailingFactors : self.factors
        let access = PortalAccess(
            accounts: accounts, passwords: passwords, factors: factors, keys: SQLWebAuthnCredentials(database),
            sessions: sessions, audit: audit, hasher: hasher, keyring: keyring, limits: limits,
            defaultDomain: "example.com", now: { [clock] in clock.now })
        return CodesByMail(
            access: access, credentials: mailingCredentials, mailboxes: SQLCodeMailboxes(database), post: post)
    }

    fileprivate var mailingCredentials: PortalCredentials {
        PortalCredentials(
            accounts: accounts, passwords: passwords, factors: mailingFactors, keys: SQLWebAuthnCredentials(database),
            sessions: sessions, audit: audit, hasher: hasher, keyring: keyring, limits: limits, issuer: "Latchkey",
            now: { [clock] in clock.now })
    }

    /// Somebody who set up their account with codes by mail.
    fileprivate func addMailPerson(_ post: Mailbox) async throws -> (account: Account, session: Session) {
        let account = try await addAccount()
        let link = try await links.issue(for: account.id, actor: .system)
        let setup = try #require(try await links.accept(token: link, password: Self.password, from: Self.home))
        let codes = codesByMail(post)
        #expect(try await codes.begin("alice@private.example", in: setup.session, from: Self.home) == .sent)
        let outcome = try await codes.enrol(
            "alice@private.example", code: post.code, in: setup.session, from: Self.home)
        return (account, try #require(outcome.confirmed).session)
    }

    /// Eight digits that were not mailed.
    fileprivate func wrongCode(_ post: Mailbox) -> String {
        let sent = Set(post.all.map { $0.code.reveal()?.filter { $0 != " " } })
        return ["00000000", "00000001", "00000002"].first { !sent.contains($0) } ?? ""
    }
}

struct CodesByMailTests {
    @Test("somebody without a phone sets up codes by mail, signs in with one, and confirms with one")
    func whole() async throws {
        let (house, post, codes) = try await House.mailing()
        let alice = try await house.addMailPerson(post)
        #expect(alice.session.stage == .signedIn && alice.session.methods == [.setupLink, .mailedCode])
        #expect(alice.session.assurance == .singleFactor, "e-mail makes nobody surer")
        let ways = try await house.mailingCredentials.ways(of: alice.account.id)
        #expect(ways.mailbox?.address.text == "alice@private.example" && ways.hasSecondFactor)
        #expect(ways.mailbox?.masked == "a•••@private.example")
        #expect(
            try await house.events(of: alice.account.id).suffix(3) == [
                "portal.mailed-code-asked", "portal.mailbox-enrolled", "portal.sign-in",
            ])

        let waiting = try await house.waiting()
        #expect(waiting.stage == .secondFactor)
        #expect(try await codes.send(in: waiting, from: House.home) == .sent)
        let mail = try #require(post.all.last)
        #expect(mail.recipient.text == "alice@private.example" && mail.login == alice.account.login)
        #expect(mail.address == House.home.address && mail.client == "Firefox")
        let (_, session) = try #require(
            try await codes.confirm(code: post.code, in: waiting, from: House.home).confirmed)
        #expect(session.stage == .signedIn && session.isFresh(at: house.clock.now))
        #expect(
            try await house.mailingCredentials.ways(of: alice.account.id).mailbox?.lastUse == house.clock.now)

        house.clock.advance(by: SessionTimes().freshness + .seconds(1))
        #expect(!session.isFresh(at: house.clock.now))
        #expect(try await codes.send(in: session, from: House.home) == .sent)
        let fresh = try await codes.confirm(code: post.code, in: session, from: House.home)
        #expect(fresh.confirmed?.session.isFresh(at: house.clock.now) == true)
        #expect(try await house.events(of: alice.account.id).last == "portal.step-up")
    }

    @Test("a code counts once, in the session that asked for it, for ten minutes")
    func limits() async throws {
        let (house, post, codes) = try await House.mailing()
        let alice = try await house.addMailPerson(post)
        let (mine, other) = (try await house.waiting(), try await house.waiting())
        #expect(try await codes.send(in: mine, from: House.home) == .sent)
        let code = post.code
        #expect(try await codes.confirm(code: code, in: other, from: House.home).word == "wrong")
        #expect(try await codes.confirm(code: code, in: alice.session, from: House.home).word == "wrong")
        #expect(try await codes.confirm(code: code, in: mine, from: House.home).word == "confirmed")
        #expect(try await codes.confirm(code: code, in: mine, from: House.home).word == "already used")

        #expect(try await codes.send(in: other, from: House.home) == .sent)
        house.clock.advance(by: CodesByMail.lifetime)
        // The session has ended by then as well; the code would not do in one that lives longer.
        #expect(try await codes.confirm(code: post.code, in: other, from: House.home).word == "wrong")
        let session = alice.session
        #expect(try await codes.send(in: session, from: House.home) == .sent)
        let first = post.code
        house.clock.advance(by: CodesByMail.lifetime + (.zero - .seconds(1)))
        #expect(try await codes.confirm(code: first, in: session, from: House.home).word == "confirmed")
    }

    @Test("of a hundred uses of one code at once, one succeeds, and of a hundred guesses at once five are judged")
    func crowd() async throws {
        let (house, post, codes) = try await House.mailing()
        _ = try await house.addMailPerson(post)
        let session = try await house.waiting()
        #expect(try await codes.send(in: session, from: House.home) == .sent)
        let code = post.code
        func words(_ codesToTry: [String], from origin: Origin) async throws -> [String] {
            try await withThrowingTaskGroup(of: String.self) { group in
                for code in codesToTry {
                    group.addTask { try await codes.confirm(code: code, in: session, from: origin).word }
                }
                return try await group.reduce(into: [String]()) { $0.append($1) }
            }
        }
        let guesses = (0..<101).map { String($0 + 10_000_000) }.filter { $0 != code.filter { $0 != " " } }
        let guessed = try await words(Array(guesses.prefix(100)), from: House.elsewhere)
        #expect(guessed.count { $0 == "wrong" } <= 5 && guessed.count { $0 == "throttled" } >= 95)
        let used = try await words(Array(repeating: code, count: 100), from: House.home)
        #expect(used.count { $0 == "confirmed" } == 1)
    }

    @Test("guesses of mailed codes and of the app's codes are counted together")
    func oneLimit() async throws {
        let (house, post, codes) = try await House.mailing()
        let alice = try await house.addPerson()
        #expect(try await codes.begin("a@private.example", in: alice.session, from: House.home) == .sent)
        _ = try await codes.enrol("a@private.example", code: post.code, in: alice.session, from: House.home)
        let session = try await house.waiting(from: House.elsewhere)
        for _ in 0..<5 {
            let outcome = try await codes.confirm(code: house.wrongCode(post), in: session, from: House.elsewhere)
            #expect(outcome.word == "wrong")
        }
        #expect(try await house.confirm(house.code(alice), in: session, from: House.elsewhere).word == "throttled")
        #expect(try await house.confirm(house.code(alice), in: house.waiting()).word == "confirmed", "not the owner")
    }

    @Test(
        "nobody's mailbox is filled: after five codes that do not come back there is a wait, and not for the owner at home"
    )
    func flood() async throws {
        let (house, post, codes) = try await House.mailing()
        _ = try await house.addMailPerson(post)
        let thief = try await house.waiting(from: House.elsewhere)
        let before = post.all.count
        for _ in 0..<5 { #expect(try await codes.send(in: thief, from: House.elsewhere) == .sent) }
        for _ in 0..<5 {
            let sending = try await codes.send(in: thief, from: House.elsewhere)
            #expect(sending == .throttled(until: house.clock.now + .seconds(120)))
        }
        #expect(post.all.count == before + 5)
        #expect(try await codes.send(in: house.waiting(), from: House.home) == .sent)
    }

    @Test(
        "no code goes to a mailbox that app passwords open",
        arguments: [
            "alice@example.com", "bob@EXAMPLE.com", "x@sub.example.com", "al@alias.example", "a@mail.alias.example",
            "a@xn--bcher-kva.example", "a@BÜCHER.example", "a@mail.bu\u{308}cher.example", "a@münchen.example",
        ])
    func guarded(address: String) async throws {
        let house = try await House()
        let post = Mailbox()
        let alice = try await house.addPerson(
            aliases: ["al@alias.example", "al@bücher.example", "al@xn--mnchen-3ya.example"])
        await #expect(throws: InvalidInput.self) {
            try await house.codesByMail(post).begin(address, in: alice.session, from: House.home)
        }
        #expect(post.all.isEmpty)
    }

    @Test("a domain that merely ends alike is another")
    func another() async throws {
        let house = try await House()
        let alice = try await house.addPerson(aliases: ["al@alias.example"])
        let codes = house.codesByMail(Mailbox())
        for address in ["a@myalias.example", "a@xn--bcher-kva.example"] {
            #expect(try await codes.begin(address, in: alice.session, from: House.home) == .sent)
        }
    }

    @Test(
        "what is no address is refused with what to do",
        arguments: ["", "alice", "alice@localhost", "a b@x.example", "a@x.example\r\nBcc: b@x.example"])
    func malformed(address: String) async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        await #expect(throws: InvalidInput.self) {
            try await house.codesByMail(Mailbox()).begin(address, in: alice.session, from: House.home)
        }
    }

    @Test("a domain that becomes one of ours gets no more codes")
    func becomesGuarded() async throws {
        let house = try await House()
        let post = Mailbox()
        _ = try await house.addMailPerson(post)
        _ = try await house.addAccount("bob@private.example")
        #expect(try await house.codesByMail(post).send(in: house.waiting(), from: House.home) == .noMailbox)
    }

    @Test("a first code is good for the address that it went to alone, and for the session that asked")
    func otherAddress() async throws {
        let (house, post, codes) = try await House.mailing()
        let alice = try await house.addPerson()
        #expect(try await codes.begin("mine@private.example", in: alice.session, from: House.home) == .sent)
        let outcome = try await codes.enrol(
            "theirs@private.example", code: post.code, in: alice.session, from: House.home)
        #expect(outcome.word == "wrong")
        #expect(try await house.mailingCredentials.ways(of: alice.account.id).mailbox == nil)
        // Nor does it sign in: it was for something else.
        #expect(try await codes.confirm(code: post.code, in: alice.session, from: House.home).word == "wrong")
    }

    @Test("a code that was mailed to the old mailbox counts no more once there is a new one")
    func changed() async throws {
        let (house, post, codes) = try await House.mailing()
        let alice = try await house.addMailPerson(post)
        #expect(try await codes.send(in: alice.session, from: House.home) == .sent)
        let old = post.code
        #expect(try await codes.begin("new@private.example", in: alice.session, from: House.home) == .sent)
        let outcome = try await codes.enrol("new@private.example", code: post.code, in: alice.session, from: House.home)
        let session = try #require(outcome.confirmed).session
        #expect(try await codes.confirm(code: old, in: session, from: House.home).word == "wrong")
        #expect(
            try await house.mailingCredentials.ways(of: alice.account.id).mailbox?.address.text == "new@private.example"
        )
    }

    @Test("a stale session neither begins nor finishes it, and a role rules it out")
    func authority() async throws {
        let (house, post, codes) = try await House.mailing()
        let alice = try await house.addPerson()
        #expect(try await codes.begin("a@private.example", in: alice.session, from: House.home) == .sent)
        let code = post.code
        house.clock.advance(by: SessionTimes().freshness + .seconds(1))
        await #expect(throws: StepUpRequired.self) {
            try await codes.begin("a@private.example", in: alice.session, from: House.home)
        }
        await #expect(throws: StepUpRequired.self) {
            try await codes.enrol("a@private.example", code: code, in: alice.session, from: House.home)
        }
        let half = try await house.waiting()
        await #expect(throws: StepUpRequired.self) {
            try await codes.begin("a@private.example", in: half, from: House.home)
        }

        let fresh = try #require(try await house.confirm(house.code(alice), in: half).confirmed).session
        var admin = alice.account
        admin.roles = [.helpdesk]
        try await house.accounts.update(
            admin, event: AuditEvent(time: house.clock.now, action: .accountChanged, actor: .system, account: admin.id))
        await #expect(throws: StepUpRequired.self) {
            try await codes.begin("a@private.example", in: fresh, from: House.home)
        }
    }

    @Test("who gains a role gets no more codes, and needs something stronger")
    func gainsRole() async throws {
        let house = try await House()
        let post = Mailbox()
        let alice = try await house.addMailPerson(post)
        var admin = alice.account
        admin.roles = [.admin]
        try await house.accounts.update(
            admin, event: AuditEvent(time: house.clock.now, action: .accountChanged, actor: .system, account: admin.id))
        let waiting = try await house.waiting()
        #expect(waiting.stage == .secondFactor, "a password alone must not enrol something new")
        #expect(try await house.codesByMail(post).send(in: waiting, from: House.home) == .noMailbox)
    }

    @Test("switched off, nothing is mailed, no code counts, and a password alone enrols nothing")
    func switchedOff() async throws {
        let house = try await House()
        let post = Mailbox()
        _ = try await house.addMailPerson(post)
        let waiting = try await house.waiting()
        #expect(try await house.codesByMail(post).send(in: waiting, from: House.home) == .sent)
        let off = house.codesByMail(post, isOn: false)
        #expect(try await off.confirm(code: post.code, in: waiting, from: House.home).word == "wrong")
        #expect(try await off.send(in: waiting, from: House.home) == .noMailbox)
        #expect(waiting.stage == .secondFactor)
        await #expect(throws: StepUpRequired.self) { try await house.credentials.beginTOTP(in: waiting) }
    }

    @Test("the last second step stays, unless there is another or it is switched off", arguments: [true, false])
    func lastWay(isOn: Bool) async throws {
        let house = try await House()
        let post = Mailbox()
        let alice = try await house.addMailPerson(post)
        let credentials = isOn ? house.mailingCredentials : house.credentials
        #expect(try await credentials.remove(.mailbox, in: alice.session, from: House.home) == .lastWay)
        let totp = try await house.begin(in: alice.session)
        let enrolled = try await credentials.confirmTOTP(
            code: totp.code(at: house.clock.now.seconds), in: alice.session, from: House.home)
        let session = try #require(enrolled.confirmed).session
        // Where no codes are mailed any more, the app is the only way left.
        let ways = try await credentials.ways(of: alice.account.id)
        #expect(ways.suffices(without: .totp) == isOn)
        #expect(ways.suffices(without: .mailbox))
        if !isOn { #expect(try await credentials.remove(.totp, in: session, from: House.home) == .lastWay) }
        #expect(try await credentials.remove(.mailbox, in: session, from: House.home) == .removed)
        #expect(try await credentials.remove(.mailbox, in: session, from: House.home) == .gone)
        #expect(try await house.events(of: alice.account.id).last == "portal.mailbox-removed")
    }

    @Test("a set-up link takes the mailbox away, and says so")
    func setupLink() async throws {
        let house = try await House()
        let post = Mailbox()
        let alice = try await house.addMailPerson(post)
        let link = try await house.links.issue(for: alice.account.id, actor: .system)
        _ = try await house.links.accept(token: link, password: House.password, from: House.home)
        #expect(try await house.mailingCredentials.ways(of: alice.account.id).mailbox == nil)
        #expect(try await house.events(of: alice.account.id).contains("portal.mailbox-removed"))
    }

    @Test("a mail server that is away costs nothing, and the next code works")
    func away() async throws {
        let (house, post, codes) = try await House.mailing()
        _ = try await house.addMailPerson(post)
        let session = try await house.waiting()
        post.goAway()
        for _ in 0..<10 { #expect(try await codes.send(in: session, from: House.home) == .notSent) }
        post.goAway(false)
        #expect(try await codes.send(in: session, from: House.home) == .sent)
        #expect(try await codes.confirm(code: post.code, in: session, from: House.home).word == "confirmed")
    }

    @Test("a session that has ended asks for nothing, and its codes end with it")
    func ended() async throws {
        let (house, post, codes) = try await House.mailing()
        _ = try await house.addMailPerson(post)
        let session = try await house.waiting()
        #expect(try await codes.send(in: session, from: House.home) == .sent)
        let code = post.code
        try await house.access.signOut(session, from: House.home)
        #expect(try await codes.send(in: session, from: House.home) == .ended)
        #expect(try await codes.confirm(code: code, in: session, from: House.home).word == "ended")
        let kept = try await house.database.read {
            try $0.query("SELECT 1 FROM mailed_code WHERE session = ?", .blob(session.id.octets)).count
        }
        #expect(kept == 0)
    }

    @Test("codes are read as people type them, and the database holds none")
    func typed() async throws {
        let (house, post, codes) = try await House.mailing()
        _ = try await house.addMailPerson(post)
        let session = try await house.waiting()
        #expect(try await codes.send(in: session, from: House.home) == .sent)
        let digits = post.code.filter { $0 != " " }
        #expect(digits.count == 8 && post.code.count == 9)
        for wrong in ["", "1234567", digits + "1", "1234567x", "１２３４５６７８", String(repeating: " ", count: 100) + digits]
        {
            #expect(try await codes.confirm(code: wrong, in: session, from: House.home).word == "wrong")
        }
        let tags = try await house.database.read { connection in
            try connection.query("SELECT tag FROM mailed_code", []).map { try $0.blob(0) }
        }
        #expect(!tags.contains { String(decoding: $0, as: UTF8.self).contains(digits) })
        let outcome = try await codes.confirm(
            code: " \(digits.prefix(4))-\(digits.dropFirst(4)) ", in: session, from: House.home)
        #expect(outcome.word == "confirmed")
    }
}
