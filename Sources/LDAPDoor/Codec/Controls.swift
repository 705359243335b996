/// What a request asks for beside itself (RFC 4511 §4.1.11).
struct Controls: Sendable, Equatable {
    /// Controls of one message that are read; nobody sends more than three.
    static let maximumCount = 32

    /// A page of a search (RFC 2696): how many entries, and where it goes on.
    struct Paging: Sendable, Equatable {
        let size: Int32
        /// What we gave with the page before; empty for the first.
        let cookie: [UInt8]
    }

    var paging: Paging?
    /// There is one that we do not know and must not ignore.
    var hasUnknownCritical = false

    /// RFC 2696.
    static let pagedResults = "1.2.840.113556.1.4.319"
    /// RFC 3296: show referrals as entries. There are none, so nothing is different.
    static let manageDsaIT = "2.16.840.1.113730.3.4.2"
    static let supported = [pagedResults, manageDsaIT]

    init() {}

    init(_ content: Octets) throws(ProtocolFault) {
        var list = BERReader(content)
        var count = 0
        while !list.isAtEnd {
            count += 1
            guard count <= Self.maximumCount else { throw .malformed }
            var control = BERReader(try list.read(BERTag.sequence))
            let type = try control.readText()
            let isCritical = control.nextTag == BERTag.boolean ? try control.readBoolean() : false
            let value = try control.readIfPresent(BERTag.octetString)
            switch type {
            case Self.pagedResults:
                guard let value, paging == nil else { throw .malformed }
                paging = try Paging(value)
            case Self.manageDsaIT: break
            default: hasUnknownCritical = hasUnknownCritical || isCritical
            }
        }
    }
}

extension Controls.Paging {
    fileprivate init(_ value: Octets) throws(ProtocolFault) {
        var reader = BERReader(value)
        var sequence = BERReader(try reader.read(BERTag.sequence))
        size = try sequence.readInteger()
        guard size >= 0 else { throw .malformed }
        cookie = Array(try sequence.read(BERTag.octetString))
    }
}
