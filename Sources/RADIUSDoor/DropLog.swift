import Logging

/// Writes sparsely of what is not answered: the first of a kind at once, and how many more there were once a minute, so that nobody can
/// fill the log.
struct DropLog {
    private struct Kind: Hashable {
        let reason: DropReason
        let client: String?
    }

    /// How many more since the last line of this kind.
    private var more: [Kind: Int] = [:]

    /// Whether `summarise` is worth calling.
    var isWaiting: Bool { !more.isEmpty }

    mutating func note(_ reason: DropReason, _ client: RADIUSClient?, from address: String?, _ logger: Logger) {
        let kind = Kind(reason: reason, client: client?.name)
        if let count = more[kind] {
            more[kind] = count + 1
            return
        }
        more[kind] = 0
        logger.log(
            level: reason.level, "a packet is not answered",
            metadata: Self.metadata(kind).merging(["from": "\(address ?? "a connection")"]) { $1 })
    }

    /// The next of a kind that was quiet is told at once again.
    mutating func summarise(_ logger: Logger) {
        for (kind, count) in more where count > 0 {
            logger.log(
                level: kind.reason.level, "more packets were not answered",
                metadata: Self.metadata(kind).merging(["count": "\(count)"]) { $1 })
        }
        more = more.filter { $0.value > 0 }.mapValues { _ in 0 }
    }

    private static func metadata(_ kind: Kind) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["reason": "\(kind.reason.rawValue)"]
        if let client = kind.client { metadata["client"] = "\(client)" }
        return metadata
    }
}

extension DropReason {
    fileprivate var level: Logger.Level {
        switch self {
        case .stopping: .debug
        case .unavailable, .tooManyRequests: .warning
        default: .notice
        }
    }
}
