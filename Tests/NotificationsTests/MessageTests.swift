import Foundation
import LatchkeyCore
import LatchkeyTesting
import Testing

@testable import Notifications

struct MessageTests {
    private func message(subject: String = "Hello", text: String = "Hello", html: String = "<p>Hello</p>") throws
        -> String
    {
        let message = MailMessage(
            sender: try #require(MailAddress("latchkey@example.com")),
            recipient: try #require(MailAddress("alice@example.com")), subject: subject,
            date: LocalMoment(Timestamp(seconds: 1_795_507_200), offset: 3_600), id: "1@example.com", text: text,
            html: html)
        return String(decoding: message.envelope.content, as: UTF8.self)
    }

    @Test("a message is exactly this")
    func golden() throws {
        #expect(
            try message(subject: "App password “x” was created", text: "1 = 1\nGrüße \n", html: "<p>&amp;</p>\n")
                == """
                Date: Tue, 24 Nov 2026 09:00:00 +0100
                From: Latchkey <latchkey@example.com>
                To: <alice@example.com>
                Subject: =?utf-8?B?QXBwIHBhc3N3b3JkIOKAnHjigJ0gd2FzIGNyZWF0?=
                 =?utf-8?B?ZWQ=?=
                Message-ID: <1@example.com>
                Auto-Submitted: auto-generated
                X-Auto-Response-Suppress: All
                MIME-Version: 1.0
                Content-Type: multipart/alternative; boundary="=_latchkey"

                --=_latchkey
                Content-Type: text/plain; charset=utf-8
                Content-Transfer-Encoding: quoted-printable

                1 =3D 1
                Gr=C3=BC=C3=9Fe=20

                --=_latchkey
                Content-Type: text/html; charset=utf-8
                Content-Transfer-Encoding: quoted-printable

                <p>&amp;</p>

                --=_latchkey--

                """.replacing("\n", with: "\r\n"))
    }

    @Test(
        "nothing in a subject makes a header of its own",
        arguments: [
            "x\r\nBcc: eve@example.com", "x\nBcc: eve@example.com", "x\rBcc: eve@example.com", "x\u{85}Bcc: eve",
            "x\u{2028}Bcc: eve", "=?utf-8?B?DQpCY2M6IGV2ZQ==?=", "\u{202e}evil", String(repeating: "y ", count: 900),
            String(repeating: "z", count: 900), "x\0y", "\r\n\r\n--=_latchkey\r\nContent-Type: text/html",
            String(repeating: "“é” ", count: 300),
        ])
    func injection(subject: String) throws {
        let whole = try message(subject: subject)
        let header = whole.prefix(upTo: try #require(whole.firstRange(of: "\r\n\r\n")).lowerBound)
        let names = header.split(separator: "\r\n").filter { !$0.hasPrefix(" ") }.map { $0.prefix { $0 != ":" } }
        #expect(
            names == [
                "Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress",
                "MIME-Version", "Content-Type",
            ])
        #expect(whole.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 76 })
        #expect(whole.utf8.allSatisfy { $0 == 0x0d || $0 == 0x0a || (0x20...0x7e).contains($0) })
    }

    @Test("quoted-printable gives back what went in, on lines of at most 76 octets", arguments: 0..<64)
    func quotedPrintable(seed: Int) throws {
        var rng = SplitMix64(seed: UInt64(seed))
        let alphabet = Array("ab =\t.\né“𝄞") + ["\n", " ", "\u{301}"]
        let text = String((0..<600).map { _ in alphabet.randomElement(using: &rng) ?? "x" }) + "\n"
        let encoded = String(decoding: QuotedPrintable.encode(text), as: UTF8.self)
        #expect(encoded.split(separator: "\r\n", omittingEmptySubsequences: false).allSatisfy { $0.utf8.count <= 76 })
        #expect(!encoded.contains(" \r\n") && !encoded.contains("\t\r\n"))
        var octets: [UInt8] = []
        var rest = encoded.replacing("=\r\n", with: "").replacing("\r\n", with: "\n").utf8[...]
        while let octet = rest.popFirst() {
            guard octet == UInt8(ascii: "=") else {
                octets.append(octet)
                continue
            }
            octets.append(try #require(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)))
            rest = rest.dropFirst(2)
        }
        #expect(octets == Array(text.utf8))
    }

    @Test("times are told with their distance from UTC")
    func moments() {
        let time = Timestamp(seconds: 1_795_507_200)
        #expect(LocalMoment(time, offset: 0).words == "24 November 2026, 08:00 (UTC)")
        #expect(LocalMoment(time, offset: -12_600).words == "24 November 2026, 04:30 (UTC-03:30)")
        #expect(LocalMoment(time, offset: -12_600).header == "Tue, 24 Nov 2026 04:30:00 -0330")
        #expect(LocalMoment(Timestamp(seconds: 0), offset: 0).header == "Thu, 1 Jan 1970 00:00:00 +0000")
    }

    @Test(
        "an address is taken if it can stand in a command and a header as it is",
        arguments: [
            ("alice@example.com", true), ("a.b+c@example.com", true), ("alicé@exämple.com", true), ("alice", false),
            ("@example.com", false), ("alice@", false), ("a b@example.com", false), ("a>b@example.com", false),
            ("alice@example.com\r\nRCPT TO:<eve@example.com>", false), ("\"a b\"@example.com", false),
            ("a@b@c", false), ("a..b@example.com", false), ("alice@-x.com", false), ("a\u{202e}b@example.com", false),
        ])
    func addresses(text: String, isOne: Bool) {
        #expect((MailAddress(text) != nil) == isOne)
    }
}

struct LetterTests {
    private func alert(
        _ kind: AlertKind, action: AuditEvent.Action? = nil, name: String? = "Thunderbird",
        author: Alert.Author = .owner, client: String = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
        appPassword: Bool = true
    ) throws -> Alert {
        var rng = SplitMix64(seed: 1)
        let now = Timestamp(seconds: 1_795_507_200)
        return Alert(
            id: AlertID(at: now, using: &rng), kind: kind, recipient: try #require(MailAddress("alice@example.com")),
            login: try #require(LoginName("alice@example.com")), time: now, action: action, author: author,
            appPassword: appPassword ? AppPasswordID(at: now, using: &rng) : nil, name: name, services: [.imap],
            address: IPAddress("192.0.2.7"), client: client, count: 3,
            expires: now + .days(3), queued: now)
    }

    private func letter(_ alert: Alert) -> Letter {
        Letter(
            alert, portal: "https://keys.example.com", revocation: "https://keys.example.com/revoke/TOKEN",
            moment: { LocalMoment($0, offset: 0) })
    }

    @Test(
        "every kind says what happened, to which account, when, and what to do, in both forms",
        arguments: AlertKind.allCases)
    func kinds(kind: AlertKind) throws {
        let letter = letter(try alert(kind))
        for form in [letter.text, letter.html] {
            #expect(form.contains("alice@example.com"))
            #expect(form.contains(kind == .appPasswordExpiring ? "27 November 2026" : "24 November 2026, 08:00 (UTC)"))
            #expect(form.contains("https://keys.example.com/"))
            for paragraph in letter.paragraphs { #expect(form.contains(paragraph)) }
            #expect(form.contains("/alerts") == kind.canBeTurnedOff)
            #expect(!form.contains("nil") && !form.contains("Optional"))
        }
        #expect(letter.text.contains("/revoke/TOKEN") == (kind == .appPasswordCreated))
        #expect(letter.paragraphs.count >= 1 && !letter.subject.hasSuffix("."))
    }

    @Test("a mail loads nothing and runs nothing, and its style stands in its elements")
    func nothingRemote() throws {
        for kind in AlertKind.allCases {
            let html = letter(try alert(kind)).html
            for forbidden in [
                "<img", "<script", "<link", "<style", "url(", "src=", "@import", "class=", " on" + "click",
            ] {
                #expect(!html.contains(forbidden), "\(kind): \(forbidden)")
            }
        }
    }

    @Test(
        "a hostile name stays text",
        arguments: ["<b>x</b>", "\" onload=\"x", "&amp;<", "'><script>", "\"\u{301}<i>"])
    func escaping(name: String) throws {
        let plain = letter(try alert(.appPasswordCreated, name: "x")).html
        let html = letter(try alert(.appPasswordCreated, name: name)).html
        for mark in [UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "'")] {
            #expect(html.utf8.count { $0 == mark } == plain.utf8.count { $0 == mark })
        }
    }

    @Test("a name written from right to left does not turn the sentence around it")
    func rightToLeft() throws {
        #expect(letter(try alert(.appPasswordCreated, name: "טלפון")).subject.contains("“\u{2068}טלפון\u{2069}”"))
        #expect(letter(try alert(.appPasswordCreated)).subject == "App password “Thunderbird” was created")
    }

    @Test(
        "what is added or removed is named, and told as what it is",
        arguments: [
            (AuditEvent.Action.portalPasswordAdded, "A portal password was added", nil),
            (.passkeyAdded, "Passkey “Blue (YubiKey 5)” was added", "Passkey: Blue (YubiKey 5)"),
            (.securityKeyAdded, "Security key “Blue (YubiKey 5)” was added", "Security key: Blue (YubiKey 5)"),
            (.passkeyRemoved, "Passkey “Blue (YubiKey 5)” was removed", "Passkey: Blue (YubiKey 5)"),
            (.identityLinked, "A single sign-on was connected", "Single sign-on: Blue (YubiKey 5)"),
        ] as [(AuditEvent.Action, String, String?)])
    func ways(action: AuditEvent.Action, subject: String, fact: String?) throws {
        let kind = try #require(action.alert)
        let alert = try alert(kind, action: action, name: fact.map { _ in "Blue (YubiKey 5)" }, appPassword: false)
        #expect(letter(alert).subject == subject)
        if let fact { #expect(letter(alert).text.contains("\n  \(fact)\n")) }
        #expect(!letter(alert).text.contains("App password:"))
    }

    @Test("an account that was made at the first sign-in is told as that, with the provider's name")
    func opened() throws {
        let alert = try alert(
            .accountOpened, action: .identityLinked, name: "Example ID, alice@example.com", appPassword: false)
        #expect(letter(alert).subject == "An account was made for you")
        #expect(letter(alert).text.contains("  Single sign-on: Example ID, alice@example.com\n"))
        #expect(!letter(alert).text.contains("added"))
    }

    @Test("the button of a question leads to where it is answered")
    func question() throws {
        let alert = try alert(.approvalAsked)
        let id = try #require(alert.appPassword)
        #expect(
            letter(alert).action?.url
                == "https://keys.example.com/app-passwords/\(id)/approve?network=192.0.2.0/24")
    }

    @Test(
        "no words of a client become a link, and a guesser's are not told at all",
        arguments: [
            ("Thunderbird 140.1", "Thunderbird 140.1"), ("com.apple.maild", "com·apple·maild"),
            ("Locked! See https://evil.example/login", "Locked! See https//evil·example/login"),
            ("write to help@evil.example now", "write to help·evil·example now"),
            ("www.evil.example", "www·evil·example"),
            ("evil。example", "evil·example"), (String(repeating: "x", count: 300), String(repeating: "x", count: 60)),
        ])
    func links(client: String, told: String) throws {
        let used = try alert(.appPasswordFirstUsed, author: .other, client: client)
        #expect(letter(used).text.contains("  With: \(told)\n"))
        let guessed = try alert(.wrongGuesses, author: .other, client: client)
        #expect(!letter(guessed).text.contains("With:"))
    }

    @Test("an administrator who gets it instead is told why")
    func administrator() throws {
        var rng = SplitMix64(seed: 2)
        let alert = Alert(
            id: AlertID(at: Timestamp(seconds: 0), using: &rng), kind: .appPasswordCreated,
            recipient: try #require(MailAddress("root@example.com")), login: try #require(LoginName("scanner")),
            time: Timestamp(seconds: 0), queued: Timestamp(seconds: 0))
        #expect(letter(alert).subject == "scanner: App password was created")
        #expect(letter(alert).text.contains("You get it as administrator: scanner has no address of its own."))
    }
}
