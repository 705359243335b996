import LatchkeyTesting
import Testing

@testable import LatchkeyCore

struct SecretTests {
    @Test("a secret prints as dots, however it is printed")
    func neverPrinted() {
        let secret = Secret("hunter2")
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(describing: secret), String(reflecting: secret), dumped, "\([secret])"] {
            #expect(!text.contains("hunter2"))
            #expect(text.contains("•••"))
        }
    }

    @Test("secrets are equal by their octets alone")
    func equality() {
        #expect(Secret("abc") == Secret("abc"))
        #expect(Secret("abc") != Secret("abd"))
        #expect(Secret("abc") != Secret("abcd"))
        #expect(Secret("") == Secret(""))
    }
}

struct TimestampTests {
    @Test(
        "a moment prints as RFC 3339",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (951_782_399, "2000-02-28T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
            (1_795_507_200, "2026-11-24T08:00:00Z"), (-1, "1969-12-31T23:59:59Z"),
            (4_102_444_800, "2100-01-01T00:00:00Z"),
        ])
    func rfc3339(seconds: Int64, text: String) {
        #expect(Timestamp(seconds: seconds).description == text)
    }

    @Test("arithmetic saturates instead of trapping")
    func saturates() {
        #expect(Timestamp(seconds: .max) == Timestamp(microseconds: .max))
        #expect(Timestamp(microseconds: .max) + .days(1) == Timestamp(microseconds: .max))
        #expect(Timestamp(microseconds: .min) + .seconds(-1) == Timestamp(microseconds: .min))
        _ = Timestamp(microseconds: .max) - Timestamp(microseconds: .min)
        _ = Timestamp(microseconds: .min).description
    }
}

struct IdentifierTests {
    @Test("an id is a UUID of version 7 that keeps its octets and its text")
    func roundTrip() throws {
        var rng = SplitMix64(seed: 1)
        let id = AccountID(at: Timestamp(seconds: 1_795_507_200), using: &rng)
        #expect(
            id.description.wholeMatch(of: /01a[0-9a-f]{5}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/)
                != nil)
        #expect(AccountID(octets: id.octets) == id)
        #expect(AccountID(id.description) == id)
        #expect(AccountID(id.description.uppercased()) == id)
        #expect(id.withOctets { Array($0) } == id.octets)
    }

    @Test("ids sort by the time they were made")
    func sorted() {
        var rng = SplitMix64(seed: 2)
        let ids = (0..<100).map { AccountID(at: Timestamp(seconds: 1_000 + $0), using: &rng).description }
        #expect(ids == ids.sorted())
    }

    @Test(
        "what is no UUID is refused",
        arguments: ["", "0193", "g193f0c0-0000-7000-8000-000000000000", "0193f0c000007000800000000000000000000"])
    func refused(text: String) {
        #expect(AccountID(text) == nil)
    }
}

struct LoginNameTests {
    @Test(
        "every spelling of a name is one name",
        arguments: [
            ("Alice@Example.COM", "alice@example.com"), ("ÅSA", "åsa"), ("A\u{30a}sa", "åsa"), ("ａｌｉｃｅ", "alice"),
            ("STRASSE", "strasse"), ("Ünïcode", "ünïcode"),
        ])
    func folded(raw: String, text: String) {
        #expect(LoginName(raw)?.text == text)
    }

    @Test("folding twice changes nothing")
    func idempotent() {
        for raw in ["Alice@Example.COM", "A\u{30a}sa", "ａｌｉｃｅ", "ΣΊΣΥΦΟΣ"] {
            let once = LoginName(raw)
            #expect(once != nil)
            #expect(once.flatMap { LoginName($0.text) } == once)
        }
    }

    @Test(
        "what could break a line, a field or a log is no login name",
        arguments: [
            "", " ", "a b", "a\tb", "a\nb", "a\0b", "a\u{7f}", "a\u{200b}b", "a\u{202e}b", "a\u{2028}b", "☃",
            "a\u{a0}b",
        ])
    func refused(raw: String) {
        #expect(LoginName(raw) == nil)
    }

    @Test("a name longer than an address can be is refused")
    func length() {
        #expect(LoginName(String(repeating: "a", count: 320)) != nil)
        #expect(LoginName(String(repeating: "a", count: 321)) == nil)
    }

    @Test("the default domain is added to bare names only")
    func domain() {
        #expect(LoginName("alice")?.qualified(with: "example.com").text == "alice@example.com")
        #expect(LoginName("alice@other.org")?.qualified(with: "example.com").text == "alice@other.org")
        #expect(LoginName("alice")?.qualified(with: nil).text == "alice")
    }
}

struct ServiceTests {
    @Test("our own services are of the shape that services have")
    func catalogue() {
        for service in Service.catalogue { #expect(Service(service.name) == service) }
        for application in Application.catalogue {
            for service in application.services { #expect(Service(service.name) == service) }
        }
    }

    @Test("case is folded")
    func folded() {
        #expect(Service("SMTP") == .smtp)
        #expect(Service("http:Wiki")?.name == "http:wiki")
    }

    @Test(
        "anything else is no service", arguments: ["", " imap", "a b", ".x", "ümap", String(repeating: "a", count: 65)])
    func refused(text: String) {
        #expect(Service(text) == nil)
    }
}

struct NetworkTests {
    @Test(
        "addresses print canonically",
        arguments: [
            ("192.0.2.7", "192.0.2.7"), ("2001:DB8:0:0::1", "2001:db8::1"), ("::ffff:192.0.2.7", "192.0.2.7"),
            ("::1", "::1"),
        ])
    func addresses(raw: String, text: String) {
        #expect(IPAddress(raw)?.description == text)
    }

    @Test(
        "what is no address is refused", arguments: ["", "1.2.3", "1.2.3.4.5", "[::1]", "::1%lo", "1.2.3.4/8", "a\0"])
    func badAddresses(raw: String) {
        #expect(IPAddress(raw) == nil)
    }

    @Test(
        "a network holds its own addresses and no others",
        arguments: [
            ("192.0.2.0/24", "192.0.2.255", true), ("192.0.2.0/24", "192.0.3.0", false),
            ("192.0.2.7/24", "192.0.2.1", true),
            ("0.0.0.0/0", "203.0.113.1", true), ("0.0.0.0/0", "2001:db8::1", false),
            ("2001:db8::/32", "2001:db8:1::9", true),
            ("2001:db8::/32", "2001:db9::", false), ("::/0", "::1", true), ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false), ("192.0.2.0/24", "::ffff:192.0.2.9", true),
        ])
    func contains(network: String, address: String, expected: Bool) throws {
        let network = try #require(Network(network))
        let address = try #require(IPAddress(address))
        #expect(network.contains(address) == expected)
    }

    @Test(
        "what is no network is refused",
        arguments: ["", "/8", "1.2.3.4/", "1.2.3.4/33", "::/129", "1.2.3.4/-1", "1.2.3.4/+8"])
    func badNetworks(raw: String) {
        #expect(Network(raw) == nil)
    }

    @Test("a network prints as it is read, host bits cleared")
    func printed() {
        #expect(Network("192.0.2.77/24")?.description == "192.0.2.0/24")
        #expect(Network("2001:db8::1")?.description == "2001:db8::1")
    }
}

struct PrintableTests {
    @Test("control, format and line characters go, the rest is cut at the limit")
    func printable() {
        #expect(Attempt.printable("Thunder\u{1b}[31mbird\n", limit: 128) == "Thunder[31mbird")
        #expect(Attempt.printable("a\u{202e}b", limit: 128) == "ab")
        #expect(Attempt.printable("äöü", limit: 5) == "äö")
        #expect(Attempt.printable("\0\n", limit: 10) == nil)
    }
}
