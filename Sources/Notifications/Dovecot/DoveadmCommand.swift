import Foundation
import LatchkeyCore

/// `authCacheFlush` as doveadm's HTTP API takes it, and its answer (seen with Dovecot 2.3.19):
///
///     [["authCacheFlush",{"user":["alice@example.com"]},"latchkey"]]
///     [["doveadmResponse",[{"entries":"1"}],"latchkey"]]
///     [["error",{"type":"exitCode","exitCode":75},"latchkey"]]
enum DoveadmCommand {
    private static let tag = "latchkey"

    /// Without names, everybody's.
    static func flushCache(of users: [String]?) -> [UInt8] {
        let parameters = users.map { "{\"user\":[\($0.map(quoted).joined(separator: ","))]}" } ?? "{}"
        return Array("[[\"authCacheFlush\",\(parameters),\"\(tag)\"]]".utf8)
    }

    /// RFC 8259 §7. A login name holds no control character.
    private static func quoted(_ name: String) -> String {
        "\"\(name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }

    /// Throws unless `body` says that the command was done.
    static func read(_ body: [UInt8]) throws(NotTold) {
        let replies: [Reply]
        do {
            replies = try JSONDecoder().decode([Reply].self, from: Data(body))
        } catch {
            throw NotTold("its answer is not doveadm's")
        }
        guard let reply = replies.first, replies.count == 1, reply.tag == tag else {
            throw NotTold("its answer is to another command")
        }
        guard reply.kind == "doveadmResponse" else {
            let type = reply.problem?.type.flatMap { Attempt.printable($0, limit: 64) } ?? "error"
            throw NotTold("doveadm failed: \(type)" + (reply.problem?.exitCode.map { " \($0)" } ?? ""))
        }
    }

    private struct Reply: Decodable {
        let kind: String
        let problem: Problem?
        let tag: String

        struct Problem: Decodable {
            let type: String?
            let exitCode: Int?
        }

        init(from decoder: any Decoder) throws {
            var parts = try decoder.unkeyedContainer()
            kind = try parts.decode(String.self)
            if kind == "error" {
                problem = try parts.decode(Problem.self)
            } else {
                problem = nil
                _ = try parts.decode(Skipped.self)
            }
            tag = try parts.decode(String.self)
        }
    }

    /// Any value.
    private struct Skipped: Decodable {
        init(from decoder: any Decoder) {}
    }
}
