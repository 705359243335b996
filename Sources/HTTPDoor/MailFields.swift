/// The header fields in which nginx's mail proxy asks (ngx_mail_auth_http_module). Whoever the client is, nginx wrote them all.
struct MailFields {
    private(set) var method: String?
    /// The name and the password, escaped.
    private(set) var user: String?
    private(set) var pass: String?
    private(set) var mailProtocol: String?
    private(set) var loginAttempt: String?
    private(set) var clientIP: String?
    /// Of `auth_http_header`: the service token.
    private(set) var key: String?
    /// A field that was sent twice.
    private(set) var repeated: String?

    static let keyName = "X-Auth-Key"
    static let protocolName = "Auth-Protocol"

    mutating func read(name: String, value: String) {
        switch name.lowercased() {
        case "auth-method": set(\.method, name, value)
        case "auth-user": set(\.user, name, value)
        case "auth-pass": set(\.pass, name, value)
        case "auth-protocol": set(\.mailProtocol, name, value)
        case "auth-login-attempt": set(\.loginAttempt, name, value)
        case "client-ip": set(\.clientIP, name, value)
        case "x-auth-key": set(\.key, name, value)
        default: break
        }
    }

    private mutating func set(_ field: WritableKeyPath<MailFields, String?>, _ name: String, _ value: String) {
        if self[keyPath: field] != nil { repeated = name }
        self[keyPath: field] = value
    }
}
