import DoorKit
import Logging
import ServiceLifecycle
import UnixSignals

/// Takes a renewed certificate into use: when its files change, and on SIGHUP.
struct CertificateWatch: ServiceLifecycle.Service {
    static let interval = Duration.seconds(5)

    /// Each stands for itself: one that cannot be read again keeps no other from it.
    let all: [ServerTLS]
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
        for tls in all {
            do throws(TLSFilesError) {
                if try tls.reload(always: always) {
                    logger.notice("certificate read again", metadata: ["file": "\(tls.files.certificate)"])
                }
            } catch {
                logger.error(
                    "the certificate could not be read again; the old one stays", metadata: ["cause": "\(error)"])
            }
        }
    }
}
