import NIOCore
import NIOHTTP1

/// A request that is still arriving.
struct IncomingRequest {
    private let head: HTTPRequestHead
    private let fields: Fields
    private var body: [UInt8] = []

    init(_ head: HTTPRequestHead) {
        self.head = head
        var fields = Fields()
        for (name, value) in head.headers { fields.read(name: name, value: value) }
        self.fields = fields
    }

    /// False if the body is too long.
    mutating func append(_ part: ByteBuffer) -> Bool {
        guard body.count + part.readableBytes <= VerifyQuestion.maximumLength else { return false }
        body += part.readableBytesView
        return true
    }

    /// Whether the client waits for a word before it sends its body (RFC 9110 §10.1.1).
    var expectsContinue: Bool { fields.expectsContinue && !isHTTP10 }

    /// RFC 9112 §3.2: a request of HTTP/1.1 without a host, or with two, is answered 400.
    var hasHost: Bool { fields.hosts == 1 || fields.hosts == 0 && isHTTP10 }

    private var isHTTP10: Bool { head.version.minor == 0 }

    var isHead: Bool { head.method == .HEAD }

    /// The route may end the connection too: see `Response.bare`.
    func persistence(on route: Route?) -> Response.Persistence {
        if !head.isKeepAlive || fields.wantsUpgrade || head.method == .CONNECT || route == .nginxMail { return .close }
        return isHTTP10 ? .keepAliveSaid : .keepAlive
    }

    var request: Request {
        let method: Request.Method =
            switch head.method {
            case .GET: .get
            case .HEAD: .head
            case .POST: .post
            default: .other
            }
        var request = Request(method: method, target: head.uri, fields: fields, body: body)
        if request.route == .nginxMail {
            for (name, value) in head.headers { request.mail.read(name: name, value: value) }
        }
        return request
    }
}
