public import LatchkeyCore

extension PortalAccess {
    /// Longer than any token, in octets.
    private static let maximumTokenLength = 64
    /// How exact `Session.lastSeen` is: a write for every request would be one too many.
    private static let touchInterval: Duration = .seconds(60)

    /// The session that a cookie's token stands for; nil if there is none, or it has ended, or its account is disabled.
    /// Notes that it was seen, at most once a minute.
    public func session(bearing token: Secret, from origin: Origin) async throws -> Session? {
        guard token.count <= Self.maximumTokenLength else { return nil }
        let time = now()
        guard var session = try await sessions.session(tokenHash: BearerToken.hash(token)) else { return nil }
        session.times = times
        guard session.isAlive(at: time) else { return nil }
        guard time - session.lastSeen >= Self.touchInterval else { return session }
        let seen = session.seen(from: origin, at: time)
        try await sessions.touch(seen)
        return seen
    }

    public func signOut(_ session: Session, from origin: Origin) async throws {
        let event = origin.event(.portalSignOut, at: now(), of: session.account)
        // One that is gone already was signed out by somebody else.
        _ = try await sessions.delete(session.id, of: session.account, event: event)
    }

    /// The account's signed-in sessions, the one last seen first.
    public func sessions(of account: AccountID) async throws -> [Session] {
        let time = now()
        return try await sessions.sessions(of: account).filter { kept in
            var session = kept
            session.times = times
            return session.stage == .signedIn && session.isAlive(at: time)
        }
    }

    /// Ends one session of the same account as `session`, which asks. False if there was none with this id. Throws
    /// `StepUpRequired` if the asking session is not signed in.
    public func end(_ id: Identifier<Session>, in session: Session, from origin: Origin) async throws -> Bool {
        guard session.stage == .signedIn else { throw StepUpRequired() }
        let event = origin.event(.sessionsEnded, at: now(), of: session.account, detail: "one session")
        return try await sessions.delete(id, of: session.account, event: event)
    }

    /// Ends every session of the account but `session`, which asks. Returns how many there were. Throws `StepUpRequired` if the
    /// asking session is not signed in.
    public func endOthers(than session: Session, from origin: Origin) async throws -> Int {
        guard session.stage == .signedIn else { throw StepUpRequired() }
        let event = origin.event(.sessionsEnded, at: now(), of: session.account, detail: "all other sessions")
        return try await sessions.deleteAll(of: session.account, but: session.id, event: event)
    }

    /// Ends every session of an account, as an administrator does. Returns how many there were.
    public func endAll(of account: AccountID, actor: AuditEvent.Actor, from origin: Origin) async throws -> Int {
        let event = origin.event(.sessionsEnded, at: now(), by: actor, account: account, detail: "all sessions")
        return try await sessions.deleteAll(of: account, but: nil, event: event)
    }
}
