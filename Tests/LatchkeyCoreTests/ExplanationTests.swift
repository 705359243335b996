import LatchkeyTesting
import Testing

@testable import LatchkeyCore

struct ExplanationTests {
    private let now = ManualClock().now
    private let account: Account
    private let appPassword: AppPassword

    init() throws {
        var rng = SplitMix64(seed: 3)
        let id = AccountID(at: now, using: &rng)
        account = Account(id: id, login: try #require(LoginName("alice@example.com")), created: now)
        appPassword = AppPassword(
            id: AppPasswordID(at: now, using: &rng), account: id, name: "Laptop", application: "email-client",
            services: [.imap, .smtp], networks: [try #require(Network("10.0.0.0/8"))], created: now)
    }

    private func explain(
        _ refusal: Refusal?, service: Service? = .imap, from address: String? = "192.0.2.7",
        client: String? = "Thunderbird", triedName: String? = nil, known: Bool = true,
        with appPassword: AppPassword? = nil
    ) -> Explanation {
        let signIn = SignIn(
            time: now, account: known ? account.id : nil, appPassword: appPassword?.id, refusal: refusal,
            service: service, door: .dovecot, address: address.flatMap { IPAddress($0) }, client: client,
            triedName: triedName)
        return Explanation(of: signIn, account: known ? account : nil, appPassword: appPassword)
    }

    @Test("an accepted sign-in names the app, what for and with which app password, and asks for nothing")
    func accepted() {
        let explanation = explain(nil, with: appPassword)
        #expect(explanation.sentence == "Thunderbird signed in for reading mail with “Laptop”.")
        #expect(explanation.remedy == nil)
    }

    @Test("every refusal has a sentence and something to do, whatever is unknown", arguments: Refusal.allCases)
    func complete(refusal: Refusal) {
        for explanation in [
            explain(refusal, with: appPassword),
            explain(refusal, service: nil, from: nil, client: nil, known: false),
        ] {
            #expect(explanation.sentence.hasSuffix("."))
            #expect(explanation.remedy?.hasSuffix(".") == true)
            #expect(!"\(explanation.sentence) \(explanation.remedy ?? "")".contains("  "))
        }
    }

    @Test("no two refusals read the same")
    func distinct() {
        let sentences = Set(Refusal.allCases.map { explain($0, with: appPassword).sentence })
        #expect(sentences.count == Refusal.allCases.count)
    }

    @Test("a network that its owner denied is told apart from one outside the app password's own")
    func denied() {
        var anywhere = appPassword
        anywhere.networks = []
        #expect(explain(.networkNotAllowed, with: appPassword).remedy?.contains("10.0.0.0/8") == true)
        let denied = explain(.networkNotAllowed, with: anywhere)
        #expect(denied.sentence.contains("“No, that wasn’t me”"))
        #expect(denied.remedy?.contains("Revoke “Laptop”") == true)
    }

    @Test("who waits for a yes is told where to give it, and what if it was somebody else")
    func awaiting() {
        let waiting = explain(.awaitingApproval, with: appPassword)
        #expect(waiting.sentence.contains("192.0.2.7") && waiting.sentence.contains("“Laptop”"))
        #expect(waiting.remedy?.contains("Security info") == true && waiting.remedy?.contains("revoke") == true)
    }

    @Test("a revoked app password and one that was replaced ask for different things")
    func ended() {
        var revoked = appPassword
        revoked.end = AppPassword.End(time: now, cause: .revoked)
        var replaced = appPassword
        replaced.end = AppPassword.End(time: now, cause: .rotated)
        #expect(
            explain(.revoked, with: revoked).sentence
                == "Thunderbird tried to sign in for reading mail with “Laptop”, which was revoked on 2026-11-24.")
        #expect(explain(.revoked, with: replaced).sentence.hasSuffix("replaced by a new one on 2026-11-24."))
        #expect(explain(.revoked, with: replaced).remedy == "Enter the new app password in Thunderbird.")
    }

    @Test("a service or network that is not allowed says which are")
    func scope() {
        #expect(
            explain(.serviceNotAllowed, service: .caldav, with: appPassword).remedy
                == "It is for reading mail and sending mail. Create an app password that includes “Calendar”.")
        let network = explain(.networkNotAllowed, with: appPassword)
        #expect(network.sentence.hasSuffix("with “Laptop” from 192.0.2.7, where it may not be used."))
        #expect(
            network.remedy
                == "It is for use in 10.0.0.0/8. Use it there, or create an app password for Thunderbird without that limit."
        )
    }

    @Test("a name that nobody has is named, and its correction asked for")
    func unknownName() {
        let explanation = explain(.unknown, triedName: "alicia@example.com", known: false)
        #expect(
            explanation.sentence
                == "Thunderbird tried to sign in for reading mail as “alicia@example.com”, but nobody has this name.")
        #expect(explanation.remedy?.hasPrefix("Correct the user name in Thunderbird") == true)
    }
}
