import DoorKit
import LDAPDoor
import LatchkeyCore
import Settings
import Storage

extension Doorway {
    func bindLDAP() async throws(BindError) -> [BoundDoor] {
        let settings = house.settings.doors.ldap
        // With neither, which the settings refuse for a door that listens, nothing is bound.
        guard let base = settings.baseDN(domain: house.settings.domain) else { return [] }
        var configuration = LDAPDoor.Configuration(base: base, domain: house.settings.domain, service: settings.service)
        configuration.allowsAnonymousSearch = settings.anonymousSearch
        configuration.portal = house.settings.portal.url
        let door = LDAPDoor(
            verifier: verifier, relyingServices: store, directory: SQLDirectory(house.database),
            configuration: configuration, tls: tls, logger: logger)
        var listener = ListenerConfiguration()
        listener.proxies = settings.proxies
        let plain = try await bind(.ldap, as: "ldap", at: settings.listen, listener, serve: door.serve)
        listener.tls = tls
        return plain + (try await bind(.ldap, as: "ldaps", at: settings.tlsListen, listener, serve: door.serve))
    }
}

extension Settings.LDAP {
    /// What all names of the directory end in; nil if nothing tells.
    func baseDN(domain: String?) -> DistinguishedName? {
        base.map { DistinguishedName($0) } ?? domain.map { DistinguishedName(domain: $0) }
    }
}
