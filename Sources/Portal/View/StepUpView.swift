/// What a form asks for once more: a code, a key, or either.
struct StepUpView: Sendable {
    let field: Field?
    let key: KeyView?
    let hasBoth: Bool
    /// What was wrong with a key that was shown.
    let keyProblem: String?
    let mailed: MailedCodeView?
    /// Whether a code by mail is one way among others.
    let hasMailBeside: Bool
    let providers: [ProviderView]
    let hasProviders: Bool

    init(
        field: Field?, key: KeyView?, keyProblem: String? = nil, mailed: MailedCodeView? = nil,
        providers: [ProviderView] = []
    ) {
        self.field = field
        self.key = key
        self.keyProblem = keyProblem
        self.mailed = mailed
        hasMailBeside = mailed != nil && (field != nil || key != nil)
        self.providers = providers
        hasProviders = !providers.isEmpty
        hasBoth = field != nil && key != nil
    }
}
