/// Why we end a connection.
enum CloseReason: Equatable, Sendable {
    /// The client said that it has finished.
    case unbind
    case fault(ProtocolFault)

    /// What the client is told; nil if it waits for nothing.
    var notice: Response? {
        switch self {
        case .unbind: nil
        case .fault(let fault): .noticeOfDisconnection(LDAPResult(.protocolError, fault.rawValue))
        }
    }
}
