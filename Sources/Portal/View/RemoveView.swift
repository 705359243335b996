import Accounts

/// The end of a way to sign in, or why it cannot be done without.
struct RemoveView: Sendable {
    let heading: String
    let consequence: String
    let action: String
    let path: String
    /// Set if nobody could sign in without it.
    let lastWay: String?

    init(_ method: RemovableMethod, of ways: WaysToSignIn, texts: Texts.Removal, path: String) {
        heading = texts.heading
        consequence = texts.consequence
        action = texts.action
        self.path = path
        lastWay = ways.suffices(without: method) ? nil : Texts.lastWay
    }
}
