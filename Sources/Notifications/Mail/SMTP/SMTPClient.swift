public import LatchkeyCore
import NIOCore
import NIOPosix
import NIOSSL

/// Hands messages to a submission server, one a connection: alerts are few.
public struct SMTPClient: Sendable {
    static let connectTimeout: TimeAmount = .seconds(10)
    /// For each reply.
    static let patience: TimeAmount = .seconds(30)
    /// For the reply to a whole message (RFC 5321 §4.5.3.2.6).
    static let judgementPatience: TimeAmount = .minutes(10)
    /// How long the server may take to say good-bye.
    static let farewell: TimeAmount = .seconds(2)

    private let server: SMTPServer
    private let context: NIOSSLContext?

    /// Blocks while it reads certificates. Throws a `DeliveryFailure` if they are none.
    public init(_ server: SMTPServer) throws(DeliveryFailure) {
        self.server = server
        guard server.encryption != .none else {
            context = nil
            return
        }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        do {
            if let issuers = server.issuers {
                configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(issuers))
            }
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw DeliveryFailure(.server, "\(server.issuers ?? "") cannot be read as certificates in PEM")
        }
    }

    /// Returns when the server has taken the message.
    public func send(_ envelope: Envelope) async throws(DeliveryFailure) { try await talk(envelope) }

    /// Returns when the server would take a message: it greets, encrypts and lets us sign in.
    public func probe() async throws(DeliveryFailure) { try await talk(nil) }

    private func talk(_ envelope: Envelope?) async throws(DeliveryFailure) {
        let channel: any Channel
        let outcome: EventLoopFuture<Void>
        do {
            (channel, outcome) = try await connect(envelope)
        } catch let failure as DeliveryFailure {
            throw failure
        } catch {
            throw DeliveryFailure(.server, "it cannot be reached: \(Self.words(error))")
        }
        do {
            try await withTaskCancellationHandler {
                try await outcome.get()
            } onCancel: {
                channel.close(promise: nil)
            }
        } catch {
            throw error as? DeliveryFailure ?? DeliveryFailure(.server, Self.words(error))
        }
    }

    private func connect(_ envelope: Envelope?) async throws -> (any Channel, EventLoopFuture<Void>) {
        let server = server
        let context = context
        let group = MultiThreadedEventLoopGroup.singleton
        let outcome = group.next().makePromise(of: Void.self)
        do {
            let channel = try await ClientBootstrap(group: group)
                .connectTimeout(Self.connectTimeout)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        if server.encryption == .implicit, let context {
                            try channel.pipeline.syncOperations.addHandler(Self.tls(context, server.host))
                        }
                        try channel.pipeline.syncOperations.addHandler(
                            Conversation(server, context, envelope, outcome))
                    }
                }
                .connect(host: server.host, port: server.port).get()
            return (channel, outcome.futureResult)
        } catch {
            outcome.fail(error)
            throw error
        }
    }

    /// The certificate must lead to an issuer that is believed, and be for the host that was configured.
    static func tls(_ context: NIOSSLContext, _ host: String) throws -> NIOSSLClientHandler {
        try NIOSSLClientHandler(context: context, serverHostname: IPAddress(host) == nil ? host : nil)
    }

    /// An error of the network in one line.
    static func words(_ error: any Error) -> String {
        if let error = error as? NIOConnectionError, let first = error.connectionErrors.first {
            return words(first.error)
        }
        return Attempt.printable("\(error)", limit: 300) ?? ""
    }
}

/// Carries what the session says over the connection.
private final class Conversation: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let server: SMTPServer
    private let context: NIOSSLContext?
    private let envelope: Envelope?
    private let outcome: EventLoopPromise<Void>
    private var decoder = SMTPReplyDecoder()
    private var session: SMTPSession?
    private var deadline: Scheduled<Void>?
    private var isOver = false

    init(
        _ server: SMTPServer, _ context: NIOSSLContext?, _ envelope: Envelope?, _ outcome: EventLoopPromise<Void>
    ) {
        self.server = server
        self.context = context
        self.envelope = envelope
        self.outcome = outcome
    }

    func channelActive(context: ChannelHandlerContext) {
        session = SMTPSession(
            name: Self.name(of: context.channel), encryption: server.encryption, credentials: server.credentials,
            envelope: envelope)
        awaitReply(context)
    }

    /// An address literal (RFC 5321 §4.1.3): the machine's name may be none that others know.
    private static func name(of channel: any Channel) -> String {
        guard let address = channel.localAddress?.ipAddress.flatMap({ IPAddress($0) }) else { return "[127.0.0.1]" }
        return address.family == .v6 ? "[IPv6:\(address)]" : "[\(address)]"
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return context.close(promise: nil) }
        decoder.append(unwrapInboundIn(data).readableBytesView)
        do throws(SMTPFault) {
            while !isOver, let reply = try decoder.next() {
                guard let action = session?.handle(.reply(reply)) else { return }
                perform(action, context)
            }
        } catch {
            fail(DeliveryFailure(session?.failureKind ?? .server, error.description), context)
        }
    }

    private func perform(_ action: SMTPSession.Action, _ context: ChannelHandlerContext) {
        switch action {
        case .send(let octets):
            context.writeAndFlush(NIOAny(ByteBuffer(bytes: octets)), promise: nil)
            awaitReply(context)
        case .encrypt: encrypt(context)
        case .finish(let octets):
            isOver = true
            context.writeAndFlush(NIOAny(ByteBuffer(bytes: octets)), promise: nil)
            deadline?.cancel()
            deadline = context.eventLoop.assumeIsolated().scheduleTask(in: SMTPClient.farewell) {
                context.close(promise: nil)
            }
            outcome.succeed()
        case .fail(let failure): fail(failure, context)
        }
    }

    private func encrypt(_ context: ChannelHandlerContext) {
        // Somebody in between may have said it (CVE-2011-0411, the other way round).
        guard decoder.isEmpty else {
            return fail(DeliveryFailure(.server, "it goes on in the clear behind its consent to STARTTLS"), context)
        }
        do {
            guard let tls = self.context else { return }
            try context.pipeline.syncOperations.addHandler(SMTPClient.tls(tls, server.host), position: .first)
        } catch {
            return fail(DeliveryFailure(.server, SMTPClient.words(error)), context)
        }
        // What is written now waits for the handshake.
        if let action = session?.handle(.encrypted) { perform(action, context) }
    }

    /// The next reply, or the end.
    private func awaitReply(_ context: ChannelHandlerContext) {
        deadline?.cancel()
        let patience =
            session?.isAwaitingJudgement == true ? SMTPClient.judgementPatience : SMTPClient.patience
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: patience) {
            guard let session = self.session else { return }
            self.fail(DeliveryFailure(session.failureKind, session.silence), context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(DeliveryFailure(session?.failureKind ?? .server, SMTPClient.words(error)), context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(DeliveryFailure(session?.failureKind ?? .server, "it closed the connection"), context)
    }

    private func fail(_ failure: DeliveryFailure, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        if !isOver { outcome.fail(failure) }
        isOver = true
        context.close(promise: nil)
    }
}
