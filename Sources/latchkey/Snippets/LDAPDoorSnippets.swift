import LatchkeyCore

extension Snippet {
    /// Servers that sign people in by an LDAP bind. All but Dovecot look people up first, as a service account of their own name.
    static let ldapDoor = [
        Snippet(name: "dovecot", about: "Dovecot 2.3: dovecot-ldap.conf.ext, the args of a passdb ldap", text: dovecot),
        Snippet(name: "apache", about: "Apache with mod_authnz_ldap: its configuration", text: apache),
        Snippet(name: "nextcloud", about: "Nextcloud: commands of occ, for its LDAP backend", text: nextcloud),
        Snippet(name: "nslcd", about: "pam_ldap through nslcd: /etc/nslcd.conf", text: nslcd),
        Snippet(name: "radicale-ldap", about: "Radicale 3.3 or later, by LDAP: its config file", text: radicale),
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

    /// mod_ldap remembers accepted binds and members of groups for ten minutes unless it is told not to.
    @Sendable private static func apache(_ deployment: Deployment) throws(CommandFailure) -> String {
        let (uri, base) = try deployment.ldap()
        let tree = "app=\(deployment.service?.name ?? Service.http.name),\(base)"
        return """
            \(makeReader("apache", secretFile: "/etc/apache2/latchkey.token"))
            # Outside of every virtual host:
            LDAPCacheEntries 0
            LDAPOpCacheEntries 0

            # Where people are to sign in:
            <Location "/">
                AuthType Basic
                AuthName "Sign in with an app password"
                AuthBasicProvider ldap
                AuthLDAPURL "\(uri)/ou=people,\(tree)?uid?sub?(objectClass=inetOrgPerson)"
                AuthLDAPBindDN "cn=apache,ou=services,\(base)"
                AuthLDAPBindPassword "exec:/bin/cat /etc/apache2/latchkey.token"
                AuthLDAPRemoteUserAttribute uid
                # Or: Require ldap-group cn=staff,ou=groups,\(tree)
                Require valid-user
            </Location>
            """
    }

    @Sendable private static func nextcloud(_ deployment: Deployment) throws(CommandFailure) -> String {
        let (uri, base) = try deployment.ldap()
        let tree = "app=\(deployment.service?.name ?? "nextcloud"),\(base)"
        // Its last colon is before the port.
        let parts = uri.split(separator: ":", omittingEmptySubsequences: false)
        let settings = [
            ("ldapHost", parts.dropLast().joined(separator: ":")),
            ("ldapPort", parts.last.map(String.init) ?? ""),
            ("ldapAgentName", "cn=nextcloud,ou=services,\(base)"),
            ("ldapAgentPassword", "$(cat /etc/latchkey/nextcloud.token)"),
            ("ldapBase", tree),
            ("ldapBaseUsers", "ou=people,\(tree)"),
            ("ldapBaseGroups", "ou=groups,\(tree)"),
            ("ldapUserFilter", "(objectClass=inetOrgPerson)"),
            ("ldapLoginFilter", "(&(objectClass=inetOrgPerson)(|(uid=%uid)(mail=%uid)))"),
            ("ldapUserDisplayName", "displayName"),
            ("ldapEmailAttribute", "mail"),
            ("ldapGroupFilter", "(objectClass=groupOfNames)"),
            ("ldapGroupDisplayName", "cn"),
            ("ldapGroupMemberAssocAttr", "member"),
            ("ldapExpertUUIDUserAttr", "entryUUID"),
            ("ldapExpertUUIDGroupAttr", "entryUUID"),
            ("turnOnPasswordChange", "0"),
            ("ldapConfigurationActive", "1"),
        ]
        return """
            \(makeReader("nextcloud", secretFile: "/etc/latchkey/nextcloud.token"))
            occ app:enable user_ldap
            ID=$(occ ldap:create-empty-config --only-print-prefix)
            \(settings.map { "occ ldap:set-config \"$ID\" \($0) \"\($1)\"" }.joined(separator: "\n"))
            occ ldap:test-config "$ID"
            """
    }

    /// Latchkey has no numbers for people: they come from the machine's own accounts, and nslcd only verifies.
    @Sendable private static func nslcd(_ deployment: Deployment) throws(CommandFailure) -> String {
        let (uri, base) = try deployment.ldap()
        return """
            # TOKEN is what this prints: latchkey service-token create nslcd --read-directory
            # Give this file mode 0600.
            uid nslcd
            gid nslcd
            uri \(uri)
            base ou=people,app=\(deployment.service?.name ?? Service.ldap.name),\(base)
            binddn cn=nslcd,ou=services,\(base)
            bindpw TOKEN
            filter passwd (objectClass=inetOrgPerson)
            filter shadow (objectClass=inetOrgPerson)
            """
    }

    @Sendable private static func radicale(_ deployment: Deployment) throws(CommandFailure) -> String {
        let (uri, base) = try deployment.ldap()
        return """
            \(makeReader("radicale", secretFile: "/etc/radicale/latchkey.token"))
            [auth]
            type = ldap
            ldap_uri = \(uri)
            ldap_base = ou=people,app=\(deployment.service?.name ?? "radicale"),\(base)
            ldap_reader_dn = cn=radicale,ou=services,\(base)
            ldap_secret_file = /etc/radicale/latchkey.token
            ldap_filter = (&(objectClass=inetOrgPerson)(|(uid={0})(mail={0})))
            ldap_user_attribute = uid
            """
    }

    private static func makeReader(_ name: String, secretFile: String) -> String {
        "# \(secretFile), readable by its reader alone: latchkey service-token create \(name) --read-directory"
    }
}
