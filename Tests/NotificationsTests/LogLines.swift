import Logging
import Synchronization

/// Remembers what is logged.
///
/// Safe to send: what changes is in a mutex, the rest is never set.
final class LogLines: LogHandler, @unchecked Sendable {
    let lines = Mutex<[String]>([])
    /// What each says of its cause.
    let causes = Mutex<[String]>([])
    private let level: Logger.Level

    init(from level: Logger.Level = .error) {
        self.level = level
    }

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { level }
        set {}
    }
    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        lines.withLock { $0.append("\(event.message)") }
        if let cause = event.metadata?["cause"] { causes.withLock { $0.append("\(cause)") } }
    }
}
