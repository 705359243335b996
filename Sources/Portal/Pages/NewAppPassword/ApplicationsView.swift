import LatchkeyCore

/// The cards of "Which app?".
struct ApplicationsView: View {
    static let template = Template.applications
    let applications = Application.catalogue.map(Card.init)

    struct Card: Sendable {
        let id: String
        let heading: String
        let examples: String

        init(_ application: Application) {
            id = application.id
            heading = application.title
            examples = Texts.applicationExamples(application.id)
        }
    }
}
