import LatchkeyCore

extension Snippet {
    /// Servers with Cyrus SASL, which all read the same lines.
    static let saslauthdDoor = [
        Snippet(
            name: "cyrus-sasl",
            about: "Cyrus SASL: smtpd.conf, slapd.conf, svn.conf in the server's own sasl directory", text: cyrusSASL),
        Snippet(name: "postfix-cyrus", about: "Postfix with Cyrus SASL: /etc/postfix/main.cf", text: postfixCyrus),
        Snippet(name: "cyrus-imapd", about: "Cyrus IMAP: /etc/imapd.conf", text: cyrusIMAP),
    ]

    @Sendable private static func cyrusSASL(_ deployment: Deployment) throws(CommandFailure) -> String {
        """
        pwcheck_method: saslauthd
        mech_list: PLAIN LOGIN
        saslauthd_path: \(try deployment.saslauthd())
        """
    }

    /// The socket stands in the file that `smtpd_sasl_path` names.
    @Sendable private static func postfixCyrus(_ deployment: Deployment) throws(CommandFailure) -> String {
        let socket = try deployment.saslauthd()
        return """
            # /etc/postfix/sasl/smtpd.conf says: saslauthd_path: \(socket)
            smtpd_sasl_auth_enable = yes
            smtpd_sasl_type = cyrus
            smtpd_sasl_path = smtpd
            smtpd_sasl_security_options = noanonymous
            smtpd_tls_auth_only = yes
            smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
            """
    }

    @Sendable private static func cyrusIMAP(_ deployment: Deployment) throws(CommandFailure) -> String {
        """
        sasl_pwcheck_method: saslauthd
        sasl_mech_list: PLAIN LOGIN
        sasl_saslauthd_path: \(try deployment.saslauthd())
        """
    }
}
