import LatchkeyCore

/// Why a message was not taken.
public struct DeliveryFailure: Error, Equatable, CustomStringConvertible {
    public enum Kind: Sendable {
        /// Not this message's fault: the server cannot be reached, does not encrypt, or does not let us in.
        case server
        /// This message, for now (4yz, or the connection broke in the middle of it).
        case temporary
        /// This message, whenever it is sent (5yz).
        case permanent
    }

    public let kind: Kind
    /// For the log and the operator, in one line; what the server says is in it, what we said is not.
    public let cause: String

    public var description: String { cause }

    init(_ kind: Kind, _ cause: String) {
        self.kind = kind
        self.cause = cause
    }
}
