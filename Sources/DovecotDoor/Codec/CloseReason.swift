/// Why the door closes a connection, for the log; the peer is told nothing.
enum CloseReason: String, Error, Sendable {
    case lineTooLong = "a line is longer than 16384 octets"
    case handshakeExpected = "VERSION and CPID must come first"
    case unsupportedVersion = "the client's major protocol version is not 1"
    case unknownCommand = "unknown command"
    case malformedCommand = "a command with missing or invalid fields"
    case serviceMissing = "AUTH without service"
    case responseNotLast = "AUTH with something after resp"
    case duplicateID = "AUTH with the id of a running request"
    case tooManyRequests = "too many running requests"
    /// Postfix and Exim know no other way to tell "try again later" from "wrong password".
    case temporaryFailure = "the question cannot be answered now"
}
