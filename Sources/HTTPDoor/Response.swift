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

    /// How much of HTTP goes around it.
    enum Form {
        case whole
        /// An answer of HTTP/1.0 and its own fields, for a peer that counts octets: its end is that of the connection.
        case bare
    }

    let status: Status
    let form: Form
    /// Whole header lines besides those that its form has.
    var fields: [UInt8] = []
    var content = Content.text
    var body: [UInt8] = []

    init(_ status: Status, fields: [UInt8] = []) {
        self.status = status
        form = .whole
        self.fields = fields
    }

    /// Only on a connection that ends with it.
    init(bare fields: [UInt8]) {
        status = .ok
        form = .bare
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
        guard form == .whole else {
            append("HTTP/1.0 ", to: &octets)
            append(status.line, to: &octets)
            octets += fields
            append("\r\n", to: &octets)
            return octets
        }
        append("HTTP/1.1 ", to: &octets)
        append(status.line, to: &octets)
        // No verdict may be kept by a cache: a revocation holds at once.
        append("Cache-Control: no-store\r\n", to: &octets)
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
    /// The status line after its version.
    fileprivate var line: StaticString {
        switch self {
        case .ok: "200 OK\r\n"
        case .badRequest: "400 Bad Request\r\n"
        case .unauthorized: "401 Unauthorized\r\n"
        case .forbidden: "403 Forbidden\r\n"
        case .notFound: "404 Not Found\r\n"
        case .methodNotAllowed: "405 Method Not Allowed\r\n"
        case .requestTimeout: "408 Request Timeout\r\n"
        case .contentTooLarge: "413 Content Too Large\r\n"
        case .fieldsTooLarge: "431 Request Header Fields Too Large\r\n"
        case .serviceUnavailable: "503 Service Unavailable\r\n"
        }
    }
}
