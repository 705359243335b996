/// Revocations in the order of the audit log, whoever made them, in this process or another, for readers that each keep
/// their own place. An app password's expiry is no event and is not told.
public protocol RevocationFeed: Sendable {
    /// The number of the last event that this reader is done with. A new reader begins at the log's end.
    func position(of reader: String) async throws(StoreError) -> Int64
    /// Those after `position`, `limit` at most. Cheap if there are none.
    func revocations(after position: Int64, limit: Int) async throws(StoreError) -> [Revocation]
    /// Durable when the call returns.
    func advance(_ reader: String, to position: Int64) async throws(StoreError)
}
