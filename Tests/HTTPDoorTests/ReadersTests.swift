import Foundation
import LatchkeyCore
import Testing

@testable import HTTPDoor

@Suite("The readers of the HTTP door")
struct ReadersTests {
    @Test("Base64 is read as Foundation reads it, at every length")
    func base64() {
        for length in 0...70 {
            let octets = (0..<length).map { _ in UInt8.random(in: 0...255) }
            let text = Array(Data(octets).base64EncodedData())
            #expect(Base64.decode(text[...]) == octets)
            #expect(Base64.decode(text.filter { $0 != UInt8(ascii: "=") }[...]) == octets)
        }
    }

    @Test(
        "what is no base64 is not read",
        arguments: ["A", "AAAAA", "A===", "====", "=", "AA=A", "QUJD=", "AA=", "A A=", "AAA_", "QQ==QQ=="])
    func notBase64(text: String) {
        #expect(Base64.decode(Array(text.utf8)[...]) == nil)
    }

    @Test("an identity header needs a name of its own that HTTP leaves free")
    func identityHeaders() throws {
        let own = try IdentityHeaders(user: "X-User", name: "X-Name", email: "X-Email", groups: "X-Groups")
        #expect(own.user == "X-User")
        for bad in ["", "Remote User", "Remote_User", "Remote-User:", "X\r\nY", "Content-Length", "x-name", "Näme"] {
            #expect(throws: InvalidInput.self, "\(bad)") {
                try IdentityHeaders(user: "X-Name", name: bad, email: "X-Email", groups: "X-Groups")
            }
        }
    }

    @Test("a realm is quoted, whatever it holds")
    func realm() throws {
        var configuration = HTTPDoor.Configuration()
        configuration.realm = "Ada's \"lab\"\r\nX: y"
        let fields = String(decoding: Wording(configuration).unauthorized.fields, as: UTF8.self)
        #expect(fields == "WWW-Authenticate: Basic realm=\"Ada's \\\"lab\\\"%0D%0AX: y\", charset=\"UTF-8\"\r\n")
    }

    @Test("JSON that we write is JSON, whatever a name holds")
    func json() throws {
        let name = "Zoë \"\\\u{0}\n\u{1f}\u{7f}\u{2028}😀/"
        struct Read: Decodable, Equatable {
            let name, empty: String
            let none, both: [String]
        }
        let object = JSONObject(["name": .text(name), "empty": "", "none": .list([]), "both": .list([name, "b"])])
        let read = try JSONDecoder().decode(Read.self, from: Data(object.octets))
        #expect(read == Read(name: name, empty: "", none: [], both: [name, "b"]))
    }

    @Test("deeply nested JSON is refused, not followed")
    func nestedJSON() {
        let body = Array(String(repeating: "[", count: VerifyQuestion.maximumLength).utf8)
        #expect(throws: VerifyQuestion.Unreadable.self) { try VerifyQuestion(body) }
    }
}
