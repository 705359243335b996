import LatchkeyCore

/// Adds events to the chain inside a transaction that somebody else has opened.
struct AuditWriter {
    private var chain: AuditChain

    /// Reads the chain's end. The transaction must have the write lock already, or two writers would continue the same end.
    init(_ connection: any Connection) throws {
        let last = try connection.query("SELECT seq, hash FROM audit_event ORDER BY seq DESC LIMIT 1").first
        chain = try last.map { AuditChain(sequence: try $0.integer(0), head: try $0.blob(1)) } ?? AuditChain()
    }

    var sequence: Int64 { chain.sequence }

    mutating func append(_ event: AuditEvent, to connection: any Connection) throws {
        chain.append(event)
        try connection.execute(
            """
            INSERT INTO audit_event
                (seq, time, action, actor, account, app_password, refusal, service, door, address, client, detail, hash)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            .integer(chain.sequence), .integer(event.time.microseconds), .text(event.action.rawValue),
            .text(event.actor.description), .blob(event.account?.octets), .blob(event.appPassword?.octets),
            .text(event.refusal?.rawValue), .text(event.service?.name), .text(event.door?.rawValue),
            .text(event.address?.description), .text(event.client), .text(event.detail), .blob(chain.head))
        if event.action.revokes, event.account != nil {
            try connection.execute("INSERT INTO revocation (seq) VALUES (?)", .integer(chain.sequence))
        }
    }

    /// For a change that has events of its own: writes them beside it. Returns the number of the last.
    @discardableResult
    static func write(_ events: [AuditEvent], to connection: any Connection) throws -> Int64 {
        var writer = try AuditWriter(connection)
        for event in events { try writer.append(event, to: connection) }
        return writer.sequence
    }
}

extension AuditEntry {
    static let columns =
        "e.seq, e.time, e.action, e.actor, e.account, e.app_password, e.refusal, e.service, e.door, e.address, e.client, e.detail, e.hash"

    init(_ row: Row) throws {
        guard let action = AuditEvent.Action(rawValue: try row.text(2)), let actor = AuditEvent.Actor(try row.text(3))
        else {
            throw UnreadableRow("audit event \(try row.integer(0)) has an unknown action or actor")
        }
        let event = AuditEvent(
            time: Timestamp(microseconds: try row.integer(1)), action: action, actor: actor,
            account: try row.optionalBlob(4).map { try known(AccountID(octets: $0), "account") },
            appPassword: try row.optionalBlob(5).map { try known(AppPasswordID(octets: $0), "app password") },
            refusal: try row.optionalText(6).map { try known(Refusal(rawValue: $0), "refusal") },
            service: try row.optionalText(7).map { try known(Service($0), "service") },
            door: try row.optionalText(8).map { try known(Door(rawValue: $0), "door") },
            address: try row.optionalText(9).map { try known(IPAddress($0), "address") },
            client: try row.optionalText(10), detail: try row.optionalText(11))
        self.init(sequence: try row.integer(0), event: event, hash: try row.blob(12))
    }
}

/// What is there but cannot be read was not written by us: taken for absent, it would hide a change from the chain.
private func known<Value>(_ value: Value?, _ what: String) throws -> Value {
    guard let value else { throw UnreadableRow("an audit event has an unknown \(what)") }
    return value
}
