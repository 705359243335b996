import DoorKit
import LatchkeyCore
import Settings

/// The certificate of the doors that encrypt.
struct CertificateCheck {
    let settings: Settings.TLS
    let now: Timestamp

    /// When a warning is due: ACME clients renew thirty days ahead, so at twenty something has gone wrong.
    private static let warning = 20

    func run() -> [Finding] {
        guard let certificate = settings.certificate, let key = settings.key else { return [] }
        let check = "certificate"
        do throws(TLSFilesError) {
            let tls = try ServerTLS(ServerTLS.Files(certificate: certificate, key: key))
            let days = Int((tls.expires - now).components.seconds / 86_400)
            let renew = "Renew it: the new files are taken into use by themselves."
            if tls.expires <= now { return [.bad(check, "\(certificate) expired on \(tls.expires)", fix: renew)] }
            let text = "\(certificate) is good for \(days) days"
            return [days < Self.warning ? .warning(check, text, fix: renew) : .good(check, text)]
        } catch {
            return [.bad(check, "it cannot be used", fix: "\(error)")]
        }
    }
}
