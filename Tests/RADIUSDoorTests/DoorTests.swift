import DoorKit
import DoorTesting
import Foundation
import LatchkeyCore
import LatchkeyTesting
import NIOCore
import NIOEmbedded
import NIOPosix
import NIOSSL
import Testing

@testable import RADIUSDoor

/// The door behind real sockets.
struct DoorTests {
    private let verifier = AskedVerifier()

    private func door(certificates: [String] = []) -> RADIUSDoor {
        let client = RADIUSClient(
            name: "here", networks: ["127.0.0.0/8"].compactMap { Network($0) }, certificateNames: certificates,
            secret: SharedSecret(Secret("testing123testing123")), service: .vpn)
        return RADIUSDoor(verifier: verifier, clients: ClientTable([client]), logger: silence)
    }

    private func answerNext(_ verdict: Verdict) async {
        while !Task.isCancelled, !verifier.answer(verdict) { await Task.yield() }
    }

    @Test("datagrams are asked about and answered, each to where it came from", .timeLimit(.minutes(1)))
    func datagrams() async throws {
        try await withDatagramListener(serve: door().serveDatagrams) { listener in
            let requests = (0..<40).map { number in
                var request = RequestMaker.pap("ada", "a-b-c")
                request.identifier = UInt8(number)
                return request
            }
            try await DatagramClient.bound(to: listener.address) { client in
                try await client.say(requests.map(\.octets))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        while !Task.isCancelled { if !verifier.answer(accepted()) { await Task.yield() } }
                    }
                    for _ in requests {
                        let reply = try await client.hear()
                        #expect(reply[0] == 2 && requests[Int(reply[1])].believed(reply) != nil)
                    }
                    group.cancelAll()
                }
            }
        }
    }

    @Test("a listener that stops lets what is in flight be answered", .timeLimit(.minutes(1)))
    func gracefulStop() async throws {
        let request = RequestMaker.pap("ada", "a-b-c")
        let listener = try await DatagramListener.bind(
            .tcp(host: "127.0.0.1", port: 0), group: .singletonMultiThreadedEventLoopGroup, logger: silence,
            serve: door().serveDatagrams)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await listener.run() }
            try await DatagramClient.bound(to: listener.address) { client in
                try await client.say([request.octets])
                while !Task.isCancelled, verifier.waiting == 0 { await Task.yield() }
                group.addTask { await listener.stop() }
                try await client.say([request.octets])
                await answerNext(accepted())
                #expect(request.believed(try await client.hear()) != nil)
                try await group.waitForAll()
            }
        }
    }

    // MARK: TLS

    private static func path(_ name: String) throws -> String {
        try #require(Bundle.module.resourceURL).appending(path: "Certificates/\(name)").path
    }

    private static func serverTLS() throws -> ListenerConfiguration {
        var configuration = ListenerConfiguration()
        configuration.tls = try ServerTLS(
            ServerTLS.Files(
                certificate: try path("door.pem"), key: try path("door.key"), clientIssuers: try path("issuer.pem")))
        return configuration
    }

    private static func showing(_ name: String) throws -> @Sendable (any Channel) throws -> Void {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(try path("issuer.pem")))
        configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(try path("\(name).pem"))
            .map { .certificate($0) }
        configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: try path("\(name).key"), format: .pem))
        let context = try NIOSSLContext(configuration: configuration)
        return { channel in
            try channel.pipeline.syncOperations.addHandler(
                try NIOSSLClientHandler(context: context, serverHostname: "door.example.test"))
        }
    }

    private static func hear(_ client: inout Client) async throws -> [UInt8] {
        try await client.hear { octets in
            guard octets.count >= 4 else { return nil }
            let length = Int(octets[2]) << 8 | Int(octets[3])
            return octets.count >= length ? length : nil
        }
    }

    @Test("over TLS a client is known by its certificate, and its packets may be cut anywhere", .timeLimit(.minutes(1)))
    func stream() async throws {
        try await withListener(Self.serverTLS(), serve: door(certificates: ["nas.example.test"]).serveConnection) {
            listener in
            try await Client.connected(to: listener.address, prepare: Self.showing("client")) { client in
                var request = RequestMaker.pap("ada", "a-b-c", secret: "radsec")
                try await client.say(Array(request.octets.prefix(25)))
                try await client.say(Array(request.octets.dropFirst(25)))
                await answerNext(accepted())
                #expect(request.believed(try await Self.hear(&client)) != nil)
                request.identifier = 8
                request.code = 12
                try await client.say(request.octets)
                #expect(request.believed(try await Self.hear(&client)) != nil, "the watchdog")
                try await client.say([1, 1, 0, 1])
                #expect(try await client.hearToTheEnd().isEmpty, "a length that cannot be")
            }
        }
    }

    @Test("a certificate with another name is shown out", .timeLimit(.minutes(1)))
    func stranger() async throws {
        try await withListener(Self.serverTLS(), serve: door(certificates: ["nas.example.test"]).serveConnection) {
            listener in
            try await Client.connected(to: listener.address, prepare: Self.showing("stranger")) { client in
                try await client.say(RequestMaker.pap("ada", "a-b-c", secret: "radsec").octets)
                #expect(try await client.hearToTheEnd().isEmpty)
            }
        }
        #expect(verifier.waiting == 0)
    }
}

/// The handler in time that a test moves.
struct DatagramHandlerTests {
    @Test("a refusal goes out a second after its verdict, and not earlier")
    func delay() throws {
        let verifier = AskedVerifier()
        let loop = EmbeddedEventLoop()
        let channel = EmbeddedChannel(loop: loop)
        let client = RADIUSClient(
            name: "here", networks: ["192.0.2.0/24"].compactMap { Network($0) },
            secret: SharedSecret(Secret("testing123testing123")), service: .vpn)
        try channel.pipeline.syncOperations.addHandler(
            DatagramHandler(ClientTable([client]), verifier: verifier, logger: silence))
        let request = RequestMaker.pap("ada", "a-b-c")
        let from = try SocketAddress(ipAddress: "192.0.2.7", port: 1_000)
        try channel.writeInbound(AddressedEnvelope(remoteAddress: from, data: ByteBuffer(bytes: request.octets)))
        #expect(verifier.answer(.refused(.unknown)))
        loop.advanceTime(by: .milliseconds(999))
        #expect(try channel.readOutbound(as: AddressedEnvelope<ByteBuffer>.self) == nil)
        loop.advanceTime(by: .milliseconds(1))
        let reply = try #require(try channel.readOutbound(as: AddressedEnvelope<ByteBuffer>.self))
        #expect(reply.remoteAddress == from)
        #expect(request.believed(Array(buffer: reply.data))?.last?.type == 18)
        // Whoever is at port 0 cannot be answered, and must not be tried.
        let nowhere = try SocketAddress(ipAddress: "192.0.2.7", port: 0)
        try channel.writeInbound(AddressedEnvelope(remoteAddress: nowhere, data: ByteBuffer(bytes: request.octets)))
        #expect(verifier.waiting == 0)
        _ = try channel.finish(acceptAlreadyClosed: true)
    }
}
