import LatchkeyCore
import Testing

@testable import Portal

@Suite("Times in words")
struct MomentTests {
    private let now = Timestamp(seconds: 1_795_507_500)  // 2026-11-24T08:05:00Z

    @Test(
        "a time is said as people say it",
        arguments: [
            (0, "just now"), (-59, "just now"), (-60, "1 minute ago"), (-7_300, "2 hours ago"), (-86_400, "1 day ago"),
            (-86_400 * 29, "29 days ago"), (-86_400 * 31, "on 24 October 2026"), (30, "within a minute"),
            (86_400 * 3, "in 3 days"),
        ])
    func words(seconds: Int, expected: String) {
        #expect(Moment(now + .seconds(seconds), now: now).words == expected)
    }

    @Test("the exact time stands beside it")
    func exact() {
        let moment = Moment(now, now: now)
        #expect(moment.exact == "24 November 2026, 08:05 UTC")
        #expect(moment.machine == "2026-11-24T08:05:00Z")
    }
}

@Suite("The live panel")
struct FirstSignInTests {
    private let samples: Samples
    private let renderer: Renderer

    init() throws {
        renderer = try Renderer(domain: nil)
        samples = try Samples(renderer: renderer)
    }

    private func panel(_ appPassword: AppPassword, _ events: [AuditEvent]) -> LiveView {
        var state = FirstSignIn(appPassword, of: samples.account)
        for event in events {
            if let signIn = event.signIn { state.observe(signIn) }
        }
        return state.view(renderer)
    }

    @Test("it waits, turns good, and names app, services and address")
    func good() {
        let all = samples.appPasswords
        #expect(panel(all[0], []).tone == "waiting")
        let view = panel(
            all[0],
            [
                samples.signIn(all[0], 9, service: .imap, client: "Thunderbird"),
                samples.signIn(all[0], 8, service: .smtp, client: "Thunderbird"),
            ])
        #expect(view.tone == "good")
        #expect(view.sentence == "Thunderbird signed in to “Reading mail, Sending mail” from 192.0.2.7. You’re done.")
    }

    @Test(
        "a mistake is explained until a good sign-in comes",
        arguments: [Refusal.mistyped, .unknown, .portalPasswordUsed])
    func untiedMistakes(refusal: Refusal) {
        let all = samples.appPasswords
        let mistake = samples.signIn(nil, 9, refusal: refusal, client: "Outlook")
        let view = panel(all[0], [mistake])
        #expect(view.tone == "bad")
        #expect(view.sentence.contains("Outlook"))
        #expect(view.remedy?.isEmpty == false)
        #expect(panel(all[0], [mistake, samples.signIn(all[0], 8)]).tone == "good")
        // Somebody else's wrong password later is no news about this one.
        #expect(panel(all[0], [samples.signIn(all[0], 9), mistake]).tone == "good")
    }

    @Test("another spelling of the user name is told the right one")
    func userName() {
        let all = samples.appPasswords
        let view = panel(all[0], [samples.signIn(nil, 9, refusal: .unknown, client: "Outlook", tried: "alice")])
        #expect(view.sentence.contains("as “alice”"))
        #expect(view.remedy?.hasSuffix("Use alice@example.org as the user name.") == true)
    }

    @Test("a service or network that it is not for is explained, also after a good sign-in")
    func tiedMistakes() {
        let all = samples.appPasswords
        let refused = samples.signIn(all[0], 8, refusal: .serviceNotAllowed, service: .caldav)
        #expect(panel(all[0], [samples.signIn(all[0], 9), refused]).tone == "bad")
    }

    @Test("other app passwords, other accounts and earlier times do not count")
    func others() {
        let all = samples.appPasswords
        #expect(
            panel(all[0], [samples.signIn(all[1], 9), samples.signIn(all[4], 8, refusal: .revoked)]).tone == "waiting")
        #expect(panel(all[0], [samples.signIn(nil, 86_400 * 100, refusal: .unknown)]).tone == "waiting")
    }
}

@Suite("Activity")
struct AttemptViewTests {
    @Test("what repeats is one line with its count")
    func runs() throws {
        let samples = try Samples(renderer: Renderer(domain: nil))
        let all = samples.appPasswords
        let lines = AttemptView.lines(samples.events(all), account: samples.account, now: samples.now) { id in
            all.first { $0.id == id }
        }
        #expect(lines.count == 6)
        #expect(lines.contains { $0.detail.hasSuffix("2 times in a row") })
        #expect(lines.filter(\.isProblem).allSatisfy { $0.fix != nil })
    }
}

@Suite("Browsers by name")
struct BrowserNameTests {
    @Test(
        "a browser is called as people call it",
        arguments: [
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
                "Safari on Mac"
            ),
            (
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36",
                "Chrome on Android"
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
                "Edge on Windows"
            ),
        ])
    func names(agent: String, name: String) {
        #expect(BrowserName(agent: agent)?.text == name)
    }

    @Test("what is no browser has no name")
    func others() {
        #expect(BrowserName(agent: "curl/8.5.0") == nil)
    }
}

@Suite("QR codes")
struct QRCodeTests {
    @Test("the code has a quiet zone and only whole rectangles")
    func shape() throws {
        let code = try #require(QRCode(Secret("otpauth://totp/Latchkey:alice?secret=JBSWY3DPEHPK3PXP")))
        #expect(code.side >= 21 + 2 * QRCode.quietZone)
        #expect((code.side - 2 * QRCode.quietZone - 17).isMultiple(of: 4))
        #expect(code.path.wholeMatch(of: #/(M\d+ \d+h\d+v1h-\d+z)+/#) != nil)
        #expect(code.path.hasPrefix("M4 4h7v1h-7z"))
    }

    @Test("what is too long for one is nil")
    func tooLong() {
        #expect(QRCode(Secret(String(repeating: "x", count: 4_000))) == nil)
    }
}

@Suite("Configuration")
struct ConfigurationTests {
    @Test(
        "the origin is what browsers send",
        arguments: [
            ("https://keys.example.org", "https://keys.example.org"),
            ("https://Keys.example.org/", "https://keys.example.org"),
            ("http://localhost:8080/portal", "http://localhost:8080"),
        ])
    func origin(url: String, origin: String) {
        #expect(Portal.Configuration(host: "127.0.0.1", port: 0, url: url).origin == origin)
    }
}
