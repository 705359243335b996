import LatchkeyCore

/// An app password as its form stands: what was typed, kept as typed until it can be used.
struct Draft: Sendable {
    let application: Application
    var name: String
    var services: Set<String>
    var ownServices = ""
    var lifetime: Lifetime
    var networks = ""
    var format: SecretFormat
    var invalid = InvalidInput([])
    var failure: String?
    var stepUp: StepUpView?

    /// How long it shall live, as offered.
    enum Lifetime: String, CaseIterable, Sendable {
        case untilRevoked = "none"
        case month = "30"
        case quarter = "90"
        case year = "365"
        case twoYears = "730"

        var duration: Duration? { Int(rawValue).map { .days($0) } }

        var title: String {
            switch self {
            case .untilRevoked: Texts.lifetimeNever
            case .month: Texts.lifetime("30 days")
            case .quarter: Texts.lifetime("90 days")
            case .year: Texts.lifetime("1 year")
            case .twoYears: Texts.lifetime("2 years")
            }
        }
    }

    /// What suits the application.
    init(_ application: Application) {
        self.application = application
        name = Texts.suggestedName(application)
        services = Set(application.services.map(\.name))
        lifetime = application.format == .token ? .year : .untilRevoked
        format = application.format
    }

    /// What its form is made of. None of it is a secret.
    static let fields: Set<String> = [
        "name", "service", "own-services", "lifetime", "networks", "format",
    ]

    init(_ application: Application, _ form: Form) {
        self.application = application
        name = form.text("name")
        services = Set(form.all("service"))
        ownServices = form.text("own-services")
        lifetime = Lifetime(rawValue: form.text("lifetime")) ?? .untilRevoked
        networks = form.text("networks")
        format = SecretFormat(rawValue: form.text("format")) ?? application.format
    }

    func request() throws -> AppPasswordIssuer.Request {
        AppPasswordIssuer.Request(
            name: name, application: application.id,
            services: services.sorted() + Self.words(ownServices),
            networks: Self.words(networks), lifetime: lifetime.duration, format: format)
    }

    /// What stands between blanks, commas and line ends.
    private static func words(_ text: String) -> [String] {
        text.split { $0.isWhitespace || $0 == "," || $0 == ";" }.map(String.init)
    }
}

struct NewAppPasswordView: View {
    static let template = Template.newAppPassword
    let application: String
    let applicationTitle: String
    let failure: String?
    let formToken: String
    let nameField: Field
    let choices: [Choice]
    let moreChoices: [Choice]
    let moreOpen: Bool
    let ownServices: Field
    let servicesProblem: String?
    let lifetimes: [Choice]
    let lifetimeProblem: String?
    let optionsOpen: Bool
    let ownAddress: String?
    let networksText: String
    let networksProblem: String?
    let networksFocus: Bool
    let formats: [Choice]
    let stepUp: StepUpView?

    struct Choice: Sendable {
        let id: String
        let heading: String
        var isTicked = false
        var isChosen = false
        var hasFocus = false
    }

    init(_ draft: Draft, formToken: String, ownAddress: String?) {
        application = draft.application.id
        applicationTitle = draft.application.title
        failure = draft.failure ?? draft.invalid.text(for: "application")
        self.formToken = formToken
        let problem = draft.invalid
        servicesProblem = problem.text(for: "services")
        networksProblem = problem.text(for: "networks")
        lifetimeProblem = problem.text(for: "expires")

        var name = Field(
            "name", Texts.nameLabel, value: draft.name, hint: Texts.nameHint, problem: problem.text(for: "name"),
            maximumLength: AppPasswordIssuer.maximumNameLength)
        let servicesFirst = name.problem == nil && servicesProblem != nil
        networksFocus = name.problem == nil && servicesProblem == nil && networksProblem != nil
        name.hasFocus = !servicesFirst && !networksFocus && draft.stepUp == nil
        nameField = name

        let usual = draft.application.services
        let known = Service.catalogue
        func choice(_ service: Service) -> Choice {
            Choice(id: service.name, heading: service.title, isTicked: draft.services.contains(service.name))
        }
        var choices = (usual.isEmpty ? known : usual).map(choice)
        if servicesFirst, !choices.isEmpty { choices[0].hasFocus = true }
        self.choices = choices
        moreChoices = usual.isEmpty ? [] : known.filter { !usual.contains($0) }.map(choice)
        ownServices = Field(
            "own-services", Texts.ownServicesLabel, value: draft.ownServices, hint: Texts.ownServicesHint,
            maximumLength: 2_000)
        moreOpen = moreChoices.contains(where: \.isTicked) || !draft.ownServices.isEmpty
        lifetimes = Draft.Lifetime.allCases.map {
            Choice(id: $0.rawValue, heading: $0.title, isChosen: $0 == draft.lifetime)
        }
        networksText = draft.networks
        self.ownAddress = ownAddress
        let titles: [(SecretFormat, String)] = [
            (.standard, Texts.formatStandard), (.compact, Texts.formatCompact), (.token, Texts.formatToken),
        ]
        formats = titles.map { Choice(id: $0.0.rawValue, heading: $0.1, isChosen: $0.0 == draft.format) }
        optionsOpen = networksProblem != nil || !draft.networks.isEmpty || draft.format != draft.application.format
        stepUp = draft.stepUp
    }
}
