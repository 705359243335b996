import DoorTesting
import Foundation
import LatchkeyCore
import LatchkeyTesting
import NIOCore
import NIOSSL
import Testing

@testable import DoorKit

struct ServerTLSTests {
    /// Certificate and key in a directory of their own, where they can be replaced.
    private struct Place {
        let directory: TemporaryDirectory
        var files: ServerTLS.Files {
            ServerTLS.Files(certificate: directory.path("tls.pem"), key: directory.path("tls.key"))
        }

        init(_ name: String) throws {
            directory = try TemporaryDirectory()
            try put(name, "pem")
            try put(name, "key")
        }

        func put(_ name: String, _ kind: String) throws {
            let source = try #require(Bundle.module.resourceURL).appending(path: "Certificates/\(name).\(kind)")
            try Data(contentsOf: source).write(to: URL(filePath: directory.path("tls.\(kind)")))
        }
    }

    /// A client that trusts only the certificate `name`.
    private static func trusting(_ name: String) throws -> @Sendable (any Channel) throws -> Void {
        let path = try #require(Bundle.module.resourceURL).appending(path: "Certificates/\(name).pem").path
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(path))
        let context = try NIOSSLContext(configuration: configuration)
        return { channel in
            try channel.pipeline.syncOperations.addHandler(
                try NIOSSLClientHandler(context: context, serverHostname: "\(name).example.test"))
        }
    }

    private func talk(_ listener: DoorListener, trusting name: String) async throws {
        try await Client.connected(to: listener.address, prepare: Self.trusting(name)) { client in
            #expect(try await client.hear(until: "\n") == "127.0.0.1 encrypted\n")
            try await ListenerTests.expectEcho(&client)
        }
    }

    @Test("a listener with a certificate encrypts, also behind a PROXY header")
    func encrypts() async throws {
        let place = try Place("first")
        var configuration = ListenerConfiguration()
        configuration.tls = try ServerTLS(place.files)
        try await withListener(configuration, serve: Echo.greet) { listener in
            try await talk(listener, trusting: "first")
            await #expect(throws: (any Error).self) { try await talk(listener, trusting: "second") }
        }
        configuration.proxies = [try #require(Network("127.0.0.0/8"))]
        try await withListener(configuration, serve: Echo.greet) { listener in
            let encrypt = try Self.trusting("first")
            try await Client.connected(
                to: listener.address,
                prepare: { channel in
                    try channel.pipeline.syncOperations.addHandler(
                        HeaderFirst("PROXY TCP4 192.0.2.7 192.0.2.1 50000 993\r\n"))
                    try encrypt(channel)
                }
            ) { client in
                let greeting = try await client.hear(until: "\n")
                #expect(greeting == "192.0.2.7 encrypted\n")
            }
        }
    }

    @Test("a renewed certificate is used for the next connection, and those before it go on")
    func renewal() async throws {
        let place = try Place("first")
        let tls = try ServerTLS(place.files)
        var configuration = ListenerConfiguration()
        configuration.tls = tls
        try await withListener(configuration, serve: Echo.greet) { listener in
            try await Client.connected(to: listener.address, prepare: Self.trusting("first")) { old in
                #expect(try await old.hear(until: "\n") == "127.0.0.1 encrypted\n")
                #expect(try tls.reload() == false)
                try place.put("second", "pem")
                // Half of a renewal: the old pair stays until the key has come too.
                #expect(throws: TLSFilesError.self) { try tls.reload() }
                try await talk(listener, trusting: "first")
                try place.put("second", "key")
                #expect(try tls.reload())
                try await talk(listener, trusting: "second")
                try await ListenerTests.expectEcho(&old)
            }
        }
    }

    @Test("files that cannot be used are named")
    func badFiles() throws {
        let place = try Place("first")
        try place.put("second", "key")
        #expect(throws: TLSFilesError.mismatched(certificate: place.files.certificate, key: place.files.key)) {
            try ServerTLS(place.files)
        }
        try Data("nothing".utf8).write(to: URL(filePath: place.files.certificate))
        #expect(throws: TLSFilesError.unreadable(place.files.certificate, "a certificate in PEM")) {
            try ServerTLS(place.files)
        }
        try FileManager.default.removeItem(atPath: place.files.key)
        try place.put("first", "pem")
        #expect(throws: TLSFilesError.unreadable(place.files.key, "an unencrypted private key in PEM")) {
            try ServerTLS(place.files)
        }
    }
}

/// Sends a header in the clear before anything else, as a proxy does.
private final class HeaderFirst: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let header: String

    init(_ header: String) {
        self.header = header
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: header)), promise: nil)
        context.fireChannelActive()
    }
}
