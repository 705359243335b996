import Foundation
import Keyring
import LatchkeyCore
import OIDCClient

/// What a browser was sent to a provider for. It is kept sealed until the browser comes back, once, within ten minutes.
struct Errand: Codable {
    enum Purpose: Hashable, Codable {
        case signIn
        /// An identity is to be linked to the account of this session.
        case link(session: String)
        /// The second step, or a fresh sign-in, in this session.
        case confirm(session: String)
    }

    let purpose: Purpose
    let pending: PendingAuthorization
    /// Where the visitor was going.
    let next: String?

    /// For the provider of this name alone: what was asked of one is not answered by another.
    func seal(for provider: String, with keyring: Keyring) throws -> [UInt8] {
        try keyring.seal(Secret(Array(JSONEncoder().encode(self))), context: Self.context(provider))
    }

    /// Nil if it was sealed for another provider.
    init?(sealed: [UInt8], for provider: String, with keyring: Keyring) throws {
        let text: Secret
        do {
            text = try keyring.open(sealed, context: Self.context(provider))
        } catch Keyring.SealError.damaged {
            return nil
        }
        self = try text.withBytes { try JSONDecoder().decode(Errand.self, from: Data($0)) }
    }

    init(_ purpose: Purpose, _ pending: PendingAuthorization, next: String?) {
        self.purpose = purpose
        self.pending = pending
        self.next = next
    }

    private static func context(_ provider: String) -> String { "oidc-errand:\(provider)" }
}
