import Accounts
import Hummingbird
import LatchkeyCore
import NIOCore
import Testing
import WebAuthn

@testable import Portal

/// Every page, filled as it would be on an ordinary day.
struct Samples {
    let renderer: Renderer
    let now = Timestamp(seconds: 1_795_507_500)
    let account: Account
    let visitor: Visitor
    private var rng = SystemRandomNumberGenerator()

    init(renderer: Renderer) throws {
        self.renderer = renderer
        var rng = SystemRandomNumberGenerator()
        let id = AccountID(at: now, using: &rng)
        account = Account(
            id: id, login: try #require(LoginName("alice@example.org")), name: "Alice Ahlgren", created: now)
        visitor = Visitor(
            token: Secret("x"),
            session: Session(
                id: Identifier(at: now, using: &rng), account: id, stage: .signedIn, created: now, lastSeen: now,
                strongAt: now, address: IPAddress("192.0.2.7"), agent: "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"),
            account: account)
    }

    func appPassword(
        _ name: String, _ application: String, _ services: Set<Service>, used: Int64?, client: String? = nil,
        expires: Timestamp? = nil, end: AppPassword.End? = nil
    ) -> AppPassword {
        var rng = SystemRandomNumberGenerator()
        return AppPassword(
            id: AppPasswordID(at: now, using: &rng), account: account.id, name: name, application: application,
            services: services, created: now + .days(-90), expires: expires,
            lastUse: used.map {
                AppPassword.LastUse(
                    time: now + .seconds(-$0), service: .imap, address: IPAddress("192.0.2.7"), client: client)
            }, end: end)
    }

    var appPasswords: [AppPassword] {
        [
            appPassword(
                "Thunderbird on the laptop", "email-client", [.imap, .smtp], used: 7_300, client: "Thunderbird 153"),
            appPassword(
                "My phone", "mobile-device", [.imap, .smtp, .caldav, .carddav], used: 240,
                client: "Apple Mail"),
            appPassword(
                "Office scanner, 2nd floor", "printer-scanner", [.smtp], used: 86_400 * 5, expires: now + .days(3)),
            appPassword("Nextcloud backup", "script", [.webdav], used: nil),
            appPassword(
                "Old tablet", "mobile-device", [.imap], used: 86_400 * 40,
                end: .init(time: now + .days(-2), cause: .revoked)),
        ]
    }

    func signIn(
        _ appPassword: AppPassword?, _ seconds: Int64, refusal: Refusal? = nil, service: Service = .imap,
        client: String? = nil, tried: String? = nil
    ) -> AuditEvent {
        AuditEvent(
            SignIn(
                time: now + .seconds(-seconds), account: account.id, appPassword: appPassword?.id, refusal: refusal,
                service: service, door: .dovecot, address: IPAddress("192.0.2.7"), client: client, triedName: tried))
    }

    func events(_ all: [AppPassword]) -> [AuditEvent] {
        [
            signIn(all[1], 240, client: "Apple Mail"),
            signIn(nil, 3_000, refusal: .portalPasswordUsed, client: "Outlook"),
            signIn(all[0], 7_300, client: "Thunderbird 153"),
            signIn(all[2], 9_000, refusal: .serviceNotAllowed, client: nil),
            signIn(all[2], 9_300, refusal: .serviceNotAllowed, client: nil),
            signIn(all[4], 86_400, refusal: .revoked, client: "K-9 Mail"),
            AuditEvent(
                time: now + .days(-2), action: .appPasswordRevoked, actor: .account(account.id), account: account.id,
                appPassword: all[4].id, detail: "Old tablet"),
        ]
    }

    private func passkey() throws -> WebAuthnCredential {
        WebAuthnCredential(
            id: .nobody, account: account.id, kind: .passkey, name: "iCloud Keychain",
            stored: WebAuthn.StoredCredential(
                id: try #require(CredentialID([1])), publicKey: [], signCount: 0, isUserVerificationInitialized: true,
                isBackupEligible: true, isBackedUp: true, transports: [], aaguid: .unknown, attestation: .none),
            added: now + .days(-90), lastUse: now + .seconds(-400))
    }

    func pages() throws -> [(String, String)] {
        let key = KeyView(using: Ceremony(options: "{}", challenge: "c"))
        let all = appPasswords
        let events = events(all)
        let lookUp: (AppPasswordID) -> AppPassword? = { id in all.first { $0.id == id } }
        let mailbox = CodeMailbox(
            address: try #require(MailAddress("alice@home.example")), since: now + .days(-9), isUsable: true)
        let ways = WaysToSignIn(
            passwordSet: now + .days(-200), totpEnrolled: now + .days(-200), totpLastUsed: now + .seconds(-400),
            mailbox: mailbox, recoveryCodesLeft: 8, keys: [try passkey()])
        let home = HomeView(
            ways: WayView.all(ways, sessions: 2, now: now), additions: Addition.all(ways), advice: Advice(ways),
            appPasswords: all,
            attempts: HomePage.recent(events, account, all, now: now), now: now)
        let few = WaysToSignIn(
            passwordSet: now, totpEnrolled: now, totpLastUsed: nil, recoveryCodesLeft: 1)
        let homeEmpty = HomeView(
            ways: WayView.all(few, sessions: 1, now: now), additions: Addition.all(few), advice: Advice(few),
            appPasswords: [], attempts: [], now: now
        )
        let client = LatchkeyCore.Application.catalogue[0]
        var bad = Draft(client)
        bad.name = ""
        bad.networks = "10.0.0.0/33"
        bad.invalid = InvalidInput([
            .init(field: "name", text: "Give it a name, for example “Thunderbird on the laptop”."),
            .init(field: "services", text: "Choose at least one service."),
            .init(field: "networks", text: "“10.0.0.0/33” is no network: write it like 192.0.2.0/24 or 2001:db8::/32."),
        ])
        bad.services = []
        bad.stepUp = StepUpView(
            field: Field.code(), key: key,
            mailed: MailedCodeView(
                mailbox.masked, ConfirmationProblems(sending: Texts.codeNotMailed), isPrimary: false),
            hasOtherWay: true)
        let passkey = Texts.newKey(.passkey)
        func secret(_ events: [AuditEvent]) -> SecretView {
            var state = FirstSignIn(all[0], of: account)
            for event in events { event.signIn.map { state.observe($0) } }
            return SecretView(
                href: all[0].path, label: all[0].name, secret: "kdwqz-mhrtv-bnxpl-gcfsj-yaoeu", mayType: true,
                overlap: nil, login: "alice@example.org", services: all[0].services.titles,
                danger: Texts.danger(all[0].services), expires: all[0].expiryText,
                networks: nil, live: state.view(renderer))
        }
        let enrolment = Secret(
            "otpauth://totp/Latchkey:alice%40example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Latchkey")
        let question = QuestionView(
            WaitingNetwork(
                appPassword: all[0].id, network: ClientNetwork(of: IPAddress("198.51.100.7")),
                since: now + .seconds(-60),
                address: IPAddress("198.51.100.7"), service: .imap, client: "Thunderbird 153"), of: all[0], now: now)
        let homeAsking = HomeView(
            ways: WayView.all(ways, sessions: 2, now: now), additions: [], advice: nil, questions: [question],
            appPasswords: all,
            attempts: [], now: now)
        let helped = HelpdeskView.PersonView(
            Helpdesk.Person(
                account: account, ways: ways, lastPortalSignIn: now + .days(-3), lastAppSignIn: nil, objection: nil),
            formToken: "t", stepUp: nil, now: now)
        let recovered = try #require(
            RecoveredView(
                removed: [.totpRemoved, .recoveryCodesRemoved, .sessionsEnded].map {
                    AuditEvent(time: now, action: $0, actor: .client, account: account.id, detail: "3")
                }, working: Array(all.prefix(2)), now: now))
        let lines = { (n: Int) in
            Array(
                AttemptView.lines(
                    events.filter { $0.appPassword == all[n].id }, account: account, now: now, appPassword: lookUp))
        }
        return [
            ("home", html(home, .list, .security)),
            (
                "home-notice",
                html(home, .list, .security, notice: "“Old tablet” is revoked. From now on it opens nothing.")
            ),
            ("home-empty", html(homeEmpty, .list, .security)),
            ("applications", html(ApplicationsView(), .task)),
            ("new", html(NewAppPasswordView(Draft(client), formToken: "t", ownAddress: "192.0.2.7"), .task)),
            ("new-bad", html(NewAppPasswordView(bad, formToken: "t", ownAddress: "192.0.2.7"), .task)),
            ("secret", html(secret([]), .list)),
            ("secret-good", html(secret([signIn(all[0], 3, client: "Thunderbird 153")]), .list)),
            (
                "secret-bad",
                html(secret([signIn(nil, 3, refusal: .portalPasswordUsed, client: "Thunderbird 153")]), .list)
            ),
            ("app-password", html(AppPasswordView(all[2], attempts: lines(2), now: now), .task)),
            (
                "revoke",
                html(
                    RevokeView(
                        href: all[0].path, label: all[0].name,
                        consequence: Texts.revokeConsequence(name: all[0].name, client: all[0].lastUse?.client),
                        lastUse: all[0].lastUse.map { LastUseView($0, now: now) }, services: all[0].services.titles),
                    .task)
            ),
            (
                "rotate",
                html(
                    RotateView(
                        href: all[0].path, label: all[0].name, formToken: "t",
                        stepUp: StepUpView(field: Field.code(), key: nil)), .task)
            ),
            (
                "activity",
                html(
                    ActivityView(
                        events, older: 3, problemsOnly: false, account: account,
                        appPasswords: Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) }), now: now), .task,
                    .activity)
            ),
            (
                "sign-in",
                html(
                    SignInView(
                        failure: nil, next: "",
                        fields: [
                            Field("login", Texts.loginLabel, autocomplete: "username", hint: Texts.loginHint),
                            Field("password", Texts.passwordLabel, .password, autocomplete: "current-password"),
                        ].focused, key: key), .task, signedIn: false)
            ),
            (
                "sign-in-bad",
                html(
                    SignInView(
                        failure: Texts.signInRefused, next: "",
                        fields: [
                            Field(
                                "login", Texts.loginLabel, autocomplete: "username", value: "alice",
                                hint: Texts.loginHint),
                            Field(
                                "password", Texts.passwordLabel, .password, autocomplete: "current-password",
                                problem: Texts.passwordMissing),
                        ].focused, key: nil), .task, signedIn: false)
            ),
            (
                "sign-in-sso",
                html(
                    SignInView(
                        failure: nil, next: "",
                        fields: [
                            Field("login", Texts.loginLabel, autocomplete: "username", hint: Texts.loginHint),
                            Field("password", Texts.passwordLabel, .password, autocomplete: "current-password"),
                        ].focused, key: key,
                        providers: ["example", "other"].map {
                            ProviderView(id: "with-\($0)", href: "/sign-in/with/\($0)", label: Texts.continueWith($0))
                        }, hasProviders: true), .task, signedIn: false)
            ),
            (
                "sign-on-refused",
                html(
                    SignOnRefusedView(
                        heading: Texts.signOnRefused(.noAccount, title: "Example ID", isSignedIn: false).heading,
                        explanation: Texts.signOnRefused(.noAccount, title: "Example ID", isSignedIn: false)
                            .explanation,
                        again: OtherWay(text: "", href: "/sign-in/with/example", action: Texts.tryAgain("Example ID")),
                        otherWay: OtherWay(text: "", href: "/sign-in", action: Texts.toSignIn), isOnlyWay: false),
                    .task, signedIn: false)
            ),
            ("signed-out", html(SignedOutView(provider: "https://id.example.org/logout"), .task, signedIn: false)),
            (
                "code",
                html(
                    CodeView(
                        heading: "One more step", lede: "Your password was right.", next: "", nextQuery: "",
                        hasCode: true, fields: [Field.code(problem: Texts.codeWrong)].focused, key: key, hasBoth: true,
                        keyProblem: Texts.keyRefused, mailed: MailedCodeView(mailbox.masked, .init(), isPrimary: false),
                        hasMailBeside: true), .task, signedIn: false)
            ),
            (
                "code-mailed",
                html(
                    CodeView(
                        heading: "One more step", lede: "Your password was right.", next: "", nextQuery: "",
                        hasCode: false, fields: [], key: nil, hasBoth: false, keyProblem: nil,
                        mailed: MailedCodeView(
                            mailbox.masked, ConfirmationProblems(isCodeMailed: true), isPrimary: true)
                    ), .task, signedIn: false)
            ),
            (
                "codes-by-mail",
                html(
                    CodesByMailView(
                        isSetup: true, heading: Texts.codesByMailHeading, now: nil, isOffered: true,
                        off: Texts.codesByMailOff, failure: nil, sent: Texts.codeMailed(to: "alice@home.example"),
                        fields: [
                            Field("address", Texts.mailboxLabel, value: "alice@home.example", hint: Texts.mailboxHint),
                            .mailedCode(problem: Texts.mailedCodeWrong),
                        ], action: Texts.confirmMailbox, isCodeMailed: true, otherWays: [Texts.authenticatorForMail],
                        remove: nil), .task, signedIn: false)
            ),
            (
                "codes-by-mail-off",
                html(
                    CodesByMailView(
                        isSetup: false, heading: Texts.changeMailboxHeading, now: mailbox.address.text,
                        isOffered: false,
                        off: Texts.codesByMailOff + ".", failure: nil, sent: nil, fields: [],
                        action: Texts.mailFirstCode, isCodeMailed: false, otherWays: [],
                        remove: RemoveView(.mailbox, of: ways, texts: Texts.removeMailbox, path: "/x")), .task)
            ),
            (
                "authenticator",
                html(
                    AuthenticatorView(
                        isSetup: true, heading: Texts.enrolHeading, code: QRCode(enrolment),
                        groups: AuthenticatorPage.grouped("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"), fields: [Field.code()],
                        otherWays: [Texts.passkeyInstead, Texts.mailInstead]),
                    .task,
                    signedIn: false)
            ),
            (
                "new-key",
                html(
                    NewKeyView(
                        isSetup: true, heading: passkey.heading, lede: passkey.lede, points: passkey.points,
                        problem: Texts.keyNotCreated, action: "/passkeys/new", key: key, hasKey: true,
                        otherWay: Texts.authenticatorInstead), .task, signedIn: false)
            ),
            (
                "key-page",
                html(
                    OneKeyView(
                        name: "Blue key", kind: "Security key · YubiKey 5", added: Moment(now, now: now),
                        lastUse: nil, copies: Texts.keyOnOneDevice, path: "/security-keys/x",
                        fields: [Field("name", Texts.nameLabel, value: "Blue key")],
                        remove: RemoveView(.password, of: ways, texts: Texts.removeKey("Blue key"), path: "/x")), .task)
            ),
            (
                "recovery-codes",
                html(
                    RecoveryCodesView(isSetup: true, codes: (0..<10).map { "abcd\($0)-efghj-kmnpq" }, next: "/"), .task,
                    signedIn: false)
            ),
            (
                "sessions",
                html(
                    SessionsView(
                        sessions: [
                            SessionsView.Line(visitor.session, isCurrent: true, now: now),
                            SessionsView.Line(visitor.session, isCurrent: false, now: now),
                        ], hasOthers: true), .task)
            ),
            ("home-question", html(homeAsking, .list, .security)),
            (
                "approval",
                html(
                    ApprovalView(
                        label: all[0].name, asked: question, stepUp: StepUpView(field: Field.code(), key: nil)), .task)
            ),
            (
                "helpdesk",
                html(HelpdeskView(field: Field("login", "Who?"), found: nil, isSearch: true), .task, .helpdesk)
            ),
            (
                "helpdesk-person",
                html(
                    HelpdeskView(field: Field("login", "Who?", value: "bob"), found: helped, isSearch: false), .task,
                    .helpdesk)
            ),
            (
                "recovery-link",
                html(
                    RecoveryLinkView(
                        label: "Bob", login: "bob@example.org", link: "https://keys.example.org/setup/x",
                        expires: Moment(now + .seconds(14_400), now: now)), .task, .helpdesk)
            ),
            ("recovered", html(recovered, .task)),
            (
                "alerts",
                html(AlertsView(off: [.newBrowser], login: account.login, delivery: .init(areSent: true)), .task)
            ),
            (
                "revocation-link",
                html(
                    RevocationLinkView(all[0], of: account, action: "/revoke/x", isSignedIn: false, now: now), .task,
                    signedIn: false)
            ),
            (
                "revocation-link-done",
                html(
                    RevocationLinkView(all[4], of: account, action: "/revoke/x", isSignedIn: false, now: now), .task,
                    signedIn: false)
            ),
            ("revocation-link-gone", html(RevocationLinkGoneView(), .task, signedIn: false)),
            (
                "error",
                html(
                    ErrorView(
                        heading: Texts.error(.notFound).heading, explanation: Texts.error(.notFound).explanation,
                        code: 404), .task, signedIn: false)
            ),
            (
                "setup",
                html(
                    SetupView(
                        isFirst: true, invited: nil, action: "/setup/x",
                        fields: [
                            Field("login", Texts.chooseLoginLabel, hint: Texts.chooseLoginHint),
                            Field("name", Texts.fullNameLabel),
                            Field("password", Texts.choosePasswordLabel, .password, hint: Texts.choosePasswordHint),
                        ].focused), .task, signedIn: false)
            ),
        ]
    }

    private func html<V: View>(
        _ view: V, _ width: Renderer.Frame.Width, _ section: Renderer.Frame.Section? = nil, notice: String? = nil,
        signedIn: Bool = true
    ) -> String {
        renderer.html(
            view, title: "Sample",
            frame: .init(
                visitor: signedIn ? visitor : nil, notice: notice.map { NoticeView(message: $0) }, width: width,
                section: section))
    }
}
