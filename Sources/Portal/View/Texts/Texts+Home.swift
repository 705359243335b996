import Accounts

/// Security info, and where somebody is signed in.
extension Texts {
    // MARK: Home

    static let recoveryCodeLastUsed = " · last used "
    static func recoveryCodesLeft(_ count: Int) -> String {
        switch count {
        case 0: "None left"
        case 1: "1 left"
        default: "\(count) left"
        }
    }
    static let noRecoveryCodes = "You have no recovery codes. Without one, a lost phone locks you out."
    static let fewRecoveryCodes = "Few recovery codes are left. Without one, a lost phone locks you out."
    static func ended(_ count: Int) -> String {
        count == 1 ? "1 that no longer works" : "\(count) that no longer work"
    }

    static let addPasskeyAdvice = "A passkey is quicker than your password, and nobody can steal it from you."
    static let addPasskey = "Add a passkey"
    static let addPassword = "Add a password"
    static let addSecurityKey = "Add a security key"
    static let addCodesByMail = "Add codes by mail"
    static let addAuthenticator = "Add an authenticator app"
    static let manage = "Manage"
    static func manage(_ name: String) -> String { "Manage \(name)" }
    static let added = "Added "
    static let changed = "Changed "
    static let change = "Change"
    static let setUp = "Set up "
    static let lastUsed = "Last used "
    static let newCodes = "New codes"
    static let show = "Show"
    static func browsers(_ count: Int) -> String { count == 1 ? "This browser only" : "\(count) browsers" }

    // MARK: Sessions

    static func signedInWith(_ methods: [SignInMethod]) -> String? {
        let words = methods.map { method in
            switch method {
            case .password: "password"
            case .oneTimeCode: "code"
            case .recoveryCode: "recovery code"
            case .mailedCode: "code by mail"
            case .passkey: "passkey"
            case .securityKey: "security key"
            case .setupLink: "setup link"
            case .sso, .ssoMultiFactor: "single sign-on"
            }
        }
        return words.isEmpty ? nil : "With " + words.joined(separator: " and ") + " · "
    }
    static func place(_ address: String) -> String { "\(address) · " }
    static let unknownBrowser = "A browser"
}
