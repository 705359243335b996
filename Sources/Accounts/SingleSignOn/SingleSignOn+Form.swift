import Foundation
import Keyring
public import LatchkeyCore

/// The fields of a form, without any secret, whose sender is away at a provider to confirm: kept for their return.
public struct KeptForm: Hashable, Sendable {
    /// Of one session; beyond it the oldest goes.
    public static let maximumCount = 4
    /// As long as somebody may stay away, and a little.
    public static let lifetime: Duration = .seconds(900)
    /// Octets of all names and values. What is longer is not kept.
    static let maximumLength = 16_384

    /// SHA-256 of what the address holds.
    public let idHash: [UInt8]
    public let session: Identifier<Session>
    public let sealed: [UInt8]

    public init(idHash: [UInt8], session: Identifier<Session>, sealed: [UInt8]) {
        self.idHash = idHash
        self.session = session
        self.sealed = sealed
    }
}

extension SingleSignOn {
    /// Keeps the fields of a form that was sent in `session`, none of them a secret. Returns what finds them again in the same session; nil if
    /// they are too long.
    public func keep(_ fields: [(name: String, value: String)], in session: Session) async throws -> Secret? {
        guard fields.reduce(0, { $0 + $1.name.utf8.count + $1.value.utf8.count }) <= KeptForm.maximumLength else {
            return nil
        }
        var rng = SystemRandomNumberGenerator()
        let id = BearerToken.generate(using: &rng)
        let text = try JSONEncoder().encode(fields.map { [$0.name, $0.value] })
        try await identities.put(
            KeptForm(
                idHash: BearerToken.hash(id), session: session.id,
                sealed: try access.keyring.seal(Secret(Array(text)), context: Self.context(session))),
            at: access.now())
        return id
    }

    /// The fields as they were kept; nil if they were not in this session, or are not any more.
    public func kept(_ id: Secret, in session: Session) async throws -> [(name: String, value: String)]? {
        guard BearerToken.isOne(id),
            let sealed = try await identities.form(
                idHash: BearerToken.hash(id), of: session.id, at: access.now())
        else { return nil }
        let text = try access.keyring.open(sealed, context: Self.context(session))
        return try text.withBytes { try JSONDecoder().decode([[String]].self, from: Data($0)) }
            .compactMap { $0.count == 2 ? (name: $0[0], value: $0[1]) : nil }
    }

    private static func context(_ session: Session) -> String { "kept-form:\(session.id)" }
}
