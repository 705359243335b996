import DoorKit
import DoorTesting
import HTTPDoor
import LatchkeyCore
import Logging
import NIOCore
import NIOEmbedded

/// Sends `text`, and returns all that comes back until the door closes.
func talk(to address: ListenAddress, _ text: String) async throws -> String {
    try await Client.connected(to: address) { client in
        try await client.say(text)
        return String(decoding: try await client.hearToTheEnd(), as: UTF8.self)
    }
}

/// The door that the transcripts are written for. `log` takes its lines.
func scriptedDoor(
    _ verifier: ScriptedVerifier? = nil, elsewhere: Bool = false, _ configuration: HTTPDoor.Configuration = .scripted,
    log: any LogHandler = SwiftLogNoOpLogHandler()
) throws -> HTTPDoor {
    HTTPDoor(
        verifier: try verifier ?? ScriptedVerifier(elsewhere: elsewhere),
        directory: try ScriptedDirectory(elsewhere: elsewhere), configuration: configuration,
        logger: Logger(label: "http", factory: { _ in log }))
}

extension HTTPDoor.Configuration {
    static var scripted: HTTPDoor.Configuration {
        var configuration = HTTPDoor.Configuration()
        configuration.mail.imap = Endpoint("192.0.2.10:143")
        configuration.mail.pop3 = Endpoint("192.0.2.10:110")
        configuration.mail.smtp = Endpoint("[2001:db8::10]:587")
        return configuration
    }
}

/// A connection without a socket, whose clock the test holds.
func embedded(_ door: HTTPDoor, from peer: String = "127.0.0.1") throws -> EmbeddedChannel {
    let channel = EmbeddedChannel()
    let address = try SocketAddress(ipAddress: peer, port: 50_000)
    channel.remoteAddress = address
    try door.serve(channel, Peer(address: IPAddress(peer)))
    try channel.connect(to: address).wait()
    return channel
}

/// What the door has written since the last call.
func written(_ channel: EmbeddedChannel) throws -> String {
    var text = ""
    while let part = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: part) }
    return text
}
