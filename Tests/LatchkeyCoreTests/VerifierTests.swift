import Crypto
import LatchkeyTesting
import Testing

@testable import LatchkeyCore

/// A verifier over doubles, with one account and one app password for `imap` and `smtp`.
private struct Bench {
    let clock = ManualClock()
    let store = ScriptedCredentialStore()
    let journal = RecordingJournal()
    let key = VerifierKey(id: 1, key: SymmetricKey(data: [UInt8](repeating: 7, count: 32)))
    let verifier: LedgerVerifier
    let alice: AccountStanding
    let secret: AppPasswordSecret
    let id: AppPasswordID

    init(disabled: Bool = false, portalPassword: String? = nil) throws {
        var rng = SplitMix64(seed: 5)
        alice = AccountStanding(
            id: AccountID(at: clock.now, using: &rng), login: try #require(LoginName("alice@example.com")),
            name: "Alice",
            isDisabled: disabled)
        secret = .generate(.standard, using: &rng)
        id = AppPasswordID(at: clock.now, using: &rng)
        let clock = clock
        verifier = LedgerVerifier(
            store: store, keys: VerifierKeys(current: key), journal: journal,
            portalPasswords: ScriptedPortalPasswords(portalPassword.map { Secret($0) }), defaultDomain: "example.com",
            now: { clock.now })
        store.put(alice, names: [try #require(LoginName("al@example.com"))])
    }

    func keep(
        services: Set<Service> = [.imap, .smtp], networks: [Network] = [], expires: Timestamp? = nil,
        ended: Timestamp? = nil,
        hasPredecessor: Bool = false, approvals: NetworkApprovals? = nil
    ) {
        store.put(
            StoredCredential(
                id: id, services: services, networks: networks, expires: expires, endTime: ended,
                hasPredecessor: hasPredecessor, approvals: approvals), tag: key.tag(for: secret, of: alice.id))
    }

    func verify(
        _ authcid: String = "alice@example.com", _ typed: Secret? = nil, service: Service? = .imap,
        from address: String? = nil
    ) async -> Verdict {
        await verifier.verify(
            Attempt(
                authcid: authcid, secret: typed ?? secret.display, service: service, door: .dovecot,
                address: address.flatMap { IPAddress($0) }, client: "Thunderbird"))
    }
}

struct VerifierTests {
    @Test(
        "an app password is accepted under every spelling of its account's names",
        arguments: ["alice@example.com", "ALICE@example.COM", "alice", "al@example.com", "al"])
    func accepted(authcid: String) async throws {
        let bench = try Bench()
        bench.keep()
        guard case .accepted(let acceptance) = await bench.verify(authcid) else {
            Issue.record("refused")
            return
        }
        #expect(acceptance.login == bench.alice.login)
        #expect(acceptance.appPassword == bench.id)
        #expect(bench.journal.signIns.map(\.refusal) == [nil])
        #expect(bench.journal.signIns.first?.client == "Thunderbird")
        #expect(bench.journal.signIns.first?.triedName == (authcid == "alice@example.com" ? nil : authcid))
    }

    @Test("an expired, ended, misplaced or out-of-network app password says which to the log")
    func objections() async throws {
        let network = try #require(Network("192.0.2.0/24"))
        let now = ManualClock().now
        let cases: [(Refusal, (Bench) -> Void, String?)] = [
            (.expired, { $0.keep(expires: now) }, nil),
            (.revoked, { $0.keep(ended: now) }, nil),
            (.revoked, { $0.keep(expires: now, ended: now) }, nil),
            (.serviceNotAllowed, { $0.keep(services: [.caldav]) }, nil),
            (.networkNotAllowed, { $0.keep(networks: [network]) }, "198.51.100.1"),
            (.networkNotAllowed, { $0.keep(networks: [network]) }, nil),
        ]
        for (refusal, prepare, address) in cases {
            let bench = try Bench()
            prepare(bench)
            #expect(await bench.verify(from: address).refusal == refusal)
            #expect(bench.journal.signIns.map(\.refusal) == [refusal])
            #expect(bench.journal.signIns.first?.appPassword == bench.id)
        }
    }

    @Test(
        "a right app password from a network without a yes waits, from a denied one it is refused, and neither is a guess"
    )
    func approvals() async throws {
        let home = ClientNetwork(of: IPAddress("192.0.2.7"))
        let thief = ClientNetwork(of: IPAddress("203.0.113.9"))
        let bench = try Bench()
        bench.keep(approvals: NetworkApprovals(approved: [home], denied: [thief]))
        #expect(await bench.verify(from: "192.0.2.250").refusal == nil)
        let waiting = await bench.verify(from: "198.51.100.1")
        #expect(waiting.refusal == .awaitingApproval)
        #expect(waiting.refusal?.isTemporary == true && waiting.refusal?.countsAsGuess == false)
        #expect(await bench.verify(from: nil).refusal == .awaitingApproval)
        #expect(await bench.verify(from: "203.0.113.1").refusal == .networkNotAllowed)
        #expect(bench.journal.signIns.map(\.appPassword) == Array(repeating: bench.id, count: 4))
        // Where nobody is asked nothing waits.
        bench.keep()
        #expect(await bench.verify(from: "198.51.100.1").refusal == nil)
    }

    @Test("what stands against an app password is said before its owner is asked about a network")
    func approvalsComeLast() async throws {
        let bench = try Bench()
        bench.keep(ended: bench.clock.now, approvals: NetworkApprovals())
        #expect(await bench.verify(from: "198.51.100.1").refusal == .revoked)
        bench.keep(services: [.caldav], approvals: NetworkApprovals())
        #expect(await bench.verify(from: "198.51.100.1").refusal == .serviceNotAllowed)
        let disabled = try Bench(disabled: true)
        disabled.keep(approvals: NetworkApprovals())
        #expect(await disabled.verify(from: "198.51.100.1").refusal == .accountDisabled)
    }

    @Test("only trouble and an app password that waits are told as temporary")
    func temporary() {
        #expect(Refusal.allCases.filter(\.isTemporary) == [.awaitingApproval, .unavailable])
    }

    @Test(
        "a client's network is its IPv4 /24 or IPv6 /48, or unknown",
        arguments: [
            "192.0.2.7": "192.0.2.0/24", "::ffff:192.0.2.7": "192.0.2.0/24", "2001:db8:1:2::3": "2001:db8:1::/48",
            "": "unknown",
        ])
    func clientNetwork(address: String, network: String) throws {
        let known = ClientNetwork(of: IPAddress(address))
        #expect(known.description == network)
        #expect(ClientNetwork(network) == known)
        for other in ["192.0.2.0/25", "192.0.2.7", "192.0.2.7/24x", "2001:db8::/32", "unknown ", ""] {
            #expect(ClientNetwork(other) == nil)
        }
    }

    @Test("the moment before it expires, and inside its network, it works")
    func edges() async throws {
        let bench = try Bench()
        bench.keep(
            networks: [try #require(Network("192.0.2.0/24"))], expires: bench.clock.now + .microseconds(1),
            ended: bench.clock.now + .days(7))
        #expect(await bench.verify(from: "192.0.2.9").refusal == nil)
    }

    @Test("a disabled account is refused with the right secret, and its record says so")
    func disabled() async throws {
        let bench = try Bench(disabled: true)
        bench.keep()
        #expect(await bench.verify().refusal == .accountDisabled)
    }

    @Test("a typing mistake never reaches the database's app passwords and is not counted")
    func mistyped() async throws {
        let bench = try Bench()
        bench.keep()
        let shown = try #require(bench.secret.display.reveal())
        let wrong = Secret((shown.first == "a" ? "b" : "a") + shown.dropFirst())
        for _ in 0..<50 { #expect(await bench.verify("alice", wrong).refusal == .mistyped) }
        #expect(await bench.verify().refusal == nil)
    }

    @Test("a well-formed secret of another account is unknown, for a known and an unknown name alike")
    func unknown() async throws {
        let bench = try Bench()
        bench.keep()
        var rng = SplitMix64(seed: 77)
        let other = AppPasswordSecret.generate(.standard, using: &rng).display
        #expect(await bench.verify("alice", other).refusal == .unknown)
        #expect(await bench.verify("nobody@example.com", other).refusal == .unknown)
        #expect(bench.journal.signIns.map(\.account) == [bench.alice.id, nil])
    }

    @Test("what was typed as a name is kept only where it cannot be a password")
    func names() async throws {
        let bench = try Bench()
        for name in ["hunter2", "hunter2@elsewhere.org", "alyce@example.com"] { _ = await bench.verify(name) }
        #expect(bench.journal.signIns.map(\.triedName) == [nil, nil, "alyce@example.com"])
    }

    @Test("the portal's password is recognised in the record, and refused as any other")
    func portalPassword() async throws {
        let bench = try Bench(portalPassword: "correct horse battery")
        #expect(await bench.verify("alice", Secret("correct horse battery")).refusal == .unknown)
        #expect(await bench.verify("alice", Secret("wrong horse battery")).refusal == .unknown)
        #expect(bench.journal.signIns.map(\.refusal) == [.portalPasswordUsed, .unknown])
    }

    @Test("no name, no secret, no service or too long a secret is malformed, without a look-up")
    func malformed() async throws {
        let bench = try Bench()
        bench.keep()
        #expect(await bench.verify("").refusal == .malformed)
        #expect(await bench.verify("a b").refusal == .malformed)
        #expect(await bench.verify("alice", Secret("")).refusal == .malformed)
        #expect(await bench.verify("alice", Secret(String(repeating: "x", count: 1_025))).refusal == .malformed)
        #expect(bench.store.asked == 0)
        #expect(await bench.verify(service: nil).refusal == .malformed)
    }

    @Test("guessing is throttled, and the right secret is accepted all the same")
    func throttled() async throws {
        let bench = try Bench()
        bench.keep()
        var rng = SplitMix64(seed: 99)
        var refusals: [Refusal?] = []
        for _ in 0..<20 {
            let guess = AppPasswordSecret.generate(.standard, using: &rng).display
            refusals.append(await bench.verify("alice", guess, from: "198.51.100.1").refusal)
        }
        #expect(refusals.first == .unknown)
        #expect(refusals.last == .throttled)
        #expect(await bench.verify(from: "198.51.100.1").refusal == nil)
    }

    @Test("an old secret, tried for ever, slows nobody")
    func tombstone() async throws {
        let bench = try Bench()
        bench.keep(ended: bench.clock.now)
        for _ in 0..<100 {
            guard case .refused(.revoked, .zero) = await bench.verify(from: "192.0.2.1") else {
                Issue.record("an old secret was held back")
                return
            }
        }
        var rng = SplitMix64(seed: 98)
        let other = AppPasswordSecret.generate(.standard, using: &rng).display
        #expect(await bench.verify("alice", other, from: "192.0.2.1").refusal == .unknown)
    }

    @Test("a database that cannot answer, or cannot record, is temporary trouble")
    func unavailable() async throws {
        let bench = try Bench()
        bench.keep()
        bench.store.fail(with: StoreError("gone"))
        #expect(await bench.verify().refusal == .unavailable)
        bench.store.fail(with: nil)
        bench.journal.fail(with: StoreError("full"))
        #expect(await bench.verify().refusal == .unavailable)
        bench.journal.fail(with: nil)
        #expect(await bench.verify().refusal == nil)
    }

    @Test("attempts that come together are answered in their order, malformed ones between")
    func batch() async throws {
        let bench = try Bench()
        bench.keep()
        let good = Attempt(authcid: "alice", secret: bench.secret.display, service: .imap, door: .dovecot)
        let bad = Attempt(authcid: "", secret: Secret("x"), service: .imap, door: .dovecot)
        let lost = Attempt(authcid: "bob", secret: bench.secret.display, service: .imap, door: .dovecot)
        let verdicts = await withCheckedContinuation { continuation in
            bench.verifier.verify([good, bad, lost, good, bad]) { continuation.resume(returning: $0) }
        }
        #expect(verdicts.map(\.refusal) == [nil, .malformed, .unknown, nil, .malformed])
        #expect(bench.store.asked == 1)
    }

    @Test("the first use of a replacement says that the replaced one ends")
    func predecessor() async throws {
        let bench = try Bench()
        bench.keep(hasPredecessor: true)
        _ = await bench.verify()
        #expect(bench.journal.records.map(\.endsPredecessor) == [true])
        _ = await bench.verify(service: .caldav)
        #expect(bench.journal.records.map(\.endsPredecessor) == [true, false])
    }
}
