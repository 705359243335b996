import LatchkeyCore
import LatchkeyTesting
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import DoorKit

struct GatheringVerifierTests {
    private static func attempt(_ name: String) -> Attempt {
        Attempt(authcid: name, secret: Secret("secret"), service: .imap, door: .dovecot)
    }

    /// Accepts everybody, and remembers how many came together.
    private final class Everybody: Verifier {
        let batches = Mutex<[[String]]>([])

        func verify(_ attempts: [Attempt], answer: @escaping @Sendable ([Verdict]) -> Void) {
            batches.withLock { $0.append(attempts.map(\.authcid)) }
            answer(attempts.map { .refused(.unknown, hold: .milliseconds(Int64($0.authcid) ?? 0)) })
        }
    }

    @Test("what one turn of the loop asks goes to the verifier together, and each asker gets its own verdicts")
    func together() async throws {
        let verifier = Everybody()
        let gathering = GatheringVerifier(verifier)
        let answers = Mutex<[String: [Verdict]]>([:])
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        try await loop.submit {
            for names in [["1"], ["2", "3"], [], ["4"]] {
                gathering.verify(names.map(Self.attempt)) { verdicts in
                    answers.withLock { $0[names.joined(separator: " ")] = verdicts }
                }
            }
            #expect(answers.withLock { $0.isEmpty })
        }.get()
        try await loop.submit {}.get()
        #expect(verifier.batches.withLock { $0 } == [["1", "2", "3", "4"]])
        let holds = answers.withLock { answers in
            answers.mapValues { verdicts in
                verdicts.map { verdict -> Duration in if case .refused(_, let hold) = verdict { hold } else { .zero } }
            }
        }
        let expected: [String: [Duration]] = [
            "1": [.milliseconds(1)], "2 3": [.milliseconds(2), .milliseconds(3)], "": [], "4": [.milliseconds(4)],
        ]
        #expect(holds == expected)
    }

    @Test("a flood is not put together without bound, and nothing of it is lost")
    func bounded() async throws {
        let verifier = Everybody()
        let gathering = GatheringVerifier(verifier)
        let answered = Mutex(0)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        try await loop.submit {
            for _ in 0..<1_000 {
                gathering.verify([Self.attempt("1"), Self.attempt("2"), Self.attempt("3")]) { verdicts in
                    answered.withLock { $0 += verdicts.count }
                }
            }
        }.get()
        try await loop.submit {}.get()
        #expect(answered.withLock { $0 } == 3_000)
        #expect(verifier.batches.withLock { $0.allSatisfy { $0.count < 515 } })
    }

    @Test("off an event loop a question goes straight on")
    func elsewhere() {
        let verifier = Everybody()
        let answered = Mutex(0)
        GatheringVerifier(verifier).verify([Self.attempt("1")]) { verdicts in answered.withLock { $0 = verdicts.count }
        }
        #expect(answered.withLock { $0 } == 1)
    }
}
