public import LatchkeyCore
public import Logging
import Synchronization

/// Mails one-time codes while somebody waits for them: at once, or they are told that it did not work.
public final class CodePostman: CodePost {
    /// Codes under way at once; whoever comes when there are as many is told to try again.
    static let maximumUnderWay = 16
    /// Longer than a mail server on the same network takes, shorter than people wait.
    static let patience: Duration = .seconds(20)

    typealias Send = @Sendable (Envelope) async throws(DeliveryFailure) -> Void
    typealias Wait = @Sendable (Duration) async throws -> Void

    private let office: MailOffice
    private let send: Send
    private let wait: Wait
    private let logger: Logger
    private let underWay = Mutex(0)

    public convenience init(office: MailOffice, client: SMTPClient, logger: Logger) {
        self.init(
            office: office, send: { envelope throws(DeliveryFailure) in try await client.send(envelope) },
            wait: { try await Task.sleep(for: $0) }, logger: logger)
    }

    init(office: MailOffice, send: @escaping Send, wait: @escaping Wait, logger: Logger) {
        self.office = office
        self.send = send
        self.wait = wait
        self.logger = logger
    }

    public func send(_ mail: CodeMail) async throws(CodeNotSent) {
        let isAdmitted = underWay.withLock { count in
            guard count < Self.maximumUnderWay else { return false }
            count += 1
            return true
        }
        guard isAdmitted else { throw notSent(mail, "\(Self.maximumUnderWay) others are on their way already") }
        defer { underWay.withLock { $0 -= 1 } }
        guard let cause = await failure(of: office.envelope(of: mail)) else { return }
        throw notSent(mail, cause)
    }

    /// With its cause in the log.
    private func notSent(_ mail: CodeMail, _ cause: String) -> CodeNotSent {
        logger.warning(
            "a one-time code could not be mailed", metadata: ["login": "\(mail.login)", "cause": "\(cause)"])
        return CodeNotSent()
    }

    /// Why it was not taken in time; nil if it was.
    private func failure(of envelope: Envelope) async -> String? {
        await withTaskGroup(of: String?.self) { [send, wait] group in
            group.addTask {
                do throws(DeliveryFailure) {
                    try await send(envelope)
                    return nil
                } catch {
                    return error.cause
                }
            }
            group.addTask {
                do { try await wait(Self.patience) } catch { return "it was given up" }
                return "it was not taken within \(Self.patience)"
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }
}
