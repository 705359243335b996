import LatchkeyCore

/// A protocol that nginx's mail proxy speaks with its clients. Its name is that of the service.
enum MailProtocol: String, CaseIterable {
    case imap, pop3, smtp

    var service: Service {
        switch self {
        case .imap: .imap
        case .pop3: .pop3
        case .smtp: .smtp
        }
    }
}

/// What nginx's mail proxy asks: may this client in, and to which server?
struct MailQuestion {
    enum Method: Equatable {
        /// A name and a password, however the client sent them.
        case plain
        /// SMTP without signing in.
        case none
        /// `apop` and `cram-md5` want the password in the clear on our side, `external` has none.
        case unsupported
    }

    /// Failures of one connection that nginx may keep open: each costs it memory until the end of the connection.
    static let maximumWaitingAttempts = 10

    let method: Method
    let mailProtocol: MailProtocol
    let authcid: String
    let secret: Secret
    /// The client's.
    let address: IPAddress?
    /// Whether the client may try again on the same connection.
    let mayRetry: Bool

    /// Nil unless the protocol is one of nginx's: that much alone is needed to answer.
    init?(_ fields: MailFields) {
        guard let named = fields.mailProtocol, let mailProtocol = MailProtocol(rawValue: named) else { return nil }
        self.mailProtocol = mailProtocol
        method =
            switch fields.method {
            case "plain": .plain
            case "none": .none
            default: .unsupported
            }
        authcid = String(decoding: PercentEncoding.decode(fields.user ?? "").asUTF8, as: UTF8.self)
        secret = Secret(PercentEncoding.decode(fields.pass ?? "").asUTF8)
        address = fields.clientIP.flatMap { IPAddress($0) }
        mayRetry =
            fields.loginAttempt.flatMap { Int($0) }.map { (0..<Self.maximumWaitingAttempts).contains($0) } ?? false
    }

    var attempt: Attempt {
        Attempt(authcid: authcid, secret: secret, service: mailProtocol.service, door: .http, address: address)
    }
}
