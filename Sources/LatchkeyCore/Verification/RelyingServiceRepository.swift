/// Relying services as an administrator sees them.
public protocol RelyingServiceRepository: Sendable {
    /// `tokenHash` is SHA-256 of the token, which is random and long enough for it (ASVS 6.5.2).
    func insert(_ service: RelyingService, tokenHash: [UInt8], event: AuditEvent) async throws
    func relyingServices() async throws -> [RelyingService]
    /// False if there was none with this id.
    func delete(_ id: Identifier<RelyingService>, event: AuditEvent) async throws -> Bool
}
