import Crypto
import DoorKit
import Keyring
import LatchkeyCore
import NIOCore
import NIOPosix
import Settings

extension DoorTrial {
    /// A PAP request at every UDP address of the RADIUS door, as the client that this machine is to it; none if it is no client.
    static func radius(_ settings: Settings.RADIUS) -> [DoorTrial] {
        settings.listen.compactMap { address in
            guard case .tcp(let host, _) = address.forClient,
                let own = IPAddress(host == "localhost" ? "127.0.0.1" : host),
                let client = settings.client(at: own), let file = client.secretFile, let service = client.service
            else { return nil }
            return DoorTrial(check: "door radius \(address)", address: address, service: service) { login, secret in
                let request = AccessRequest(
                    login: login, password: secret, secret: try SecretFile.load(from: file, minimumLength: 1))
                let answer = try await DatagramQuestion.ask(request.octets, at: address.forClient)
                return switch answer.first {
                case 2: .accepted
                case 3: .refused
                default: .other("\(answer.count) octets that are no answer")
                }
            }
        }
    }
}

extension Settings.RADIUS {
    /// The client that an address belongs to: that of the longest prefix.
    fileprivate func client(at address: IPAddress) -> Client? {
        let fitting = clients.values.flatMap { client in
            client.networks.filter { $0.contains(address) }.map { (client: client, length: $0.prefixLength) }
        }
        return fitting.max { $0.length < $1.length }?.client
    }
}

/// An Access-Request (RFC 2865 §4.1) with a Message-Authenticator (RFC 3579 §3.2).
private struct AccessRequest {
    private(set) var octets: [UInt8]

    init(login: String, password: String, secret: Secret) {
        let authenticator = (0..<16).map { _ in UInt8.random(in: 0...255) }
        let secret = secret.withBytes { Array($0) }
        let name = Array(login.utf8.prefix(253))
        octets = [1, .random(in: 0...255), 0, 0] + authenticator
        octets += [1, UInt8(name.count + 2)] + name
        let hidden = Self.hidden(password, authenticator, secret)
        octets += [2, UInt8(hidden.count + 2)] + hidden
        let identifier = Array("latchkey-doctor".utf8)
        octets += [32, UInt8(identifier.count + 2)] + identifier
        octets += [80, 18]
        let place = octets.count
        octets += [UInt8](repeating: 0, count: 16)
        octets[2] = UInt8(octets.count >> 8)
        octets[3] = UInt8(octets.count & 0xff)
        let code = HMAC<Insecure.MD5>.authenticationCode(for: octets, using: SymmetricKey(data: secret))
        octets.replaceSubrange(place..<(place + 16), with: Array(code))
    }

    /// User-Password (RFC 2865 §5.2): an app password is at most 128 octets.
    private static func hidden(_ password: String, _ authenticator: [UInt8], _ secret: [UInt8]) -> [UInt8] {
        var padded = Array(password.utf8.prefix(128))
        padded += [UInt8](repeating: 0, count: (16 - padded.count % 16) % 16)
        var last = authenticator
        var hidden: [UInt8] = []
        for start in stride(from: 0, to: padded.count, by: 16) {
            last = zip(padded[start..<(start + 16)], Insecure.MD5.hash(data: secret + last)).map { $0 ^ $1 }
            hidden += last
        }
        return hidden
    }
}

/// One datagram, and the one that answers it.
private enum DatagramQuestion {
    /// Nobody is there, or does not believe us, or is in trouble, which a RADIUS server tells in no other way.
    struct NoAnswer: Error {}

    static func ask(_ octets: [UInt8], at address: ListenAddress) async throws -> [UInt8] {
        guard case .tcp(let host, let port) = address else { throw NoAnswer() }
        let target = try SocketAddress.makeAddressResolvingHost(host, port: port)
        let (answers, listener) = AsyncStream.makeStream(of: [UInt8].self)
        let channel = try await DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(DatagramEar(listener))
                }
            }
            .bind(host: target.protocol == .inet6 ? "::" : "0.0.0.0", port: 0).get()
        try await channel.writeAndFlush(
            AddressedEnvelope(remoteAddress: target, data: channel.allocator.buffer(bytes: octets)))
        let deadline = channel.eventLoop.scheduleTask(in: TimeAmount(DoorTrial.patience)) { listener.finish() }
        let answer = await answers.first { _ in true }
        deadline.cancel()
        try await channel.close()
        guard let answer else { throw NoAnswer() }
        return answer
    }
}

private final class DatagramEar: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let listener: AsyncStream<[UInt8]>.Continuation

    init(_ listener: AsyncStream<[UInt8]>.Continuation) {
        self.listener = listener
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        listener.yield(Array(buffer: unwrapInboundIn(data).data))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        listener.finish()
    }
}
