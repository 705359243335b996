import Accounts
import LatchkeyCore
import LatchkeyTesting
import NIOCore
import NIOPosix
import Storage
import Testing

@testable import Portal

@Suite("The live stream")
struct LiveTests {
    @Test(
        "port 0 is told, and the panel turns good over a real connection at the first sign-in", .timeLimit(.minutes(1)))
    func live() async throws {
        let (addresses, continuation) = AsyncStream.makeStream(of: Int.self)
        let house = try await House { _, port in continuation.yield(port) }
        let browser = Browser(house)
        try await browser.setUp()
        let (_, answer) = try await browser.create()
        let path = try #require(answer.text.firstMatch(of: #/data-live="([^"]+)"/#)?.output.1)
        let alice = try #require(LoginName("alice@example.org"))
        let account = try #require(await house.accounts.account(named: alice))
        let made = try #require(
            await house.appPasswords.appPasswords(of: account.id, includingEnded: false, at: house.clock.now).first)
        let cookie = browser.cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")

        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await house.portal.run() }
            var ports = addresses.makeAsyncIterator()
            let port = try #require(await ports.next())
            #expect(port != 0)
            let connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
            try await connection.executeThenClose { inbound, outbound in
                try await outbound.write(
                    ByteBuffer(string: "GET \(path) HTTP/1.1\r\nHost: keys.example.org\r\nCookie: \(cookie)\r\n\r\n"))
                var seen = ""
                var parts = inbound.makeAsyncIterator()
                func read(until text: String) async throws {
                    while !seen.contains(text) {
                        guard let part = try await parts.next() else { break }
                        seen += String(buffer: part)
                    }
                    #expect(seen.contains(text))
                }
                // The first sign of life: from here on the stream listens.
                try await read(until: ":\n\n")
                #expect(seen.contains("text/event-stream") && seen.contains("no-store"))
                #expect(!seen.contains("event: panel"))
                try await house.record(
                    SignIn(
                        time: house.clock.now, account: account.id, appPassword: nil, refusal: .mistyped,
                        service: .imap,
                        door: .dovecot, address: nil, client: "<Outlook>", triedName: nil))
                try await read(until: "data: </div>\n\n")
                #expect(
                    seen.contains("event: panel\ndata: <div class=\"live-state bad\">")
                        && seen.contains("&lt;Outlook&gt;"))
                try await house.record(
                    SignIn(
                        time: house.clock.now, account: account.id, appPassword: made.id, refusal: nil, service: .imap,
                        door: .dovecot, address: IPAddress("192.0.2.7"), client: "Outlook", triedName: nil))
                try await read(until: "live-state good")
            }
            group.cancelAll()
        }
    }
}
