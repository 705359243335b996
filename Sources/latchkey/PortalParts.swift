import Accounts
import Foundation
import Keyring
import LatchkeyCore
import Settings
import Storage

/// What signing in to the portal is made of, over one installation. Made once a process: the limits on guessing are in it.
struct PortalParts: Sendable {
    let access: PortalAccess
    let credentials: PortalCredentials
    let setupLinks: SetupLinks
    let helpdesk: Helpdesk
    let passwordCheck: PortalPasswordCheck

    /// `trust` says which identities at providers open what.
    init(database: SQLiteDatabase, keyring: Keyring, settings: Settings, trust: IdentityTrust) {
        let domain = settings.domain
        let accounts = SQLAccounts(database)
        let audit = SQLAuditLog(database)
        let passwords = SQLPortalPasswords(database)
        let factors = SQLSecondFactors(database, trust: trust, mailsCodes: settings.signIn.codesByMail)
        let sessions = SQLSessions(database, trust: trust)
        let hasher = PasswordHasher()
        let limits = GuessLimits()
        access = PortalAccess(
            accounts: accounts, passwords: passwords, factors: factors,
            keys: SQLWebAuthnCredentials(database), sessions: sessions, audit: audit,
            hasher: hasher,
            keyring: keyring, limits: limits, defaultDomain: domain,
            times: SessionTimes(settings.portal), now: currentTime)
        credentials = PortalCredentials(
            accounts: accounts, passwords: passwords, factors: factors,
            keys: SQLWebAuthnCredentials(database), sessions: sessions, audit: audit,
            hasher: hasher,
            keyring: keyring, limits: limits, issuer: domain.map { "Latchkey (\($0))" } ?? "Latchkey", now: currentTime)
        setupLinks = SetupLinks(
            links: SQLSetupLinks(database), accounts: accounts, hasher: hasher, defaultDomain: domain, now: currentTime)
        helpdesk = Helpdesk(
            accounts: accounts, credentials: credentials, setupLinks: setupLinks, audit: audit, defaultDomain: domain,
            now: currentTime)
        passwordCheck = PortalPasswordCheck(passwords: passwords, hasher: hasher, now: currentTime)
    }
}

extension SessionTimes {
    init(_ settings: Settings.Portal) {
        self.init()
        if let minutes = settings.freshSignIn { freshness = .seconds(60 * minutes) }
        if let minutes = settings.idle { longestIdle = .seconds(60 * minutes) }
        if let hours = settings.sessionLength { lifetime = .seconds(3_600 * hours) }
    }
}
