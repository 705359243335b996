import LatchkeyCore

/// A ready configuration for one server that asks Latchkey, or stands before its portal, with this deployment's own addresses. The tests against real servers
/// configure them with these very texts.
struct Snippet: Sendable {
    /// What `latchkey snippet` is given: `postfix`.
    let name: String
    /// What it is for, and which file it belongs into.
    let about: String
    let text: @Sendable (Deployment) throws(CommandFailure) -> String

    static let all: [Snippet] = portal + dovecotDoor + saslauthdDoor + check + httpDoor + ldapDoor + radiusDoor

    static func named(_ name: String) -> Snippet? { all.first { $0.name == name } }
}
