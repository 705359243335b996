import Accounts
import ArgumentParser
import Keyring
import LatchkeyCore
import Settings
import Storage

struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask what a server would ask, and be told why: exit code 0 if accepted, 1 if refused.")

    @Option(help: "The user name, as a client would send it.") var account: String
    @Option(help: "The service: imap, smtp …") var service: String
    @Option(help: "The client's address.") var address: String?
    @Flag(help: "Read the secret from standard input.") var secretStdin = false
    @OptionGroup var place: Place
    @OptionGroup var output: OutputForm

    private struct View: Encodable {
        let verdict: String
        let refusal: String?
        let account: String?
        let appPassword: String?

        enum CodingKeys: String, CodingKey {
            case verdict, refusal, account
            case appPassword = "app_password"
        }
    }

    func validate() throws {
        guard secretStdin else {
            throw ValidationError(
                "Give the secret on standard input with --secret-stdin: an argument could be read by others.")
        }
        if let address, IPAddress(address) == nil {
            throw ValidationError("“\(address)” is no IP address: write it like 192.0.2.7 or 2001:db8::7.")
        }
        guard Service(service) != nil else {
            throw ValidationError("“\(service)” is no service name: write it like imap.")
        }
    }

    func run() async throws {
        try await reporting {
            let house = try await place.installation()
            let attempt = Attempt(
                authcid: account, secret: try readSecretFromStandardInput(), service: Service(service), door: .command,
                address: address.flatMap { IPAddress($0) })
            let verdict = try await house.verdict(on: attempt)
            switch verdict {
            case .accepted(let acceptance):
                try output.print(
                    View(
                        verdict: "accepted", refusal: nil, account: acceptance.login.text,
                        appPassword: acceptance.appPassword.description),
                    text: "accepted: \(acceptance.login)")
            case .refused(let refusal, _):
                try output.print(
                    View(verdict: "refused", refusal: refusal.rawValue, account: nil, appPassword: nil),
                    text: "refused: \(refusal.rawValue)")
                throw ExitCode(1)
            }
        }
    }
}

extension Installation {
    /// One verdict with everything that belongs to it, recorded before it is told.
    fileprivate func verdict(on attempt: Attempt) async throws -> Verdict {
        let journal = GroupCommitJournal(database, durability: .strict, broadcast: SignInBroadcast()) { _ in }
        let check = portal.passwordCheck
        let verifier = LedgerVerifier(
            store: try SQLiteCredentialStore(database, readsApprovals: settings.signIn.firstUseApproval),
            keys: keyring.verifierKeys, journal: journal,
            portalPasswords: check, defaultDomain: settings.domain, now: currentTime)
        return await withTaskGroup { group in
            group.addTask { await journal.run() }
            let verdict = await verifier.verify(attempt)
            // The slow hash that tells what the mistake was: its record is part of the answer here.
            await check.answerWaiting()
            group.cancelAll()
            await group.waitForAll()
            return verdict
        }
    }
}
