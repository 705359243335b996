import LatchkeyCore

/// A network that the visitor has to answer for, with the two answers.
struct QuestionView: Sendable {
    /// The app password's path.
    let href: String
    let network: String
    let sentence: String
    let since: Moment

    init(_ waiting: WaitingNetwork, of appPassword: AppPassword, now: Timestamp) {
        href = appPassword.path
        network = waiting.network.description
        sentence = Texts.questionSentence(waiting, name: appPassword.name)
        since = Moment(waiting.since, now: now)
    }
}

extension Desk {
    /// What waits for the visitor's answer, among `appPasswords`.
    func questions(of visitor: Visitor, about appPasswords: [AppPassword]) async throws -> [QuestionView] {
        let now = now()
        return try await approvals?.waiting(of: visitor.account.id, at: now).compactMap { waiting in
            appPasswords.first { $0.id == waiting.appPassword }.map { QuestionView(waiting, of: $0, now: now) }
        } ?? []
    }
}
