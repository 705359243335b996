import LatchkeyCore

/// The answers to nginx's mail proxy. It looks at `Auth-` fields alone and passes their texts on to its client.
///
/// nginx has a buffer of 1,024 octets for all of an answer, and hangs on a longer one: the longest we make has 965.
struct MailWording: Sendable {
    /// Seconds that nginx waits before it passes a refusal on, whatever the reason: it waits, not we.
    private static let wait = 3

    private let imap: BackEnd?
    private let pop3: BackEnd?
    private let smtp: BackEnd?

    /// A server to send clients on to.
    struct BackEnd: Sendable {
        /// All of an acceptance but the name.
        fileprivate let opening: [UInt8]
        fileprivate let password: Secret?
    }

    init(_ configuration: MailBackEnds) {
        func backEnd(_ endpoint: Endpoint?) -> BackEnd? {
            guard let endpoint else { return nil }
            let opening =
                "Auth-Status: OK\r\nAuth-Server: \(endpoint.address)\r\nAuth-Port: \(endpoint.port)\r\nAuth-User: "
            return BackEnd(opening: Array(opening.utf8), password: configuration.masterPassword?.secret)
        }
        imap = backEnd(configuration.imap)
        pop3 = backEnd(configuration.pop3)
        smtp = backEnd(configuration.smtp)
    }

    func backEnd(for mailProtocol: MailProtocol) -> BackEnd? {
        switch mailProtocol {
        case .imap: imap
        case .pop3: pop3
        case .smtp: smtp
        }
    }

    /// The account's own login name, which no control character can be part of, goes on to the server as it is; so does the password that
    /// the client sent, unless the servers have one of their own.
    static func accepted(_ acceptance: Acceptance, to backEnd: BackEnd) -> Response {
        var fields = backEnd.opening
        fields += acceptance.login.text.utf8
        if let password = backEnd.password {
            fields += Array("\r\nAuth-Pass: ".utf8)
            password.withBytes { fields += $0 }
        }
        fields += Array("\r\n".utf8)
        return Response(bare: fields)
    }

    /// The response codes are those of RFC 5530 §3 and RFC 3206 §4; the codes of SMTP those of RFC 4954 §6.
    static func refused(_ mailProtocol: MailProtocol, mayRetry: Bool) -> Response {
        let wait = mayRetry ? "Auth-Wait: \(wait)\r\n" : ""
        return switch mailProtocol {
        case .imap: Response(bare: "Auth-Status: [AUTHENTICATIONFAILED] \(Refusal.wireText)\r\n\(wait)")
        case .pop3: Response(bare: "Auth-Status: [AUTH] \(Refusal.wireText)\r\n\(wait)")
        case .smtp: Response(bare: "Auth-Status: \(Refusal.wireText)\r\nAuth-Error-Code: 535 5.7.8\r\n\(wait)")
        }
    }

    /// Without a wait, so that nginx closes: the client comes again when it likes.
    static func unavailable(_ mailProtocol: MailProtocol) -> Response { Response(bare: temporary(mailProtocol)) }

    private static func temporary(_ mailProtocol: MailProtocol) -> String {
        switch mailProtocol {
        case .imap: "Auth-Status: [UNAVAILABLE] \(Refusal.unavailableWireText)\r\n"
        case .pop3: "Auth-Status: [SYS/TEMP] \(Refusal.unavailableWireText)\r\n"
        case .smtp: "Auth-Status: \(Refusal.unavailableWireText)\r\nAuth-Error-Code: 454 4.7.0\r\n"
        }
    }

    /// To a client of SMTP that did not sign in.
    static let signInNeeded = Response(
        bare: "Auth-Status: Authentication required\r\nAuth-Error-Code: 530 5.7.0\r\n")

    // What is nginx's own fault: the reason for a person with curl, and no “wrong password” for nginx's client.

    static func untrustedPeer(_ mailProtocol: MailProtocol) -> Response {
        forbidden(
            mailProtocol,
            "this address may not ask: add it to the trusted networks, or send a service token as \(MailFields.keyName)"
        )
    }

    static func unknownKey(_ mailProtocol: MailProtocol) -> Response {
        forbidden(
            mailProtocol, "\(MailFields.keyName) is no valid service token: latchkey service-token create makes one")
    }

    static func notAmongServices(_ mailProtocol: MailProtocol) -> Response {
        forbidden(mailProtocol, Wording.outOfScope(mailProtocol.service))
    }

    private static func forbidden(_ mailProtocol: MailProtocol, _ line: String) -> Response {
        Response(.forbidden, line: line, fields: Array(temporary(mailProtocol).utf8))
    }

    static let unknownProtocol = Response(
        .badRequest, line: "\(MailFields.protocolName): must be imap, pop3 or smtp, as nginx's mail proxy sends it")
}

extension Response {
    fileprivate init(bare fields: String) {
        self.init(bare: Array(fields.utf8))
    }
}
