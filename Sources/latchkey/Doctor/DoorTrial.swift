import DoorKit
import Foundation
import LatchkeyCore

/// A door asked as a server would ask it: once with an app password that works, once with one that cannot.
struct DoorTrial: Sendable {
    /// `door http 127.0.0.1:8090`.
    let check: String
    let address: ListenAddress
    /// What the app password has to be for, where the door itself decides that.
    var service: Service?
    /// Asks with a secret; throws if there is no answer that could be read.
    let ask: @Sendable (_ login: String, _ secret: String) async throws -> Answer

    enum Answer: Equatable {
        case accepted, refused, temporary
        /// Something else, in the door's own words.
        case other(String)
    }

    func run(_ login: String, right: String, wrong: String) async -> Finding {
        do {
            switch (try await ask(login, right), try await ask(login, wrong)) {
            case (.accepted, .refused):
                return .good(check, "a right app password signs in, and a wrong one does not")
            case (.temporary, _), (_, .temporary):
                return .bad(
                    check, "it says that it cannot answer now",
                    fix: "See the server's log: the database cannot be read or written.")
            case (let right, let wrong):
                return .bad(
                    check, "the right app password was \(right.words), and the wrong one \(wrong.words)",
                    fix: "See the server's log and latchkey audit list; is this the server of this data directory?")
            }
        } catch {
            return .bad(
                check, "nobody answers there",
                fix: "Start the server with latchkey serve, or see its log for the cause.")
        }
    }
}

extension DoorTrial.Answer {
    fileprivate var words: String {
        switch self {
        case .accepted: "accepted"
        case .refused: "refused"
        case .temporary: "not answered"
        case .other(let words): "answered with “\(words)”"
        }
    }
}
