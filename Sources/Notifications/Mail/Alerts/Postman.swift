public import LatchkeyCore
public import Logging

/// Tells the owners of accounts by mail: gathers alerts behind the audit log, and brings what is queued to the mail server.
///
/// What is queued survives a crash. A message that the server took but that could not be taken off the queue any more is sent again, under
/// the same Message-ID; SMTP can promise no more. After three days it is given up, with a line in the log.
public struct Postman: Sendable {
    /// How often it looks.
    static let interval: Duration = .seconds(1)
    static let expiryInterval: Duration = .seconds(3_600)
    /// Messages fetched at once.
    static let batch = 20

    typealias Send = @Sendable (Envelope) async throws(DeliveryFailure) -> Void
    typealias Wait = @Sendable (Duration) async throws -> Void

    private let queue: any AlertQueue
    private let office: MailOffice
    private let send: Send
    private let wait: Wait
    private let now: @Sendable () -> Timestamp
    private let logger: Logger

    public init(
        queue: any AlertQueue, office: MailOffice, client: SMTPClient, now: @escaping @Sendable () -> Timestamp,
        logger: Logger
    ) {
        self.init(
            queue: queue, office: office, send: { envelope throws(DeliveryFailure) in try await client.send(envelope) },
            wait: { try await Task.sleep(for: $0) }, now: now, logger: logger)
    }

    init(
        queue: any AlertQueue, office: MailOffice, send: @escaping Send, wait: @escaping Wait,
        now: @escaping @Sendable () -> Timestamp, logger: Logger
    ) {
        self.queue = queue
        self.office = office
        self.send = send
        self.wait = wait
        self.now = now
        self.logger = logger
    }

    /// Works until its task is cancelled. A server that does not answer holds up no gathering.
    public func run() async {
        await withTaskGroup { group in
            group.addTask { await gather() }
            group.addTask { await deliver() }
        }
    }

    private func gather() async {
        var nextExpiry = now()
        while !Task.isCancelled {
            do {
                while try await queue.gather(at: now()) { try Task.checkCancellation() }
                if now() >= nextExpiry {
                    while try await queue.gatherExpiring(at: now()) { try Task.checkCancellation() }
                    nextExpiry = now() + Self.expiryInterval
                }
                try await wait(Self.interval)
            } catch {
                guard await isToGoOn(after: error) else { return }
            }
        }
    }

    private func deliver() async {
        var failures = 0
        var taken: Set<AlertID> = []
        while !Task.isCancelled {
            do {
                failures = try await deliverDue(failures, &taken)
                try await wait(failures > 0 ? AlertRetry.server(after: failures) : Self.interval)
            } catch {
                guard await isToGoOn(after: error) else { return }
            }
        }
    }

    /// False if the task was cancelled.
    private func isToGoOn(after error: any Error) async -> Bool {
        guard !Task.isCancelled else { return false }
        logger.error("alerts could not be read or kept", metadata: ["cause": "\(error)"])
        do { try await wait(AlertRetry.longestServerWait) } catch { return false }
        return true
    }

    /// Sends what is due; returns how many times in a row the server has failed by then. `taken`: what the server has, but the queue could
    /// not be rid of, as when the disk is full. It is not sent once a minute until there is room.
    private func deliverDue(_ before: Int, _ taken: inout Set<AlertID>) async throws -> Int {
        var failures = before
        while case let due = try await queue.due(at: now(), limit: Self.batch), !due.isEmpty {
            let late = due.filter { now() - $0.queued >= AlertRule.patience }
            for alert in late { try await giveUp(alert, "it could not be sent for three days") }
            guard late.isEmpty else { continue }
            for alert in due {
                try Task.checkCancellation()
                do throws(DeliveryFailure) {
                    if !taken.contains(alert.id) { try await send(office.envelope(of: alert)) }
                } catch {
                    try Task.checkCancellation()
                    guard error.kind != .server else { return notice(error, failures + 1) }
                    try await settle(alert, error)
                    continue
                }
                if failures > 0 { logger.notice("the mail server takes alerts again") }
                failures = 0
                taken.insert(alert.id)
                try await queue.remove(alert.id)
                taken.remove(alert.id)
            }
        }
        return failures
    }

    private func settle(_ alert: Alert, _ failure: DeliveryFailure) async throws {
        guard failure.kind == .temporary else { return try await giveUp(alert, failure.cause) }
        logger.log(
            level: alert.attempts == 0 ? .warning : .info, "an alert was not taken for now, and is tried again",
            metadata: metadata(alert, failure.cause))
        try await queue.postpone(alert.id, until: now() + AlertRetry.message(after: alert.attempts + 1))
    }

    private func giveUp(_ alert: Alert, _ cause: String) async throws {
        logger.error("an alert is given up", metadata: metadata(alert, cause))
        try await queue.remove(alert.id)
    }

    private func notice(_ failure: DeliveryFailure, _ failures: Int) -> Int {
        if failures == 1 {
            logger.warning(
                "the mail server takes no alerts, and is tried again", metadata: ["cause": "\(failure.cause)"])
        }
        return failures
    }

    private func metadata(_ alert: Alert, _ cause: String) -> Logger.Metadata {
        ["alert": "\(alert.kind.rawValue)", "account": "\(alert.login)", "cause": "\(cause)"]
    }
}
