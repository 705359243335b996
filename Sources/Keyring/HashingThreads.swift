import Foundation
import Synchronization

/// A few threads that do nothing but slow hashes, and a short queue in front of them.
final class HashingThreads: Sendable {
    private let queue: JobQueue

    init(count: Int, maximumWaiting: Int) {
        let queue = JobQueue(maximumWaiting: maximumWaiting)
        self.queue = queue
        for number in 1...max(1, count) {
            let thread = Thread { while let job = queue.next() { job.run() } }
            thread.name = "password-\(number)"
            thread.start()
        }
    }

    /// Lets the threads end; whatever still waits fails as cancelled.
    func stop() { queue.close() }

    /// Runs `body` on one of the threads. Throws `PasswordHasher.Busy` if too many wait, and `CancellationError` if the task is
    /// cancelled while it waits; what has begun is not interrupted.
    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        let number = queue.ticket()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                queue.add(
                    Job(
                        number: number,
                        run: { continuation.resume(with: Result { try body() }) },
                        fail: { continuation.resume(throwing: $0) }))
                // Cancelled before it was there to be cancelled.
                if Task.isCancelled { queue.cancel(number) }
            }
        } onCancel: {
            queue.cancel(number)
        }
    }
}

/// One hash to be made; of `run` and `fail` exactly one is called, once.
private struct Job: Sendable {
    let number: UInt64
    let run: @Sendable () -> Void
    let fail: @Sendable (any Error) -> Void
}

private final class JobQueue: @unchecked Sendable {  // safe: all that changes does so under `condition`
    private let condition = NSCondition()
    private let maximumWaiting: Int
    private var tickets: UInt64 = 0
    private var waiting: [Job] = []
    private var isClosed = false

    init(maximumWaiting: Int) {
        self.maximumWaiting = maximumWaiting
    }

    func ticket() -> UInt64 {
        condition.withLock {
            tickets += 1
            return tickets
        }
    }

    func add(_ job: Job) {
        let refusal: (any Error)? = condition.withLock {
            if isClosed { return CancellationError() }
            guard waiting.count < maximumWaiting else { return PasswordHasher.Busy() }
            waiting.append(job)
            condition.signal()
            return nil
        }
        if let refusal { job.fail(refusal) }
    }

    /// The next job, as soon as there is one; nil once the queue is closed.
    func next() -> Job? {
        condition.withLock {
            while waiting.isEmpty, !isClosed { condition.wait() }
            return waiting.isEmpty ? nil : waiting.removeFirst()
        }
    }

    /// Takes a job that waits out of the queue; one that has begun, or was never added, is left alone.
    func cancel(_ number: UInt64) {
        let job = condition.withLock {
            waiting.firstIndex { $0.number == number }.map { waiting.remove(at: $0) }
        }
        job?.fail(CancellationError())
    }

    func close() {
        let left = condition.withLock {
            isClosed = true
            defer { waiting = [] }
            condition.broadcast()
            return waiting
        }
        for job in left { job.fail(CancellationError()) }
    }
}
