import DoorKit
import LDAPDoor
import LatchkeyCore
import Settings
import Storage

extension Doorway {
    func bindLDAP() async throws -> [BoundDoor] {
        let settings = house.settings.doors.ldap
        guard !(settings.listen + settings.tlsListen).isEmpty else { return [] }
        guard let base = settings.baseDN(domain: house.settings.domain) else {
            throw CommandFailure.configuration("doors.ldap.base: write it like dc=example,dc=com")
        }
        var configuration = LDAPDoor.Configuration(base: base, domain: house.settings.domain, service: settings.service)
        configuration.allowsAnonymousSearch = settings.anonymousSearch
        configuration.portal = house.settings.portal.url
        // Also for the door in the clear: it offers StartTLS.
        let tls = try certificates.server()
        let door = LDAPDoor(
            verifier: verifier, relyingServices: store, directory: SQLDirectory(house.database),
            configuration: configuration, tls: tls, logger: logger)
        var listener = ListenerConfiguration()
        listener.proxies = settings.proxies
        let plain = try await bind(.ldap, as: "ldap", at: settings.listen, listener, serve: door.serve)
        guard !settings.tlsListen.isEmpty else { return plain }
        listener.tls = tls
        return plain + (try await bind(.ldap, as: "ldaps", at: settings.tlsListen, listener, serve: door.serve))
    }
}

extension Settings.LDAP {
    /// What all names of the directory end in; nil if nothing tells.
    func baseDN(domain: String?) -> DistinguishedName? {
        if let base { return DistinguishedName(base) }
        return domain.map { DistinguishedName(domain: $0) }
    }
}
