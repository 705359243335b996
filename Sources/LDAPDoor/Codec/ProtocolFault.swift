/// What a peer did that no answer can mend: it is told so, and the connection ends (RFC 4511 §4.1.1).
enum ProtocolFault: String, Error, Sendable {
    case malformed = "malformed message"
    case tooLong = "message too long"
    /// 0 is for notices of the server's own; an id may be used again once its operation is over.
    case messageID = "message id not allowed"
    case unknownOperation = "unknown operation"
}
