import Foundation
import LatchkeyCore

extension Snippet {
    /// What asks by running `latchkey check`.
    static let check = [
        Snippet(name: "pam", about: "PAM: /etc/pam.d/SERVICE", text: pam),
        Snippet(name: "dovecot-passdb", about: "Dovecot as the server that asks: conf.d/auth.conf.ext", text: dovecot),
    ]

    /// pam_exec has one error for every exit code; pam_deny makes an ordinary refusal of it.
    @Sendable private static func pam(_ deployment: Deployment) throws(CommandFailure) -> String {
        let service = deployment.service.map { " --service \($0)" } ?? ""
        let command = "\(program) check --pam --socket \(try deployment.check())\(service)"
        return """
            auth     [success=1 default=ignore]  pam_exec.so quiet expose_authtok \(command)
            auth     requisite                   pam_deny.so
            auth     required                    pam_permit.so
            """
    }

    /// Dovecot adds its own program behind the `--`.
    @Sendable private static func dovecot(_ deployment: Deployment) throws(CommandFailure) -> String {
        """
        passdb {
          driver = checkpassword
          args = \(program) check --checkpassword --socket \(try deployment.check()) --
        }
        """
    }

    private static var program: String { Bundle.main.executablePath ?? "/usr/bin/latchkey" }
}
