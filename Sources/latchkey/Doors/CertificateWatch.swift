import DoorKit
import Logging
import ServiceLifecycle
import UnixSignals

/// Takes a renewed certificate into use: when its files change, and on SIGHUP.
struct CertificateWatch: ServiceLifecycle.Service {
    static let interval = Duration.seconds(5)

    let certificates: [ServerTLS]
    let logger: Logger

    func run() async throws {
        let hangUps = await UnixSignalsSequence(trapping: .sighup)
        await withTaskGroup { group in
            group.addTask {
                await cancelWhenGracefulShutdown {
                    for await _ in hangUps { reload(always: true) }
                }
            }
            group.addTask {
                await cancelWhenGracefulShutdown {
                    while (try? await Task.sleep(for: Self.interval)) != nil { reload() }  // cancelled: stopping
                }
            }
        }
    }

    private func reload(always: Bool = false) {
        for tls in certificates { reload(tls, always: always) }
    }

    private func reload(_ tls: ServerTLS, always: Bool) {
        do throws(TLSFilesError) {
            if try tls.reload(always: always) { logger.notice("certificate read again") }
        } catch {
            logger.error("the certificate could not be read again; the old one stays", metadata: ["cause": "\(error)"])
        }
    }
}
