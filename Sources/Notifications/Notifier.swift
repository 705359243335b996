public import LatchkeyCore
public import Logging

/// Tells those who remember verdicts what they have to forget: reads the feed of revocations and posts a notice to each target.
///
/// Each target has its own place in the feed, which moves on when the notice has been taken: so each is told everything, at least once
/// and in order, also across a restart, and one that is away holds up no other. Sign-ins never wait for it.
public struct Notifier: Sendable {
    /// How often each target looks into the feed: the longest a revocation waits before it is told.
    static let interval: Duration = .milliseconds(200)

    private let feed: any RevocationFeed
    private let targets: [any NoticeTarget]
    private let now: @Sendable () -> Timestamp
    private let logger: Logger

    /// `domain`: what is added to login names that come without one.
    public init(
        _ configuration: Configuration, feed: any RevocationFeed, domain: String?,
        now: @escaping @Sendable () -> Timestamp, logger: Logger
    ) {
        let dovecots = configuration.dovecots.map { DovecotCache(url: $0.url, key: $0.key, domain: domain) }
        let webhooks = configuration.webhooks.map { Webhook(url: $0.url, secret: $0.secret) }
        self.init(targets: dovecots + webhooks, feed: feed, now: now, logger: logger)
    }

    init(
        targets: [any NoticeTarget], feed: any RevocationFeed, now: @escaping @Sendable () -> Timestamp, logger: Logger
    ) {
        self.targets = targets
        self.feed = feed
        self.now = now
        self.logger = logger
    }

    /// Tells until its task is cancelled.
    public func run() async {
        guard !targets.isEmpty else { return }
        await HTTPPost.withClient(logger: logger) { post in
            await run(post: post.send) { try await Task.sleep(for: $0) }
        }
    }

    typealias Post = @Sendable (Notice) async throws(NotTold) -> Answer
    typealias Wait = @Sendable (Duration) async throws -> Void

    func run(post: @escaping Post, wait: @escaping Wait) async {
        await withTaskGroup { group in
            for target in targets {
                group.addTask {
                    await Errand(target: target, feed: feed, now: now, post: post, wait: wait, logger: logger).run()
                }
            }
        }
    }
}

/// Everything that one target is told.
private struct Errand: Sendable {
    let target: any NoticeTarget
    let feed: any RevocationFeed
    let now: @Sendable () -> Timestamp
    let post: Notifier.Post
    let wait: Notifier.Wait
    let logger: Logger

    func run() async {
        var position: Int64?
        while !Task.isCancelled {
            do {
                position = try await follow(from: position)
                try await wait(Notifier.interval)
            } catch {
                guard !Task.isCancelled else { return }
                logger.error("revocations could not be read", metadata: ["cause": "\(error)"])
                do { try await wait(RetryPlan.longestWait) } catch { return }
            }
        }
    }

    /// Tells all that there is to tell after `position`, by default where the target was; returns where it is then.
    private func follow(from position: Int64?) async throws -> Int64 {
        var position = if let position { position } else { try await feed.position(of: target.id) }
        while case let revocations = try await feed.revocations(after: position, limit: target.batch),
            let last = revocations.last
        {
            try await tell(revocations)
            try await feed.advance(target.id, to: last.sequence)
            position = last.sequence
        }
        return position
    }

    /// Returns when the notice was taken or is given up; throws only if the task was cancelled.
    private func tell(_ revocations: [Revocation]) async throws {
        var plan = RetryPlan()
        let latest = revocations.map(\.time).max()
        while true {
            do throws(NotTold) {
                try target.read(try await post(target.notice(of: revocations, at: now())))
                if plan.failures > 0 { logger.notice("told at last", metadata: metadata(plan)) }
                return
            } catch {
                try Task.checkCancellation()
                guard let pause = plan.wait(after: error, age: latest.map { now() - $0 } ?? .zero) else {
                    logger.error(
                        "given up telling of revocations: what it remembers may still let somebody in",
                        metadata: metadata(plan, error, revocations))
                    return
                }
                if plan.failures == 1 {
                    logger.warning(
                        "could not tell of revocations, and goes on trying",
                        metadata: metadata(plan, error, revocations))
                }
                try await wait(pause)
            }
        }
    }

    private func metadata(
        _ plan: RetryPlan, _ failure: NotTold? = nil, _ revocations: [Revocation] = []
    ) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["target": "\(target.label)", "failures": "\(plan.failures)"]
        if let failure { metadata["cause"] = "\(failure.cause)" }
        if let first = revocations.first, let last = revocations.last {
            metadata["events"] = "\(first.sequence)...\(last.sequence)"
        }
        return metadata
    }
}
