import DoorKit
import DoorTesting
import Foundation
import LatchkeyCore
import LatchkeyTesting
import Testing

@testable import DovecotDoor

/// The door behind a real Unix socket.
struct SocketTests {
    @Test("requests of one read are asked about together, and answered")
    func batch() async throws {
        let directory = try TemporaryDirectory()
        let verifier = AskedVerifier()
        let door = DovecotDoor(verifier: verifier, logger: silence)
        try await withListener(on: .unix(path: directory.path("auth")), serve: door.serve) { listener in
            try await Client.connected(to: listener.address) { client in
                _ = try await client.hear(until: "DONE\n")
                let response = Data("\0ada\0abcd".utf8).base64EncodedString()
                let requests = (1...50).map { "AUTH\t\($0)\tPLAIN\tservice=imap\tresp=\(response)\n" }.joined()
                try await client.say("VERSION\t1\t2\nCPID\t1\n" + requests)
                var answered = 0
                while answered < 50 {
                    let waiting = verifier.waiting
                    guard waiting > 0 else {
                        await Task.yield()
                        continue
                    }
                    if verifier.answer(.refused(.unknown)) { answered += waiting }
                }
                let reply = try await client.hear(until: "FAIL\t50\tuser=ada\n")
                #expect(reply.split(separator: "\n").count == 50)
            }
        }
    }
}
