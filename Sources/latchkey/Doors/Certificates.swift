import DoorKit
import Settings
import Synchronization

/// The certificate that is configured, as each door needs it: all of them are watched for a renewal.
final class Certificates: Sendable {
    private let settings: Settings.TLS
    private let made = Mutex<[ServerTLS]>([])

    init(_ settings: Settings.TLS) {
        self.settings = settings
    }

    var all: [ServerTLS] { made.withLock(\.self) }

    /// Nil if no certificate is configured. `clientIssuers`: a PEM file of those whose certificates clients must show.
    func server(clientIssuers: String? = nil) throws(CommandFailure) -> ServerTLS? {
        guard let certificate = settings.certificate, let key = settings.key else { return nil }
        do throws(TLSFilesError) {
            let tls = try ServerTLS(
                ServerTLS.Files(certificate: certificate, key: key, clientIssuers: clientIssuers))
            made.withLock { $0.append(tls) }
            return tls
        } catch {
            throw .configuration("tls: \(error)")
        }
    }
}
