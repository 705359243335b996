/// The database could not answer: full, locked, gone or damaged. Temporary to every peer.
public struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What happened, for the operator; holds no secret.
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}
