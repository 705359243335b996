import LatchkeyCore

/// Somebody who is told of revocations: what to say, and whether the answer means that it was heard. Pure; `Notifier` does
/// the talking.
protocol NoticeTarget: Sendable {
    /// Under which its place in the log is kept. No two targets have the same.
    var id: String { get }
    /// For the log: nothing that a URL's path or query may hide.
    var label: String { get }
    /// Revocations that one notice tells at most.
    var batch: Int { get }

    /// The notice of one or more revocations, sent at `now`.
    func notice(of revocations: [Revocation], at now: Timestamp) -> Notice
    func read(_ answer: Answer) throws(NotTold)
}

/// An HTTP request that posts JSON.
struct Notice: Equatable {
    let url: String
    var headers: [(name: String, value: String)] = []
    let body: [UInt8]

    static func == (left: Notice, right: Notice) -> Bool {
        left.url == right.url && left.body == right.body && left.headers.elementsEqual(right.headers) { $0 == $1 }
    }
}

/// What came back.
struct Answer: Equatable {
    let status: Int
    var body: [UInt8] = []
}

/// Why a notice was not taken.
struct NotTold: Error, Equatable {
    /// For the log.
    let cause: String
    /// The target does not want this very notice; another may fare better. Otherwise it is in trouble.
    var isRefusal = false

    init(_ cause: String, isRefusal: Bool = false) {
        self.cause = cause
        self.isRefusal = isRefusal
    }

    /// A status that is not 2xx. What a wrong address or key gives, 401, 403 and 404, is trouble: somebody will mend it.
    init(status: Int) {
        let isRefusal = (400..<500).contains(status) && ![401, 403, 404, 408, 425, 429].contains(status)
        self.init("it answered \(status)", isRefusal: isRefusal)
    }
}
