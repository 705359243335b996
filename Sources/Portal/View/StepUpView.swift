/// What a form asks for once more: a code, a key, or either; or to do it in another way, on a page of its own.
struct StepUpView: Sendable {
    let field: Field?
    let key: KeyView?
    let hasBoth: Bool
    /// What was wrong with a key that was shown.
    let keyProblem: String?
    let mailed: MailedCodeView?
    /// Whether a code by mail is one way among others.
    let hasMailBeside: Bool
    let hasOtherWay: Bool

    init(
        field: Field?, key: KeyView?, keyProblem: String? = nil, mailed: MailedCodeView? = nil,
        hasOtherWay: Bool = false
    ) {
        self.field = field
        self.key = key
        self.keyProblem = keyProblem
        self.mailed = mailed
        self.hasOtherWay = hasOtherWay
        hasMailBeside = mailed != nil && (field != nil || key != nil)
        hasBoth = field != nil && key != nil
    }
}
