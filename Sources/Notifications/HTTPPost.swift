import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1

/// Posts notices. Follows no redirect: an answer that is not 2xx is no “I have heard”.
struct HTTPPost: Sendable {
    /// From the first octet sent to the head of the answer.
    static let deadline: TimeAmount = .seconds(10)
    /// Of an answer, in octets.
    static let maximumAnswer = 64 * 1024

    private let client: HTTPClient

    /// Lends a poster for the length of `body`.
    static func withClient(logger: Logger, _ body: (HTTPPost) async -> Void) async {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: .seconds(5), read: deadline)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        await body(HTTPPost(client: client))
        do {
            try await client.shutdown()
        } catch {
            logger.warning("connections for notices did not end well", metadata: ["cause": "\(error)"])
        }
    }

    @Sendable func send(_ notice: Notice) async throws(NotTold) -> Answer {
        var request = HTTPClientRequest(url: notice.url)
        request.method = .POST
        request.headers = HTTPHeaders(notice.headers.map { ($0.name, $0.value) })
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "User-Agent", value: "Latchkey")
        request.body = .bytes(ByteBuffer(bytes: notice.body))
        do {
            let response = try await client.execute(request, timeout: Self.deadline)
            let body = try await response.body.collect(upTo: Self.maximumAnswer)
            return Answer(status: Int(response.status.code), body: Array(body.readableBytesView))
        } catch {
            throw NotTold("\(error)")
        }
    }
}
