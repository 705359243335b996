import LatchkeyCore
import LatchkeyTesting
import Logging
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import HTTPDoor

@Suite("The questions of nginx's mail proxy")
struct MailTests {
    /// As nginx sends it, octet for octet.
    private func question(of user: [UInt8], _ pass: [UInt8], in mailProtocol: String = "imap") -> ByteBuffer {
        var buffer = ByteBuffer(string: "GET /auth/nginx-mail HTTP/1.0\r\nHost: 127.0.0.1\r\nAuth-Method: plain\r\n")
        for (name, octets) in [("Auth-User", user), ("Auth-Pass", pass)] {
            buffer.writeString("\(name): ")
            buffer.writeBytes(octets.flatMap(escaped))
            buffer.writeString("\r\n")
        }
        buffer.writeString("Auth-Protocol: \(mailProtocol)\r\nAuth-Login-Attempt: 1\r\nClient-IP: 192.0.2.7\r\n\r\n")
        return buffer
    }

    /// ngx_escape_uri, NGX_ESCAPE_MAIL_AUTH (RFC 3986 §2.1): controls, the blank and the percent sign.
    private func escaped(_ octet: UInt8) -> [UInt8] {
        octet <= 0x20 || octet == UInt8(ascii: "%")
            ? Array("%".utf8) + Array(Hex.encode([octet]).uppercased().utf8) : [octet]
    }

    private func asked(_ octets: [UInt8], pass: [UInt8] = Array("right".utf8)) throws -> [String] {
        let verifier = try ScriptedVerifier()
        let channel = try embedded(scriptedDoor(verifier))
        try channel.writeInbound(question(of: octets, pass))
        return verifier.questions
    }

    @Test(
        "every octet of a name and of a secret arrives, as UTF-8 or else as ISO 8859-1",
        arguments: UInt8.min...UInt8.max)
    func octets(octet: UInt8) throws {
        let text = "a\(Unicode.Scalar(octet))+%41z"
        let asLatin1 = Array(text.unicodeScalars.map { UInt8($0.value) })
        for sent in [asLatin1, Array(text.utf8)] {
            #expect(try asked(sent) == ["\(text) for imap from 192.0.2.7"])
            #expect(try asked([UInt8(ascii: "b")], pass: sent) == ["b for imap from 192.0.2.7 with secret \(text)"])
        }
    }

    @Test("how the octets are cut changes nothing, also where one has to be escaped")
    func cutting() throws {
        let whole = Array(
            question(of: Array("zo\u{eb}".unicodeScalars.map { UInt8($0.value) }), Array("right".utf8))
                .readableBytesView)
        for cut in 0...whole.count {
            let verifier = try ScriptedVerifier()
            let channel = try embedded(scriptedDoor(verifier))
            for part in [whole[..<cut], whole[cut...]] { try channel.writeInbound(ByteBuffer(bytes: part)) }
            #expect(verifier.questions == ["zoë for imap from 192.0.2.7"], "cut at \(cut)")
        }
    }

    @Test("octets of other questions are let be, whatever they are")
    func otherQuestions() throws {
        let channel = try embedded(scriptedDoor())
        let body = #"{"account":"zoë","secret":"right","service":"imap"}"#
        let head = "POST /verify HTTP/1.1\r\nHost: lk\r\nAuthorization: Bearer any-token\r\n"
        try channel.writeInbound(ByteBuffer(string: head + "Content-Length: \(body.utf8.count)\r\n\r\n" + body))
        #expect(try written(channel).contains(#""verdict":"accepted""#))
    }

    @Test("the longest answer fits into the 1,024 octets that nginx has room for")
    func longestAnswer() throws {
        var configuration = HTTPDoor.Configuration()
        configuration.mail.imap = Endpoint("[2001:db8:1111:2222:3333:4444:5555:6666]:65535")
        let password = String(repeating: "p", count: MasterPassword.maximumLength)
        configuration.mail.masterPassword = try #require(MasterPassword(Secret(password)))
        let login = try #require(LoginName(String(repeating: "n", count: LoginName.maximumLength)))
        let id = "00000000-0000-0000-0000-000000000001"
        let acceptance = Acceptance(
            account: try #require(AccountID(id)), login: login, name: "", appPassword: try #require(AppPasswordID(id)))
        let backEnd = try #require(MailWording(configuration.mail).backEnd(for: .imap))
        let octets = MailWording.accepted(acceptance, to: backEnd).encoded(.close, isHead: false)
        #expect(octets.count == 965)
        #expect(String(decoding: octets, as: UTF8.self).hasSuffix("\r\nAuth-Pass: \(password)\r\n\r\n"))
    }

    @Test(
        "a master password cannot end its line",
        arguments: ["", "a\nb", "a\r", "\0", " a", "a ", "pässword", String(repeating: "a", count: 513)])
    func masterPassword(text: String) {
        #expect(MasterPassword(Secret(text)) == nil)
    }

    @Test("a protocol without a server is temporary trouble, asks nobody, and the log names the key to set")
    func noBackEnd() throws {
        let verifier = try ScriptedVerifier()
        let log = LogLines()
        let channel = try embedded(scriptedDoor(verifier, HTTPDoor.Configuration(), log: log))
        try channel.writeInbound(question(of: Array("ada".utf8), Array("right".utf8), in: "pop3"))
        #expect(
            try written(channel)
                == "HTTP/1.0 200 OK\r\nAuth-Status: [SYS/TEMP] Temporary authentication failure\r\n\r\n")
        #expect(verifier.questions.isEmpty)
        #expect(
            log.lines.count == 1 && log.lines.allSatisfy { $0.contains("doors.http.nginx-mail.pop3") }, "\(log.lines)")
    }

    @Test("a stranger asks in vain, and its client is not told of a wrong password")
    func stranger() throws {
        let verifier = try ScriptedVerifier()
        let channel = try embedded(scriptedDoor(verifier), from: "192.0.2.1")
        try channel.writeInbound(question(of: Array("ada".utf8), Array("right".utf8)))
        let answer = try written(channel)
        #expect(answer.hasPrefix("HTTP/1.1 403 Forbidden\r\n"))
        #expect(answer.contains("\r\nAuth-Status: [UNAVAILABLE] Temporary authentication failure\r\n"))
        #expect(answer.utf8.count < 1_024 && verifier.questions.isEmpty)
    }

    @Test("the answer ends the connection, for a client of HTTP/1.1 too")
    func closing() throws {
        let channel = try embedded(scriptedDoor())
        let head = "GET /auth/nginx-mail HTTP/1.1\r\nHost: lk\r\nAuth-Protocol: imap\r\nAuth-Method: plain\r\n\r\n"
        try channel.writeInbound(ByteBuffer(string: head + "GET /health HTTP/1.1\r\nHost: lk\r\n\r\n"))
        let answer = try written(channel)
        #expect(answer == "HTTP/1.0 200 OK\r\nAuth-Status: [AUTHENTICATIONFAILED] Authentication failed\r\n\r\n")
        #expect(!channel.isActive)
    }
}

/// What was logged, one line each.
private final class LogLines: LogHandler {
    private let kept = Mutex<[String]>([])
    var lines: [String] { kept.withLock(\.self) }

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }
    subscript(metadataKey _: String) -> Logger.MetadataValue? {
        get { nil }
        set {}
    }

    func log(
        level: Logger.Level, message: Logger.Message, metadata: Logger.Metadata?, source: String, file: String,
        function: String, line: UInt
    ) {
        kept.withLock { $0.append("\(message) \(metadata ?? [:])") }
    }
}
