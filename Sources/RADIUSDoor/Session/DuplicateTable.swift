import LatchkeyCore

/// The requests of one client that were answered lately or are being answered: a client that waits too long for an answer sends the
/// same packet again, and must neither be counted twice nor get two different answers (RFC 5080 §2.2.2).
///
/// Two generations, of which the older goes at each sweep, or when the younger is full: a reply is kept for one to two sweeps.
struct DuplicateTable {
    /// Requests in one generation. A reply has some sixty octets, and 4,096 at most.
    static let maximumCount = 8_192
    /// Requests without an answer yet.
    static let maximumRunning = 4_096

    /// One packet that was sent, or sent again.
    struct Key: Hashable, Sendable {
        let origin: Session.Origin
        let identifier: UInt8
    }

    /// A request whose attempt is with the verifier, or whose refusal is held.
    struct Running: Sendable {
        let serial: UInt64
        let request: Reply.Request
        let client: RADIUSClient
    }

    private enum Entry {
        case running(Running)
        case answered(Authenticator, reply: [UInt8])
    }

    enum Finding {
        case fresh
        case running
        case answered([UInt8])
    }

    private var younger: [Key: Entry] = [:]
    private var older: [Key: Entry] = [:]
    private(set) var runningCount = 0

    var isEmpty: Bool { younger.isEmpty && older.isEmpty }

    /// A request with the identifier of an earlier one and another authenticator is a new request: the client has given the earlier up.
    func find(_ key: Key, _ authenticator: Authenticator) -> Finding {
        switch younger[key] ?? older[key] {
        case .running(let running) where running.request.authenticator == authenticator: .running
        case .answered(authenticator, let reply): .answered(reply)
        default: .fresh
        }
    }

    /// Keeps a fresh request; false if there are too many.
    mutating func begin(_ key: Key, _ running: Running) -> Bool {
        remove(key)
        guard runningCount < Self.maximumRunning else { return false }
        if younger.count >= Self.maximumCount { sweep() }
        younger[key] = .running(running)
        runningCount += 1
        return true
    }

    /// The request with this serial, unless the client has given it up.
    func running(_ key: Key, _ serial: UInt64) -> Running? {
        guard case .running(let running) = younger[key] ?? older[key], running.serial == serial else { return nil }
        return running
    }

    /// What `running` found has its answer.
    mutating func conclude(_ key: Key, _ running: Running, reply: [UInt8]) {
        remove(key)
        younger[key] = .answered(running.request.authenticator, reply: reply)
    }

    /// Nothing is known of it any more: sent again, it is asked about again.
    mutating func remove(_ key: Key) {
        let entry = younger.removeValue(forKey: key) ?? older.removeValue(forKey: key)
        if case .running = entry { runningCount -= 1 }
    }

    mutating func sweep() {
        // What runs is never forgotten.
        let kept = older.filter { if case .running = $0.value { true } else { false } }
        older = younger
        younger = kept
    }
}
