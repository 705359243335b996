import DoorKit
import DoorTesting
import Foundation
import LatchkeyCore
import NIOCore
import NIOSSL
import Testing

@testable import LDAPDoor

struct StartTLSTests {
    private func file(_ name: String) throws -> String {
        try #require(Bundle.module.resourceURL).appending(path: "Certificates/\(name)").path
    }

    private func tls() throws -> ServerTLS {
        try ServerTLS(ServerTLS.Files(certificate: file("first.pem"), key: file("first.key")))
    }

    /// Asks for TLS in the clear, and keeps what the client says until it is answered.
    private final class Upgrade: ChannelDuplexHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundIn = ByteBuffer

        private let tls: NIOSSLContext
        private let injected: [UInt8]
        private var kept: [(NIOAny, EventLoopPromise<Void>?)] = []
        private var isUpgraded = false

        init(_ tls: NIOSSLContext, injecting injected: [UInt8]) {
            self.tls = tls
            self.injected = injected
        }

        func channelActive(context: ChannelHandlerContext) {
            let request = Wire.extended(1, ExtendedRequest.startTLS) + injected
            context.writeAndFlush(NIOAny(ByteBuffer(bytes: request)), promise: nil)
            context.fireChannelActive()
        }

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            if isUpgraded { context.write(data, promise: promise) } else { kept.append((data, promise)) }
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard !isUpgraded else { return context.fireChannelRead(data) }
            guard (try? Wire.lines(Array(buffer: unwrapInboundIn(data)))) == ["1 extended 0"],
                let handler = try? NIOSSLClientHandler(context: tls, serverHostname: "first.example.test"),
                (try? context.pipeline.syncOperations.addHandler(handler, position: .first)) != nil
            else { return context.close(promise: nil) }
            isUpgraded = true
            for (data, promise) in kept { context.write(data, promise: promise) }
            context.flush()
        }
    }

    /// Upgrades, sending `injected` in the clear behind the request.
    private func upgraded<Value: Sendable>(
        _ door: LDAPDoor, injecting injected: [UInt8] = [], _ body: (inout Client) async throws -> Value
    ) async throws -> Value {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(file("first.pem")))
        let context = try NIOSSLContext(configuration: configuration)
        return try await withListener(serve: door.serve) { listener in
            try await Client.connected(
                to: listener.address,
                prepare: { try $0.pipeline.syncOperations.addHandler(Upgrade(context, injecting: injected)) }, body)
        }
    }

    @Test("after StartTLS everything goes on encrypted, and a second StartTLS is refused")
    func upgrade() async throws {
        let door = try door(tls: tls())
        try await upgraded(door) { client in
            let bound = try await client.ask(Wire.bind(2, "ada", "right"), until: " bind ")
            #expect(bound == ["2 bind 0"])
            let again = try await client.ask(Wire.extended(3, ExtendedRequest.startTLS), until: "extended")
            #expect(again == ["3 extended 1 TLS is established already"])
        }
    }

    @Test("what comes in the clear behind StartTLS is never carried out")
    func injection() async throws {
        let verifier = ScriptedVerifier()
        let door = try door(verifier, tls: tls())
        try await upgraded(door, injecting: Wire.bind(7, "mallory", "right")) { client in
            let who = try await client.ask(Wire.extended(2, ExtendedRequest.whoAmI), until: " extended ")
            #expect(who == ["2 extended 0 “”"])
        }
        #expect(verifier.questions == [])
    }

    @Test("without a certificate there is no StartTLS, and the root does not offer it")
    func none() async throws {
        let stage = try Stage(door())
        #expect(
            try stage.say(Wire.extended(1, ExtendedRequest.startTLS)) == ["1 extended 2 unsupported extended operation"]
        )
        let root = Wire.search(1, Wire.Search(base: "", scope: .base, attributes: ["supportedExtension"]))
        for tls in [nil, try tls()] {
            let door = try door(tls: tls)
            try await withListener(serve: door.serve) { listener in
                try await Client.connected(to: listener.address) { client in
                    let lines = try await client.ask(root)
                    #expect(lines[0].contains(ExtendedRequest.startTLS) == (tls != nil))
                }
            }
        }
    }
}
