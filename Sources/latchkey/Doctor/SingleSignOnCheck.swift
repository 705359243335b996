import LatchkeyCore
import Settings
import Storage

/// Whether people can confirm at the providers through which they are signed in just now. Asks no provider: it goes by what their tokens said.
struct SingleSignOnCheck {
    let house: Installation

    func run() async -> [Finding] {
        guard !house.settings.sso.providers.isEmpty else { return [] }
        let check = "single sign-on"
        do {
            let identities = SQLIdentities(house.database, trust: try house.settings.sso.trust())
            let silent = try await identities.issuersWithoutTime()
            guard silent.isEmpty else {
                return [
                    .warning(
                        check,
                        "\(silent.joined(separator: ", ")) did not say when people signed in (auth_time), so they cannot confirm there",
                        fix:
                            "Have the provider include auth_time in ID tokens; until then its people confirm with a passkey or authenticator app of their own (docs/sso.md)."
                    )
                ]
            }
            return [.good(check, "no provider has left out when somebody signed in who is signed in now")]
        } catch {
            return [.bad(check, "it cannot be looked at: \(error)", fix: "See what is said about the database.")]
        }
    }
}
