/// One answer, and the octets it goes out as (RFC 9112 §4). There is no `Date`: RFC 9110 §6.6.1 asks it of a server with a clock.
struct Response: Equatable {
    enum Status: Int {
        case ok = 200
        case badRequest = 400
        case unauthorized = 401
        case forbidden = 403
        case notFound = 404
        case methodNotAllowed = 405
        case requestTimeout = 408
        case contentTooLarge = 413
        case fieldsTooLarge = 431
        case serviceUnavailable = 503
    }

    enum Content: String {
        case text = "text/plain; charset=utf-8"
        case json = "application/json"
    }

    /// What the connection does after it.
    enum Persistence {
        case keepAlive
        /// HTTP/1.0, where keeping a connection has to be said.
        case keepAliveSaid
        case close
    }

    let status: Status
    /// Whole header lines besides those that every response has.
    var fields: [UInt8] = []
    var content = Content.text
    var body: [UInt8] = []

    init(_ status: Status, fields: [UInt8] = []) {
        self.status = status
        self.fields = fields
    }

    /// One line for a person.
    init(_ status: Status, line: String, fields: [UInt8] = []) {
        self.init(status, fields: fields)
        body = Array(line.utf8) + [UInt8(ascii: "\n")]
    }

    init(_ status: Status, json: JSONObject, fields: [UInt8] = []) {
        self.init(status, fields: fields)
        content = .json
        body = json.octets
    }

    /// `isHead`: the answer to HEAD, which is that to GET less its body (RFC 9110 §9.3.2).
    func encoded(_ persistence: Persistence, isHead: Bool) -> [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(192 + fields.count + body.count)
        append(status.line, to: &octets)
        octets += fields
        switch persistence {
        case .keepAlive: break
        case .keepAliveSaid: append("Connection: keep-alive\r\n", to: &octets)
        case .close: append("Connection: close\r\n", to: &octets)
        }
        if body.isEmpty {
            append("Content-Length: 0\r\n\r\n", to: &octets)
        } else {
            octets += Array("Content-Type: \(content.rawValue)\r\nContent-Length: \(body.count)\r\n\r\n".utf8)
            if !isHead { octets += body }
        }
        return octets
    }

    private func append(_ text: StaticString, to octets: inout [UInt8]) {
        octets.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}

extension Response.Status {
    /// The status line, and what follows it in every response: no verdict may be kept by a cache, for a revocation holds at once.
    fileprivate var line: StaticString {
        switch self {
        case .ok: "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\n"
        case .badRequest: "HTTP/1.1 400 Bad Request\r\nCache-Control: no-store\r\n"
        case .unauthorized: "HTTP/1.1 401 Unauthorized\r\nCache-Control: no-store\r\n"
        case .forbidden: "HTTP/1.1 403 Forbidden\r\nCache-Control: no-store\r\n"
        case .notFound: "HTTP/1.1 404 Not Found\r\nCache-Control: no-store\r\n"
        case .methodNotAllowed: "HTTP/1.1 405 Method Not Allowed\r\nCache-Control: no-store\r\n"
        case .requestTimeout: "HTTP/1.1 408 Request Timeout\r\nCache-Control: no-store\r\n"
        case .contentTooLarge: "HTTP/1.1 413 Content Too Large\r\nCache-Control: no-store\r\n"
        case .fieldsTooLarge: "HTTP/1.1 431 Request Header Fields Too Large\r\nCache-Control: no-store\r\n"
        case .serviceUnavailable: "HTTP/1.1 503 Service Unavailable\r\nCache-Control: no-store\r\n"
        }
    }
}
