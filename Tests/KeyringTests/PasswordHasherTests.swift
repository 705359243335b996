import Foundation
import LatchkeyCore
import LatchkeyTesting
import Synchronization
import Testing

@testable import Keyring

/// As little work as Argon2 takes, where the cost is not what is tested.
private let cheap = PasswordHash.Cost(memory: 64, passes: 1, lanes: 1)

/// How many run now, and the most that ever did.
private final class Gauge: Sendable {
    let now = Mutex(0)
    let most = Mutex(0)
}

struct PasswordHasherTests {
    @Test("a password verifies against its own hash and no other does")
    func verifies() async throws {
        let hasher = PasswordHasher(cost: cheap, threads: 1)
        let hash = try await hasher.hash(Secret("correct horse"))
        #expect(try await hasher.verify(Secret("correct horse"), against: hash))
        #expect(try await hasher.verify(Secret("correct hors"), against: hash) == false)
        #expect(try await hasher.verify(Secret(""), against: hash) == false)
    }

    @Test("the standard cost is 19 MiB, two passes, one lane, and stands in the hash")
    func standardCost() async throws {
        let hash = try await PasswordHasher(threads: 1).hash(Secret("correct horse"))
        #expect(hash.phc.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
        #expect(hash.salt.count == 16)
        #expect(hash.digest.count == 32)
    }

    @Test("two hashes of one password differ")
    func salted() async throws {
        let hasher = PasswordHasher(cost: cheap)
        #expect(try await hasher.hash(Secret("same")) != hasher.hash(Secret("same")))
    }

    /// Made by the reference implementation's command: `printf 'correct horse' | argon2 somesalt16bytes! -id -t 2 -k 64 -p 1 -e`.
    @Test("a hash made by the reference implementation verifies")
    func reference() async throws {
        let phc = "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQxNmJ5dGVzIQ$aEmEoeC+9MRB+uZESetDod97Mj3wPJSCdGvfeQKBtJg"
        let hash = try #require(PasswordHash(phc: phc))
        #expect(hash.phc == phc)
        let hasher = PasswordHasher(cost: cheap)
        #expect(try await hasher.verify(Secret("correct horse"), against: hash))
        #expect(try await hasher.verify(Secret("correct horsf"), against: hash) == false)
        #expect(hasher.needsRehash(hash))
    }

    @Test("a password composed by another keyboard is the same password")
    func composed() async throws {
        let hasher = PasswordHasher(cost: cheap)
        let hash = try await hasher.hash(Secret("caf\u{e9} \u{1112}\u{1161}\u{11ab}"))
        #expect(try await hasher.verify(Secret("cafe\u{301} \u{d55c}"), against: hash))
        // Compatibility forms are other characters: only their composition is taken.
        #expect(try await hasher.verify(Secret("ｃafe\u{301} \u{d55c}"), against: hash) == false)
    }

    @Test("octets that are no text are hashed as they are")
    func octets() async throws {
        let hasher = PasswordHasher(cost: cheap)
        let hash = try await hasher.hash(Secret([0xff, 0x00, 0xfe]))
        #expect(try await hasher.verify(Secret([0xff, 0x00, 0xfe]), against: hash))
        #expect(try await hasher.verify(Secret([0xff]), against: hash) == false)
    }

    @Test("1,024 octets are hashed to the last; one more is refused and never verifies")
    func length() async throws {
        let hasher = PasswordHasher(cost: cheap)
        let longest = String(repeating: "x", count: 1_023)
        let hash = try await hasher.hash(Secret(longest + "a"))
        #expect(try await hasher.verify(Secret(longest + "a"), against: hash))
        #expect(try await hasher.verify(Secret(longest + "b"), against: hash) == false)
        await #expect(throws: PasswordHasher.TooLong.self) { try await hasher.hash(Secret(longest + "ab")) }
        #expect(try await hasher.verify(Secret(longest + "ab"), against: hash) == false)
        let empty = try await hasher.hash(Secret(""))
        #expect(try await hasher.verify(Secret(longest + "ab"), against: empty) == false)
    }

    @Test("nobody's password is never right")
    func nobody() async throws {
        let hasher = PasswordHasher(cost: cheap)
        #expect(try await hasher.verify(Secret(""), against: nil) == false)
        #expect(try await hasher.verify(Secret("anything"), against: nil) == false)
    }

    @Test("a hash of another cost still verifies, and asks to be made anew")
    func rehash() async throws {
        let old = try await PasswordHasher(cost: cheap).hash(Secret("correct horse"))
        let hasher = PasswordHasher(cost: PasswordHash.Cost(memory: 128, passes: 1, lanes: 1))
        #expect(try await hasher.verify(Secret("correct horse"), against: old))
        #expect(hasher.needsRehash(old))
        #expect(hasher.needsRehash(try await hasher.hash(Secret("correct horse"))) == false)
    }

    @Test("when too many wait, more are refused at once, and all others get their answer")
    func busy() async throws {
        let hasher = PasswordHasher(cost: PasswordHash.Cost(memory: 8_192, passes: 1, lanes: 1), threads: 1)
        let hash = try await hasher.hash(Secret("correct horse"))
        let answers = await withTaskGroup(of: Bool?.self) { group in
            for _ in 0..<400 {
                group.addTask { try? await hasher.verify(Secret("correct horse"), against: hash) }
            }
            return await group.reduce(into: [Bool?]()) { $0.append($1) }
        }
        #expect(answers.count == 400)
        #expect(answers.contains(true))
        #expect(answers.contains(nil))
        #expect(!answers.contains(false))
        #expect(try await hasher.verify(Secret("correct horse"), against: hash))
    }

    @Test("of two hundred hashes asked for at once never more than two are made, so memory is twice one hash's")
    func concurrency() async throws {
        let threads = HashingThreads(count: 2, maximumWaiting: PasswordHasher.maximumWaiting)
        defer { threads.stop() }
        let gauge = Gauge()
        let made = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    do {
                        return try await threads.run {
                            gauge.now.withLock { $0 += 1 }
                            // Long enough for others to be seen beside it.
                            for _ in 0..<2_000 {
                                let running = gauge.now.withLock(\.self)
                                gauge.most.withLock { $0 = max($0, running) }
                            }
                            gauge.now.withLock { $0 -= 1 }
                            return true
                        }
                    } catch { return false }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect((1...2).contains(gauge.most.withLock(\.self)))
        #expect(made >= PasswordHasher.maximumWaiting)
    }

    @Test("while estimates are asked for without end a password is still checked")
    func estimatesApart() async throws {
        let hasher = PasswordHasher(cost: cheap, threads: 1)
        let hash = try await hasher.hash(Secret("correct horse"))
        let slow = Secret(String(repeating: "a", count: 100))
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<300 {
                group.addTask {
                    do { return try await hasher.estimate(slow, words: []).bits >= 0 } catch is PasswordHasher.Busy {
                        return false
                    }
                }
            }
            for _ in 0..<20 { #expect(try await hasher.verify(Secret("correct horse"), against: hash)) }
            let answered = try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            #expect(answered > 0 && answered < 300)
        }
    }

    @Test("a cancelled wait ends at once and leaves the threads at work")
    func cancelled() async throws {
        let hasher = PasswordHasher(cost: cheap, threads: 1)
        let hash = try await hasher.hash(Secret("correct horse"))
        for _ in 0..<200 {
            let task = Task { try await hasher.verify(Secret("correct horse"), against: hash) }
            task.cancel()
            switch await task.result {
            case .success(let isRight): #expect(isRight)
            case .failure(let error): #expect(error is CancellationError)
            }
        }
        #expect(try await hasher.verify(Secret("correct horse"), against: hash))
    }
}

struct PasswordHashTests {
    @Test(
        "a PHC string that is none of ours is not read",
        arguments: [
            "", "$", "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$",
            "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng",
            "$argon2id$v=16$m=64,t=1,p=1$c29tZXNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng",
            "$argon2id$v=19$m=64,t=1$c29tZXNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng",
            "$argon2id$v=19$m=64,t=+1,p=1$c29tZXNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng",
            "$argon2id$v=19$m=7,t=1,p=1$c29tZXNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng",
            "$argon2id$v=19$m=64,t=0,p=1$c29tZXNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng",
            "$argon2id$v=19$m=64,t=1,p=0$c29tZXNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng",
            "$argon2id$v=19$m=4294967295,t=1,p=1$c29tZXNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng",
            "$argon2id$v=19$m=64,t=1,p=4294967295$c29tZXNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng",
            "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ=$MTIzNDU2Nzg5MDEyMzQ1Ng",
            "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHR$MTIzNDU2Nzg5MDEyMzQ1Ng$",
        ])
    func unreadable(phc: String) {
        #expect(PasswordHash(phc: phc) == nil)
    }

    @Test("what is written is read back, whatever the octets")
    func roundTrip() throws {
        var rng = SplitMix64(seed: 9106)
        for _ in 0..<200 {
            let salt = (0..<Int.random(in: 8...64, using: &rng)).map { _ in UInt8.random(in: 0...255, using: &rng) }
            let digest = (0..<Int.random(in: 16...64, using: &rng)).map { _ in UInt8.random(in: 0...255, using: &rng) }
            let hash = PasswordHash(
                cost: PasswordHash.Cost(memory: .random(in: 8...262_144, using: &rng), passes: 3, lanes: 1), salt: salt,
                digest: digest)
            #expect(PasswordHash(phc: hash.phc) == hash)
        }
    }
}

struct FingerprintTests {
    private func keyring(_ octets: UInt8...) throws -> Keyring {
        let lines = octets.enumerated().map { place, octet in
            let key = Base64.encode([UInt8](repeating: octet, count: 32)) + "="
            return "latchkey-master-key \(octets.count - place) \(key)\n"
        }
        let directory = try TemporaryDirectory()
        let url = directory.url.appending(path: "master.key")
        try Data(lines.joined().utf8).write(to: url)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: url.path)
        return try #require(Keyring(try MasterKey.load(from: url.path)))
    }

    @Test("a fingerprint depends on the secret, its context and the key")
    func depends() throws {
        let keyring = try keyring(1)
        let one = keyring.fingerprints(of: Secret("abcd"), context: "recovery:1")
        #expect(one == keyring.fingerprints(of: Secret("abcd"), context: "recovery:1"))
        #expect(one.map(\.count) == [32])
        #expect(one != keyring.fingerprints(of: Secret("abce"), context: "recovery:1"))
        #expect(one != keyring.fingerprints(of: Secret("abcd"), context: "recovery:2"))
        #expect(one != keyring.fingerprints(of: Secret("1abcd"), context: "recovery:"))
        #expect(one != (try self.keyring(2)).fingerprints(of: Secret("abcd"), context: "recovery:1"))
    }

    @Test("after a change of keys the old fingerprint is still among those looked for")
    func rotated() throws {
        let before = try keyring(1).fingerprints(of: Secret("abcd"), context: "c")
        let after = try keyring(2, 1).fingerprints(of: Secret("abcd"), context: "c")
        #expect(after.count == 2)
        #expect(after.last == before.first)
        #expect(after.first != before.first)
    }
}
