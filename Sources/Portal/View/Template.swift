import Mustache

/// The templates, one for each page, and those that pages share. All are embedded in the binary.
enum Template: String, CaseIterable, Sendable {
    // Shared
    case layout
    case time
    case field
    case appPasswordRow = "app-password-row"
    case stepUp = "step-up"
    case key
    case removeWay = "remove-way"
    case mailedCode = "mailed-code"
    case providers
    case attempts
    case live
    case question
    // Pages
    case signIn = "sign-in"
    case code
    case recoveryCode = "recovery-code"
    case setup
    case setupGone = "setup-gone"
    case authenticator
    case codesByMail = "codes-by-mail"
    case newKey = "new-key"
    case keyPage = "key-page"
    case recoveryCodes = "recovery-codes"
    case recoveryCodesNew = "recovery-codes-new"
    case home
    case applications
    case newAppPassword = "new-app-password"
    case secret
    case alreadyMade = "already-made"
    case check
    case appPassword = "app-password"
    case rotate
    case approval
    case revoke
    case activity
    case password
    case sessions
    case helpdesk
    case recoveryLink = "recovery-link"
    case recovered
    case confirm
    case signedOut = "signed-out"
    case signOnRefused = "sign-on-refused"
    case identityPage = "identity-page"
    case alerts
    case revocationLink = "revocation-link"
    case revocationLinkGone = "revocation-link-gone"
    case error

    var source: [UInt8] {
        switch self {
        case .layout: PackageResources.layout_mustache
        case .time: PackageResources.time_mustache
        case .field: PackageResources.field_mustache
        case .appPasswordRow: PackageResources.app_password_row_mustache
        case .stepUp: PackageResources.step_up_mustache
        case .key: PackageResources.key_mustache
        case .removeWay: PackageResources.remove_way_mustache
        case .mailedCode: PackageResources.mailed_code_mustache
        case .codesByMail: PackageResources.codes_by_mail_mustache
        case .providers: PackageResources.providers_mustache
        case .newKey: PackageResources.new_key_mustache
        case .keyPage: PackageResources.key_page_mustache
        case .attempts: PackageResources.attempts_mustache
        case .live: PackageResources.live_mustache
        case .question: PackageResources.question_mustache
        case .signIn: PackageResources.sign_in_mustache
        case .code: PackageResources.code_mustache
        case .recoveryCode: PackageResources.recovery_code_mustache
        case .setup: PackageResources.setup_mustache
        case .setupGone: PackageResources.setup_gone_mustache
        case .authenticator: PackageResources.authenticator_mustache
        case .recoveryCodes: PackageResources.recovery_codes_mustache
        case .recoveryCodesNew: PackageResources.recovery_codes_new_mustache
        case .home: PackageResources.home_mustache
        case .applications: PackageResources.applications_mustache
        case .newAppPassword: PackageResources.new_app_password_mustache
        case .secret: PackageResources.secret_mustache
        case .alreadyMade: PackageResources.already_made_mustache
        case .check: PackageResources.check_mustache
        case .appPassword: PackageResources.app_password_mustache
        case .rotate: PackageResources.rotate_mustache
        case .approval: PackageResources.approval_mustache
        case .revoke: PackageResources.revoke_mustache
        case .activity: PackageResources.activity_mustache
        case .password: PackageResources.password_mustache
        case .sessions: PackageResources.sessions_mustache
        case .helpdesk: PackageResources.helpdesk_mustache
        case .recoveryLink: PackageResources.recovery_link_mustache
        case .recovered: PackageResources.recovered_mustache
        case .confirm: PackageResources.confirm_mustache
        case .signedOut: PackageResources.signed_out_mustache
        case .signOnRefused: PackageResources.sign_on_refused_mustache
        case .identityPage: PackageResources.identity_page_mustache
        case .alerts: PackageResources.alerts_mustache
        case .revocationLink: PackageResources.revocation_link_mustache
        case .revocationLinkGone: PackageResources.revocation_link_gone_mustache
        case .error: PackageResources.error_mustache
        }
    }

    /// Every template, parsed. Throws if one of them is not well-formed Mustache.
    static func library() throws -> MustacheLibrary {
        HTMLEscaping.register()
        var library = MustacheLibrary()
        for template in allCases {
            let text = HTMLEscaping.pragma + String(decoding: template.source, as: UTF8.self)
            try library.register(text, named: template.rawValue)
        }
        return library
    }
}

/// What a page shows: the names its template asks for, as stored properties.
protocol View: Sendable {
    static var template: Template { get }
}
