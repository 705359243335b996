import Foundation
import Testing

struct ServeTests {
    private static let freePorts = [
        "LATCHKEY_PORTAL_LISTEN": "127.0.0.1:0", "LATCHKEY_DOORS_HTTP_LISTEN": "127.0.0.1:0",
    ]

    @Test(
        "the server says where it listens, offers the first administrator's link, and stops when told to",
        .timeLimit(.minutes(1)))
    func lifecycle() throws {
        let place = try Place()
        let environment = Self.freePorts.merging([
            "LATCHKEY_DOORS_DOVECOT_LISTEN": "unix:\(place.path("auth"))"
        ]) { $1 }
        let process = Program.process(["serve", "--data", place.data], environment: environment)
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        defer { process.terminate() }
        var said = ""
        while !said.contains("latchkey: ready\n") {
            let more = errors.fileHandleForReading.availableData
            try #require(!more.isEmpty, "it ended and said: \(said)")
            said += String(decoding: more, as: UTF8.self)
        }
        #expect(said.contains(#/latchkey: portal http://localhost:[1-9]\d*\n/#))
        #expect(said.contains(#/latchkey: door http 127\.0\.0\.1:[1-9]\d*\n/#))
        #expect(said.contains("latchkey: door dovecot unix:\(place.path("auth"))\n"))
        #expect(said.contains(#/http://localhost:\d+/setup/\S+/#))

        #expect(try place.run("account", "add", "alice").code == 0, "a command works beside the server")
        process.terminate()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 0)
        #expect(!FileManager.default.fileExists(atPath: place.path("auth")))
    }

    @Test(
        "a listener that cannot listen ends the server with one line", .timeLimit(.minutes(1)),
        arguments: [
            ["LATCHKEY_PORTAL_LISTEN": "192.0.2.1:8080"], ["LATCHKEY_DOORS_HTTP_LISTEN": "192.0.2.1:8090"],
            ["LATCHKEY_DOORS_DOVECOT_LISTEN": "unix:/nonexistent/auth"],
        ])
    func unable(environment: [String: String]) throws {
        let place = try Place()
        let outcome = try place.run("serve", environment: Self.freePorts.merging(environment) { $1 })
        #expect(outcome.code == 1)
        #expect(outcome.errorLines.filter { $0.hasPrefix("latchkey: ") }.count == 1, "\(outcome.errors)")
        #expect(outcome.errors.contains("latchkey: cannot listen on"))
    }
}
