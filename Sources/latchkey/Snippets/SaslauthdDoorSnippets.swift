import LatchkeyCore

extension Snippet {
    /// Servers with Cyrus SASL, which all read the same lines.
    static let saslauthdDoor = [
        Snippet(
            name: "cyrus-sasl",
            about: "Cyrus SASL: smtpd.conf, slapd.conf, svn.conf in the server's own sasl directory", text: cyrusSASL),
        Snippet(name: "cyrus-imapd", about: "Cyrus IMAP: /etc/imapd.conf", text: cyrusIMAP),
    ]

    @Sendable private static func cyrusSASL(_ deployment: Deployment) throws(CommandFailure) -> String {
        """
        pwcheck_method: saslauthd
        mech_list: PLAIN LOGIN
        saslauthd_path: \(try deployment.saslauthd())
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
