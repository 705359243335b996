import Accounts
import Foundation
import Keyring
import LatchkeyCore
import Storage

/// What signing in to the portal is made of, over one installation. Made once a process: the limits on guessing are in it.
struct PortalParts: Sendable {
    let access: PortalAccess
    let credentials: PortalCredentials
    let setupLinks: SetupLinks
    let passwordCheck: PortalPasswordCheck

    /// `trust` says which identities at providers open what.
    init(database: SQLiteDatabase, keyring: Keyring, domain: String?, trust: IdentityTrust) {
        let accounts = SQLAccounts(database)
        let audit = SQLAuditLog(database)
        let passwords = SQLPortalPasswords(database)
        let factors = SQLSecondFactors(database, trust: trust)
        let sessions = SQLSessions(database, trust: trust)
        let hasher = PasswordHasher()
        let limits = GuessLimits()
        access = PortalAccess(
            accounts: accounts, passwords: passwords, factors: factors,
            keys: SQLWebAuthnCredentials(database), sessions: sessions, audit: audit,
            hasher: hasher,
            keyring: keyring, limits: limits, defaultDomain: domain, now: currentTime)
        credentials = PortalCredentials(
            accounts: accounts, passwords: passwords, factors: factors,
            keys: SQLWebAuthnCredentials(database), sessions: sessions, audit: audit,
            hasher: hasher,
            keyring: keyring, limits: limits, issuer: domain.map { "Latchkey (\($0))" } ?? "Latchkey", now: currentTime)
        setupLinks = SetupLinks(
            links: SQLSetupLinks(database), accounts: accounts, hasher: hasher, defaultDomain: domain, now: currentTime)
        passwordCheck = PortalPasswordCheck(passwords: passwords, hasher: hasher, now: currentTime)
    }
}
