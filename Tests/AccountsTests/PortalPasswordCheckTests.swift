import Keyring
import LatchkeyCore
import LatchkeyTesting
import Storage
import Synchronization
import TOTP
import Testing

@testable import Accounts

struct PortalPasswordCheckTests {
    private func check(_ house: House) -> PortalPasswordCheck {
        PortalPasswordCheck(
            passwords: house.passwords, hasher: house.hasher, now: { [clock = house.clock] in clock.now })
    }

    private func ask(_ check: PortalPasswordCheck, _ secret: Secret, of account: AccountID) async -> Bool {
        await withCheckedContinuation { continuation in
            check.isPortalPassword(secret, of: account) { continuation.resume(returning: $0) }
        }
    }

    @Test("it knows the portal password from others, and says no to accounts without one")
    func answers() async throws {
        let house = try await House()
        let alice = try await house.addPerson().account.id
        let bob = try await house.addAccount("bob@example.com").id
        let check = check(house)
        await withTaskGroup { group in
            group.addTask { await check.run() }
            #expect(await ask(check, House.password, of: alice))
            house.clock.advance(by: .seconds(10))
            #expect(await ask(check, Secret("another"), of: alice) == false)
            #expect(await ask(check, House.password, of: bob) == false)
            group.cancelAll()
        }
    }

    @Test("it looks at one account at most once in ten seconds, and says no meanwhile")
    func interval() async throws {
        let house = try await House()
        let alice = try await house.addPerson().account.id
        let check = check(house)
        await withTaskGroup { group in
            group.addTask { await check.run() }
            #expect(await ask(check, Secret("another"), of: alice) == false)
            house.clock.advance(by: .seconds(9))
            #expect(await ask(check, House.password, of: alice) == false)
            house.clock.advance(by: .seconds(1))
            #expect(await ask(check, House.password, of: alice))
            group.cancelAll()
        }
    }

    @Test("when too many ask, it says no at once; when it stops, to all who wait")
    func bounded() async throws {
        let house = try await House()
        let check = check(house)
        var rng = SystemRandomNumberGenerator()
        let answers = Answers()
        for _ in 0..<20 {
            check.isPortalPassword(House.password, of: AccountID(at: house.clock.now, using: &rng)) { answers.add($0) }
        }
        #expect(answers.all.count == 20 - PortalPasswordCheck.maximumWaiting)
        await withTaskGroup(of: Void.self) { group in
            group.cancelAll()
            group.addTask { await check.run() }
        }
        #expect(answers.all == Array(repeating: false, count: 20))
        check.isPortalPassword(House.password, of: AccountID(at: house.clock.now, using: &rng)) { answers.add($0) }
        #expect(answers.all.count == 21)
    }
}

private final class Answers: Sendable {
    private let answers = Mutex<[Bool]>([])

    var all: [Bool] { answers.withLock { $0 } }

    func add(_ answer: Bool) { answers.withLock { $0.append(answer) } }
}
