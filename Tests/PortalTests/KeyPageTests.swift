import Accounts
import HTTPTypes
import LatchkeyCore
import Storage
import Testing

@testable import Portal

@Suite("The pages of passkeys and security keys")
struct KeyPageTests {
    @Test("what is no answer adds nothing, and says what to do", arguments: ["", "{}", "not JSON", "{\"id\":\"x\"}"])
    func nonsense(response: String) async throws {
        let house = try await House()
        let browser = Browser(house)
        try await browser.setUp()
        let page = try await browser.get("/passkeys/new")
        let challenge = try #require(page.input("challenge"))
        let answer = try await browser.post("/passkeys/new", [("challenge", challenge), ("response", response)])
        #expect(answer.status == .unprocessableContent && answer.text.contains(Texts.keyNotCreated))
        #expect(try await browser.get("/").text.contains("add-passkey"))
    }

    @Test("what is no answer signs nobody in, and tells nothing")
    func refused() async throws {
        let house = try await House()
        try await Browser(house).setUp()
        let stranger = Browser(house)
        for response in ["", "{}", "x"] {
            let answer = try await stranger.post("/sign-in/passkey", [("challenge", "AAAA"), ("response", response)])
            #expect(answer.status == .unprocessableContent && answer.text.contains(Texts.passkeyRefused))
        }
        #expect(try await stranger.get("/").status == .seeOther)
    }

    @Test("a key that is not the visitor's is not found, whatever is asked of it")
    func foreign() async throws {
        let house = try await House()
        let browser = Browser(house)
        try await browser.setUp()
        for path in ["/passkeys/0192f0c1-2345-7abc-8def-0123456789ab", "/security-keys/x", "/passkeys/%00"] {
            #expect(try await browser.get(path).status == .notFound)
            #expect(try await browser.post("\(path)/rename", [("name", "Mine")]).status == .notFound)
            #expect(try await browser.post("\(path)/remove").status == .notFound)
        }
    }

    @Test("the last way to sign in is not offered for removal, and not removed by who asks all the same")
    func lastWay() async throws {
        let house = try await House()
        let browser = Browser(house)
        try await browser.setUp()
        for (path, removal) in [
            ("/password", "/password/remove"), ("/authenticator/app", "/authenticator/remove"),
        ] {
            let page = try await browser.get(path)
            #expect(page.text.contains(Texts.lastWay) && page.element("remove") == nil)
            #expect(try await browser.post(removal).location == path)
        }
        #expect(try await browser.get("/").text.contains("change-password"))
    }

    @Test("without a name of its own the portal has no passkeys, and says why")
    func bareAddress() async throws {
        let house = try await House(url: "https://192.0.2.7")
        let browser = Browser(house)
        #expect(!(try await browser.get("/sign-in")).text.contains("data-webauthn"))
        #expect(try await browser.get("/.well-known/passkey-endpoints").status == .notFound)
    }

    @Test("password stores are told where passkeys are made")
    func endpoints() async throws {
        let answer = try await Browser(try await House()).get("/.well-known/passkey-endpoints")
        #expect(
            answer.text
                == #"{"enroll":"https://keys.example.org/passkeys/new","manage":"https://keys.example.org/"}"#)
    }
}
