import LatchkeyCore

extension Snippet {
    /// Servers that sign people in by an LDAP bind.
    static let ldapDoor = [
        Snippet(name: "dovecot", about: "Dovecot 2.3: dovecot-ldap.conf.ext, the args of a passdb ldap", text: dovecot)
    ]

    @Sendable private static func dovecot(_ deployment: Deployment) throws(CommandFailure) -> String {
        let (uri, base) = try deployment.ldap()
        return """
            uris = \(uri)
            auth_bind = yes
            auth_bind_userdn = uid=%u,ou=people,app=\(deployment.service?.name ?? Service.imap.name),\(base)
            base = \(base)
            """
    }
}
