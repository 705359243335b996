import LatchkeyCore
import LatchkeyTesting
import Storage
import TOTP
import Testing

@testable import Accounts
@testable import OIDCClient

@Suite("Single sign-on")
struct SignOnTests {
    @Test("who comes for the first time gets an account of their address, and the same one ever after")
    func newcomer() async throws {
        let house = try await SignOnHouse()
        let first = try #require(try await house.signIn().session)
        #expect(first.stage == .signedIn && first.assurance == .multiFactor)
        #expect(first.isFresh(at: house.house.clock.now))
        let account = try #require(try await house.house.accounts.account(first.account))
        #expect(account.login.text == "alice@example.com" && account.name == "Alice Liddell" && account.roles.isEmpty)
        // Neither another address nor another name makes them somebody else.
        let again = try await house.signIn(["email": #""bob@example.com""#, "name": #""Bob""#]).session
        #expect(again?.account == account.id)
        #expect(try await house.house.accounts.count() == 1)
        #expect(
            try await house.house.events(of: account.id)
                == ["account.created", "portal.identity-linked", "portal.sign-in", "portal.sign-in"])
    }

    @Test(
        "no account is made for an address that is not verified, of another domain, or none",
        arguments: [
            ["email_verified": "false"], ["email_verified": nil], ["email": #""alice@evil.example""#],
            ["email": #""alice@sub.example.com""#], ["email": #""@example.com""#], ["email": #""example.com""#],
            ["email": #""alice@evil.example@""#], ["email": nil],
        ] as [[String: String?]])
    func strangers(claims: [String: String?]) async throws {
        let house = try await SignOnHouse()
        #expect(try await house.signIn(claims).refusal == .noAccount)
        #expect(try await house.house.accounts.count() == 0)
        #expect(try await house.house.events(of: nil) == ["portal.sign-in-failed (unknown)"])
    }

    @Test("where no accounts are made, nobody gets one")
    func noNewcomers() async throws {
        let house = try await SignOnHouse { $0.newcomers = [] }
        #expect(try await house.signIn().refusal == .noAccount)
    }

    @Test("an account that is there is not taken over by its address, nor by an alias")
    func noLinkingByAddress() async throws {
        for (login, aliases) in [("alice@example.com", []), ("a.liddell@example.com", ["alice@example.com"])] {
            let house = try await SignOnHouse()
            let account = try await house.house.addAccount(login, aliases: aliases)
            #expect(try await house.signIn().refusal == .loginTaken(try #require(LoginName("alice@example.com"))))
            #expect(try await house.signOn.identities(of: account.id).isEmpty)
            #expect(try await house.house.sessions.sessions(of: account.id).isEmpty)
            #expect(
                try await house.house.events(of: account.id)
                    == ["account.created", "portal.sign-in-failed (policy)"])
        }
    }

    @Test("a disabled account is refused like one that is not there")
    func disabled() async throws {
        let house = try await SignOnHouse()
        let id = try #require(try await house.signIn().session).account
        var account = try #require(try await house.house.accounts.account(id))
        account.disabled = house.house.clock.now
        try await house.house.accounts.update(
            account, event: AuditEvent(time: house.house.clock.now, action: .accountDisabled, actor: .system))
        #expect(try await house.house.sessions.sessions(of: id).isEmpty)
        #expect(try await house.signIn().refusal == .noAccount)
        #expect(try await house.house.sessions.sessions(of: id).isEmpty)
    }

    @Test("one factor counts as a password does: something follows, first to be set up, then to be shown")
    func singleFactor() async throws {
        let house = try await SignOnHouse()
        let begun = try #require(try await house.signIn(["amr": nil]).session)
        #expect(begun.stage == .enrolment && begun.assurance == .singleFactor)
        #expect(!begun.isFresh(at: house.house.clock.now))
        // An authenticator app is of use to somebody without a password, too.
        let totp = try House.totp(try await house.credentials.beginTOTP(in: begun))
        let enrolled = try await house.credentials.confirmTOTP(
            code: totp.code(at: house.house.clock.now.seconds), in: begun, from: House.home)
        #expect(enrolled.confirmed?.session.stage == .signedIn)
        let next = try #require(try await house.signIn(["amr": #"["pwd"]"#]).session)
        #expect(next.stage == .secondFactor)
        #expect(try await house.signIn().session?.stage == .signedIn, "and nothing follows several")
    }

    @Test("a provider may be trusted as it is, or let nobody in with one factor")
    func policies() async throws {
        let trusting = try await SignOnHouse { $0.singleFactor = .accept }
        let session = try #require(try await trusting.signIn(["amr": nil]).session)
        #expect(session.stage == .signedIn && session.assurance == .singleFactor)
        let strict = try await SignOnHouse { $0.singleFactor = .refuse }
        #expect(try await strict.signIn(["amr": nil]).refusal == .singleFactor)
        #expect(try await strict.house.accounts.count() == 0)
        #expect(try await strict.signIn().session?.stage == .signedIn)
    }

    @Test("a session at the provider that is hours old, or of unknown age, is not a fresh sign-in here")
    func freshness() async throws {
        let house = try await SignOnHouse()
        let now = house.house.clock.now
        let old = try #require(try await house.signIn(["auth_time": "\(now.seconds - 7_200)"]).session)
        #expect(old.stage == .signedIn && !old.isFresh(at: now))
        let untold = try #require(try await house.signIn(["auth_time": nil]).session)
        #expect(!untold.isFresh(at: now))
        // Nor is one from the future the fresher for it.
        let odd = try #require(try await house.signIn(["auth_time": "\(now.seconds + 30)"]).session)
        #expect(odd.strongAt.map { $0 <= now } == true)
    }

    @Test("the provider's groups are followed at each sign-in, and no other group is touched")
    func groupMapping() async throws {
        let house = try await SignOnHouse {
            $0.groups = [("Staff", "staff"), ("Team = A", "team"), ("Owners", "staff")].compactMap { theirs, ours in
                GroupName(ours).map { GroupMapping(theirs: theirs, ours: $0) }
            }
        }
        _ = try await house.addGroup("staff")
        _ = try await house.addGroup("team")
        let own = try await house.addGroup("own")
        func names(_ id: AccountID) async throws -> [String] {
            try await house.groups.groups(of: id).map(\.name.text)
        }
        let id = try #require(
            try await house.signIn(["groups": #"["Staff","Owners","Team = A","own"]"#]).session
        ).account
        #expect(try await names(id) == ["staff", "team"])
        _ = try await house.groups.add(
            id, to: own.id, event: AuditEvent(time: house.house.clock.now, action: .groupMemberAdded, actor: .system))
        _ = try await house.signIn(["groups": #"["Owners"]"#])
        #expect(try await names(id) == ["own", "staff"])
        _ = try await house.signIn()
        #expect(try await names(id) == ["own"])
        #expect(
            try await house.house.events(of: id).filter { $0.hasPrefix("group.") } == [
                "group.member-added", "group.member-added", "group.member-removed", "group.member-removed",
            ])
    }

    @Test("an answer is taken once: of two at the same time one gets in")
    func singleUse() async throws {
        let house = try await SignOnHouse()
        let trip = try await house.leave()
        try house.script.say(house.claims(trip))
        let outcomes = try await withThrowingTaskGroup(of: Homecoming.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await house.signOn.finish(
                        query: "code=c&state=\(trip.state)", from: house.provider, browser: trip.browser, in: nil,
                        from: House.home
                    ).homecoming
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0.session != nil } == 1)
        #expect(outcomes.compactMap(\.refusal).allSatisfy { $0 == .provider(.response(.otherState)) })
        let account = try #require(outcomes.compactMap(\.session).first?.account)
        #expect(try await house.house.sessions.sessions(of: account).count == 1)
    }

    @Test("two tabs of one browser may be away at once, and a newcomer who comes back in both is one account")
    func twoTabs() async throws {
        let house = try await SignOnHouse()
        let one = try await house.leave()
        let two = try await house.leave(browser: one.browser)
        #expect(one.browser == two.browser)
        let first = try await house.comeBack(one).homecoming.session
        let second = try await house.comeBack(two).homecoming.session
        #expect(first != nil && first?.account == second?.account)
    }

    @Test("nothing is taken from another browser, without its cookie, after ten minutes, or for another provider")
    func binding() async throws {
        let house = try await SignOnHouse()
        let trip = try await house.leave()
        let other = try await house.leave()
        #expect(try await house.comeBack(trip, browser: other.browser).homecoming.refusal != nil)
        #expect(
            try await house.signOn.finish(
                query: "code=c&state=\(trip.state)", from: house.provider, browser: nil, in: nil, from: House.home
            ).homecoming.refusal == .provider(.response(.otherState)))
        // It was not used up by those who were not meant.
        #expect(try await house.comeBack(trip).homecoming.session != nil)
        house.house.clock.advance(by: .seconds(601))
        #expect(try await house.comeBack(other).homecoming.refusal == .provider(.response(.otherState)))

        let third = try await house.leave()
        var elsewhere = house.provider
        elsewhere = IdentityProvider(name: "other", title: "Other ID", provider: elsewhere.provider)
        let both = SingleSignOn(
            [house.provider, elsewhere], access: house.access, groups: house.groups,
            identities: house.signOn.identities, http: house.script)
        #expect(
            try await both.finish(
                query: "code=c&state=\(third.state)", from: elsewhere, browser: third.browser, in: nil,
                from: House.home
            ).homecoming.refusal == .provider(.response(.otherProvider)))
    }

    @Test("what is wrong with a token lets nobody in, and the log says what it was")
    func wrongTokens() async throws {
        let house = try await SignOnHouse()
        for claims in [["nonce": #""other""#], ["aud": #""other""#], ["iss": #""https://evil.example""#], ["exp": "1"]]
        {
            guard case .provider(.idToken)? = try await house.signIn(claims).refusal else {
                Issue.record("\(claims) was taken")
                continue
            }
        }
        #expect(try await house.house.accounts.count() == 0)
        let details = try await house.house.audit.entries(matching: AuditFilter(), limit: 10).compactMap(\.event.detail)
        #expect(details.contains { $0.contains("compare its aud") })
    }

    @Test("a provider that is away cannot be asked, and says so")
    func away() async throws {
        let house = try await SignOnHouse()
        house.script.goAway()
        await #expect(throws: SignInError.self) { _ = try await house.leave() }
    }
}

@Suite("Linked identities")
struct LinkedIdentityTests {
    /// Somebody with a password and an app, who is signed in.
    private func person(_ house: SignOnHouse, _ login: String = "alice@example.com") async throws -> Person {
        try await house.house.addPerson(login)
    }

    @Test("a fresh session links an identity, which signs in from then on, whatever its address")
    func link() async throws {
        let house = try await SignOnHouse { $0.newcomers = [] }
        let alice = try await person(house)
        let trip = try await house.leave(.link(alice.session))
        let back = try await house.comeBack(
            trip, ["email": #""private@mail.example""#, "email_verified": "false"], in: alice.session)
        guard case .linked(let token, _) = back.homecoming else {
            Issue.record("\(back.homecoming)")
            return
        }
        #expect(try await house.access.session(bearing: token, from: House.home)?.id == alice.session.id)
        #expect(try await house.access.session(bearing: alice.token, from: House.home) == nil)
        #expect(try await house.signIn(["email": nil]).session?.account == alice.account.id)
        #expect(try await house.house.events(of: alice.account.id).contains("portal.identity-linked"))
    }

    @Test("without a fresh session nothing is begun, and in another session nothing is linked")
    func linkNeedsItsSession() async throws {
        let house = try await SignOnHouse { $0.newcomers = [] }
        let alice = try await person(house)
        let bob = try await person(house, "bob@example.com")
        let trip = try await house.leave(.link(alice.session))
        #expect(try await house.comeBack(trip, in: bob.session).homecoming.refusal == .sessionOver)
        let second = try await house.leave(.link(alice.session))
        #expect(try await house.comeBack(second, in: nil).homecoming.refusal == .sessionOver)
        #expect(try await house.signOn.identities(of: bob.account.id).isEmpty)
        house.house.clock.advance(by: .seconds(601))
        await #expect(throws: StepUpRequired.self) { _ = try await house.leave(.link(alice.session)) }
    }

    @Test("an identity is one account's")
    func taken() async throws {
        let house = try await SignOnHouse { $0.newcomers = [] }
        let alice = try await person(house)
        let bob = try await person(house, "bob@example.com")
        _ = try await house.comeBack(try await house.leave(.link(alice.session)), in: alice.session)
        let back = try await house.comeBack(try await house.leave(.link(bob.session)), in: bob.session)
        #expect(back.homecoming.refusal == .taken)
    }

    @Test("a confirmation asks the provider anew, and is taken of the same person alone, with several factors")
    func confirm() async throws {
        let house = try await SignOnHouse()
        let session = try #require(try await house.signIn().session)
        house.house.clock.advance(by: .seconds(900))
        #expect(!session.isFresh(at: house.house.clock.now))
        func confirm(_ claims: [String: String?] = [:]) async throws -> Homecoming {
            let trip = try await house.leave(.confirm(session))
            #expect(trip.isStepUp)
            return try await house.comeBack(trip, claims, in: session).homecoming
        }
        #expect(try await confirm(["sub": #""mallory""#]).refusal == .otherPerson)
        #expect(try await confirm(["amr": nil]).refusal == .singleFactor)
        let stale = "\(house.house.clock.now.seconds - 900)"
        #expect(try await confirm(["auth_time": stale]).refusal == .provider(.idToken(.authenticationTooOld)))
        #expect(try await confirm().session?.isFresh(at: house.house.clock.now) == true)
    }

    @Test("an account has ten identities at most")
    func tooMany() async throws {
        let house = try await SignOnHouse { $0.newcomers = [] }
        let alice = try await person(house)
        var session = alice.session
        for number in 1...LinkedIdentity.maximumCount {
            let back = try await house.comeBack(
                try await house.leave(.link(session)), ["sub": "\"alice-\(number)\""], in: session)
            session = try #require(back.homecoming.session)
        }
        let back = try await house.comeBack(
            try await house.leave(.link(session)), ["sub": #""one-more""#], in: session)
        #expect(back.homecoming.refusal == .tooMany)
        #expect(try await house.signOn.identities(of: alice.account.id).count == LinkedIdentity.maximumCount)
    }

    @Test("what signs in alone may stay alone; what counts as a password needs something beside it")
    func lastWay() async throws {
        for (policy, expected) in [(IdentityProvider.SingleFactor.accept, Removal.removed), (.ask, .lastWay)] {
            let house = try await SignOnHouse { $0.singleFactor = policy }
            let alice = try await person(house)
            let back = try await house.comeBack(try await house.leave(.link(alice.session)), in: alice.session)
            let session = try #require(back.homecoming.session)
            let ways = try await house.credentials.ways(of: alice.account.id)
            #expect(ways.suffices(without: .totp) == (expected == .removed))
            #expect(try await house.credentials.remove(.totp, in: session, from: House.home) == expected)
            // With the app the identity does for a password, too.
            #expect(try await house.credentials.remove(.password, in: session, from: House.home) == .removed)
            let identity = try #require(ways.identities.first)
            #expect(!(try await house.credentials.ways(of: alice.account.id)).suffices(without: .identity(identity.id)))
            #expect(
                try await house.credentials.remove(.identity(identity.id), in: session, from: House.home) == .lastWay)
        }
    }

    @Test("an unlinked identity signs nobody in, and its sessions end")
    func unlink() async throws {
        let house = try await SignOnHouse { $0.newcomers = [] }
        let alice = try await person(house)
        let back = try await house.comeBack(try await house.leave(.link(alice.session)), in: alice.session)
        let session = try #require(back.homecoming.session)
        let other = try #require(try await house.signIn().session)
        #expect(other.id != session.id)
        let identity = try #require(try await house.signOn.identities(of: alice.account.id).first)
        #expect(try await house.credentials.remove(.identity(identity.id), in: session, from: House.home) == .removed)
        #expect(try await house.house.sessions.sessions(of: alice.account.id).map(\.id) == [session.id])
        #expect(try await house.signIn().refusal == .noAccount)
        #expect(try await house.house.events(of: alice.account.id).contains("portal.identity-unlinked"))
    }

    @Test("a password alone adds nothing where an identity signs in by itself, but the identity can follow it")
    func passwordBeside() async throws {
        let house = try await SignOnHouse { $0.singleFactor = .accept }
        let id = try #require(try await house.signIn().session).account
        let account = try #require(try await house.house.accounts.account(id))
        try await house.credentials.setPassword(House.password, for: account, actor: .system)
        let begun = try await house.access.signIn(
            login: "alice@example.com", password: House.password, from: House.elsewhere)
        let session = try #require(begun.started?.session)
        #expect(session.stage == .secondFactor)
        await #expect(throws: StepUpRequired.self) { _ = try await house.credentials.beginTOTP(in: session) }
        let back = try await house.comeBack(try await house.leave(.confirm(session)), in: session)
        #expect(back.homecoming.session?.stage == .signedIn)
    }

    @Test("a setup link takes every identity away, as it does with all other ways")
    func setupLink() async throws {
        let house = try await SignOnHouse()
        let id = try #require(try await house.signIn().session).account
        let link = try await house.house.links.issue(for: id, actor: .system)
        _ = try await house.house.links.accept(token: link, password: House.password, from: House.home)
        #expect(try await house.signOn.identities(of: id).isEmpty)
        #expect(try await house.house.events(of: id).contains("portal.identity-unlinked"))
    }

    @Test("a logout token ends the sessions that it names, once, and no others, also after a restart")
    func backChannelLogout() async throws {
        let house = try await SignOnHouse()
        let one = try #require(try await house.signIn(["sid": #""s-1""#]).session)
        let two = try #require(try await house.signIn(["sid": #""s-2""#]).session)
        let bob = try #require(
            try await house.signIn(["sub": #""bob-1""#, "email": #""bob@example.com""#, "sid": #""s-3""#]).session)
        let now = house.house.clock.now.seconds
        func token(_ number: Int, _ named: [String: String]) throws -> Confidential {
            let claims = [
                "iss": "\"\(ScriptedProvider.issuer)\"", "aud": "\"latchkey\"", "iat": "\(now)", "exp": "\(now + 60)",
                "jti": "\"\(number)\"", "events": #"{"http://schemas.openid.net/event/backchannel-logout":{}}"#,
            ]
            return Confidential(try house.script.compact(claims.merging(named) { $1 }, type: "logout+jwt"))
        }
        func end(_ token: Confidential) async throws -> Int {
            try await house.signOn.endSessions(named: token, by: house.provider, from: House.elsewhere)
        }
        let first = try token(1, ["sid": #""s-1""#, "sub": #""alice-1""#])
        #expect(try await end(first) == 1)
        #expect(try await house.house.sessions.sessions(of: one.account).map(\.id) == [two.id])
        await #expect(throws: LogoutError.token(.replayed)) { _ = try await end(first) }
        let later = SingleSignOn(
            [house.provider], access: house.access, groups: house.groups, identities: house.signOn.identities,
            http: house.script)
        await #expect(throws: LogoutError.token(.replayed)) {
            _ = try await later.endSessions(named: first, by: house.provider, from: House.elsewhere)
        }
        #expect(try await end(try token(2, ["sid": #""s-2""#, "sub": #""bob-1""#])) == 0, "not of that person")
        #expect(try await end(try token(3, ["sub": #""alice-1""#])) == 1)
        #expect(try await house.house.sessions.sessions(of: bob.account).count == 1)
        await #expect(throws: LogoutError.self) { _ = try await end(Confidential("x.y.z")) }
        #expect(try await house.house.events(of: one.account).filter { $0 == "portal.sessions-ended" }.count == 2)
    }

    @Test("whoever signs out is led to the provider they came from, where that is wanted")
    func signOut() async throws {
        let house = try await SignOnHouse { $0.endsSession = true }
        let session = try #require(try await house.signIn().session)
        let from = try #require(try await house.signOn.origin(of: session))
        let url = try #require(
            try await house.signOn.signOutURL(of: from, returningTo: "https://keys.example.com/sign-in"))
        #expect(url.hasPrefix("\(ScriptedProvider.issuer)/logout?client_id=latchkey&id_token_hint="))
        #expect(url.hasSuffix("post_logout_redirect_uri=https%3A%2F%2Fkeys.example.com%2Fsign-in"))
        let alice = try await house.house.addPerson("bob@example.com")
        #expect(try await house.signOn.origin(of: alice.session) == nil)
        house.script.goAway()
        house.house.clock.advance(by: .days(2))
        #expect(try await house.signOn.signOutURL(of: from, returningTo: "https://keys.example.com/") == nil)
        let quiet = try await SignOnHouse()
        let other = try #require(try await quiet.signIn().session)
        let untold = try #require(try await quiet.signOn.origin(of: other))
        #expect(untold.sealedToken == nil)
        #expect(try await quiet.signOn.signOutURL(of: untold, returningTo: "https://keys.example.com/") == nil)
    }
}
