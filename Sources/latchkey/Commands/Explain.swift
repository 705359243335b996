import Accounts
import ArgumentParser
import Keyring
import LatchkeyCore
import Settings
import Storage

struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The last sign-ins of an account in plain words, and what to do about those that failed.")

    @Argument(help: "A login name or alias.") var login: String
    @Option(help: "How many.") var limit = 10
    @OptionGroup var place: Place
    @OptionGroup var output: OutputForm

    private struct View: Encodable {
        let time: String
        let sentence: String
        let remedy: String?
        let refusal: String?
    }

    func validate() throws {
        guard (1...1_000).contains(limit) else { throw ValidationError("--limit takes 1 to 1000.") }
    }

    func run() async throws {
        try await reporting {
            let house = try await place.installation()
            let account = try await house.account(login)
            let entries = try await house.audit.entries(
                matching: AuditFilter(account: account.id, action: .signIn), limit: limit)
            let all = try await house.appPasswords.appPasswords(of: account.id, includingEnded: true, at: currentTime())
            let byID = Dictionary(all.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            let views = entries.compactMap(\.event.signIn).map { signIn in
                let explanation = Explanation(
                    of: signIn, account: account, appPassword: signIn.appPassword.flatMap { byID[$0] })
                return View(
                    time: signIn.time.description, sentence: explanation.sentence, remedy: explanation.remedy,
                    refusal: signIn.refusal?.rawValue)
            }
            try output.print(views, text: Self.text(views, account))
        }
    }

    private static func text(_ views: [View], _ account: Account) -> String {
        var lines: [String] = []
        if account.isDisabled {
            lines.append(
                "\(account.login) is disabled: nothing signs in. Run latchkey account enable \(account.login).")
        }
        if views.isEmpty { lines.append("Nobody has tried to sign in as \(account.login) yet.") }
        for view in views {
            lines.append("\(view.time)  \(view.sentence)")
            if let remedy = view.remedy { lines.append("                      → \(remedy)") }
        }
        return lines.joined(separator: "\n")
    }
}
