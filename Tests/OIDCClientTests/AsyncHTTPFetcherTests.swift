import Logging
import NIOCore
import NIOPosix
import Testing

@testable import OIDCClient

/// The adapter against a server on this machine that answers with fixed octets.
struct AsyncHTTPFetcherTests {
    private static let silence = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    /// Writes its octets once something has come in, and leaves the connection open.
    private final class Answering: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let answer: String
        private var hasAnswered = false

        init(_ answer: String) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard !hasAnswered else { return }
            hasAnswered = true
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
        }
    }

    private func fetch(
        _ answer: String, deadline: Duration = .seconds(10), maximum: Int = 64
    ) async throws -> Result<FetchAnswer, FetchFailure> {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Answering(answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        let outcome = try await AsyncHTTPFetcher.withFetcher(deadline: deadline, logger: Self.silence) { fetcher in
            let request = FetchRequest("http://127.0.0.1:\(port)/x", maximumAnswer: maximum)
            do throws(FetchFailure) {
                return Result<FetchAnswer, FetchFailure>.success(try await fetcher.fetch(request))
            } catch {
                return .failure(error)
            }
        }
        try await server.close()
        return outcome
    }

    @Test("an answer is brought with its status")
    func answer() async throws {
        let answer = try await fetch("HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\n{}").get()
        #expect(answer.status == 400 && answer.body == Array("{}".utf8))
    }

    @Test("no redirect is followed")
    func redirect() async throws {
        let answer = try await fetch(
            "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/elsewhere\r\nContent-Length: 0\r\n\r\n"
        ).get()
        #expect(answer.status == 302)
    }

    @Test("an answer beyond its bound is not read, whether it says so or not")
    func tooLarge() async throws {
        let body = String(repeating: "x", count: 65)
        for head in [
            "Content-Length: 65\r\n\r\n\(body)", "Transfer-Encoding: chunked\r\n\r\n41\r\n\(body)\r\n0\r\n\r\n",
        ] {
            let outcome = try await fetch("HTTP/1.1 200 OK\r\n" + head)
            #expect(throws: FetchFailure.tooLarge) { try outcome.get() }
        }
    }

    @Test("a body that never ends ends with the deadline")
    func dripping() async throws {
        let outcome = try await fetch(
            "HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n{", deadline: .milliseconds(300))
        #expect(throws: FetchFailure.deadline) { try outcome.get() }
    }
}
