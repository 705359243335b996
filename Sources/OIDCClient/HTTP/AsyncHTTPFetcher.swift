import AsyncHTTPClient
public import Logging
import NIOCore
import NIOHTTP1

/// Fetches with AsyncHTTPClient: TLS with the system's roots, no redirect, and a deadline that holds for the whole answer.
public struct AsyncHTTPFetcher: HTTPFetching {
    /// From the name look-up to the last octet of the answer.
    public static let deadline: Duration = .seconds(10)

    private let client: HTTPClient
    private let deadline: Duration

    /// Lends a fetcher for the length of `body`.
    public static func withFetcher<Result: Sendable>(
        deadline: Duration = deadline, logger: Logger, _ body: (AsyncHTTPFetcher) async throws -> Result
    ) async throws -> Result {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(10))
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(try await body(AsyncHTTPFetcher(client: client, deadline: deadline)))
        } catch {
            outcome = .failure(error)
        }
        do {
            try await client.shutdown()
        } catch {
            logger.warning("connections to providers did not end well", metadata: ["cause": "\(error)"])
        }
        return try outcome.get()
    }

    public func fetch(_ request: FetchRequest) async throws(FetchFailure) -> FetchAnswer {
        do {
            return try await withThrowingTaskGroup(of: FetchAnswer.self) { group in
                group.addTask { try await answer(to: request) }
                // The client's own deadline ends with the head of the answer: a body that drips must not hold us longer.
                group.addTask {
                    try await Task.sleep(for: deadline)
                    throw FetchFailure.deadline
                }
                defer { group.cancelAll() }
                guard let answer = try await group.next() else { throw FetchFailure.deadline }
                return answer
            }
        } catch let failure as FetchFailure {
            throw failure
        } catch is NIOTooManyBytesError {
            throw .tooLarge
        } catch {
            throw .connection("\(error)")
        }
    }

    private func answer(to request: FetchRequest) async throws -> FetchAnswer {
        var message = HTTPClientRequest(url: request.url)
        message.headers.add(name: "Accept", value: "application/json")
        message.headers.add(name: "User-Agent", value: "Latchkey")
        if let authorization = request.authorization {
            message.headers.add(name: "Authorization", value: authorization.revealed)
        }
        if let form = request.form {
            message.method = .POST
            message.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            message.body = .bytes(ByteBuffer(string: form.revealed))
        }
        let response = try await client.execute(message, timeout: .seconds(10))
        let body = try await response.body.collect(upTo: request.maximumAnswer)
        return FetchAnswer(status: Int(response.status.code), body: Array(body.readableBytesView))
    }
}
