/// Why the door closes a connection without an answer, for the log.
enum CloseReason: String, Sendable {
    case incomplete = "the client hung up before its request was whole"
    case stalled = "the request was not whole in time"
    case flood = "more octets than any request has"
    /// The protocol knows no other way to tell "try again later" from "wrong password".
    case temporaryFailure = "the question cannot be answered now"
}
