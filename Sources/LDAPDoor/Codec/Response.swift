/// A message of ours (RFC 4511 §4).
enum Response: Equatable, Sendable {
    case bind(id: Int32, LDAPResult, serverCredentials: [UInt8]? = nil)
    /// The end of a search. `cookie` answers a request for a page: where the next one begins, empty if there is none.
    case searchDone(id: Int32, LDAPResult, cookie: [UInt8]? = nil)
    case compare(id: Int32, LDAPResult)
    case extended(id: Int32, LDAPResult, value: String? = nil)
    /// The result of an operation that has nothing of its own to say.
    case plain(id: Int32, tag: UInt8, LDAPResult)
    /// We end the connection, unasked (RFC 4511 §4.4.1).
    case noticeOfDisconnection(LDAPResult)

    static let searchDoneTag: UInt8 = 0x65
    static let compareTag: UInt8 = 0x6f

    func write(to writer: inout BERWriter) {
        switch self {
        case .bind(let id, let result, let credentials):
            Self.write(id, 0x61, result, to: &writer) { operation in
                if let credentials { operation.write(credentials, BERTag.context(7)) }
            }
        case .searchDone(let id, let result, let cookie):
            writer.write(BERTag.sequence) { message in
                message.write(id)
                message.write(Self.searchDoneTag) { result.write(to: &$0) }
                if let cookie { Self.writePaging(cookie, to: &message) }
            }
        case .compare(let id, let result): Self.write(id, Self.compareTag, result, to: &writer)
        case .extended(let id, let result, let value):
            Self.write(id, 0x78, result, to: &writer) { operation in
                if let value { operation.write(value, BERTag.context(11)) }
            }
        case .plain(let id, let tag, let result): Self.write(id, tag, result, to: &writer)
        case .noticeOfDisconnection(let result):
            Self.write(0, 0x78, result, to: &writer) { $0.write(Self.noticeName, BERTag.context(10)) }
        }
    }

    private static let noticeName = "1.3.6.1.4.1.1466.20036"

    private static func write(
        _ id: Int32, _ tag: UInt8, _ result: LDAPResult, to writer: inout BERWriter,
        _ rest: (inout BERWriter) -> Void = { _ in }
    ) {
        writer.write(BERTag.sequence) { message in
            message.write(id)
            message.write(tag) { operation in
                result.write(to: &operation)
                rest(&operation)
            }
        }
    }

    private static func writePaging(_ cookie: [UInt8], to message: inout BERWriter) {
        message.write(BERTag.constructed(0)) { controls in
            controls.write(BERTag.sequence) { control in
                control.write(Controls.pagedResults)
                control.write(BERTag.octetString) { value in
                    value.write(BERTag.sequence) { paging in
                        paging.write(Int32(0))  // how many there are in all: we do not count them
                        paging.write(cookie)
                    }
                }
            }
        }
    }
}

extension LDAPResult {
    fileprivate func write(to writer: inout BERWriter) {
        writer.write(code.rawValue, BERTag.enumerated)
        writer.write(matchedDN)
        writer.write(diagnosticMessage)
    }
}
