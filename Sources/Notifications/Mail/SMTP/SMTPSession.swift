import LatchkeyCore

/// One message handed to a submission server (RFC 6409), or only the way there: greeting, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, QUIT. Pure: it is
/// told what the server said, and says what to do.
struct SMTPSession {
    /// Octets of a command line with CRLF (RFC 5321 §4.5.3.1.4). A longer initial response is sent after its challenge (RFC 4954 §4).
    static let maximumCommand = 512

    enum Event: Equatable {
        case reply(SMTPReply)
        /// The connection is encrypted from here on.
        case encrypted
    }

    enum Action: Equatable {
        /// Send, and wait for a reply.
        case send([UInt8])
        /// Encrypt the connection, then go on with `encrypted`. What the server said behind its consent must not be left to be read.
        case encrypt
        /// The message is taken, or the way was free. Say this, and close.
        case finish(farewell: [UInt8])
        /// Close.
        case fail(DeliveryFailure)
    }

    private enum State {
        case greeting, hello, startTLS, encrypting, challenge, password, login, authentication, sender, recipient, data,
            content, over
    }

    private let name: String
    private let startsTLS: Bool
    private let credentials: SMTPCredentials?
    private let envelope: Envelope?
    private var state = State.greeting
    private var isEncrypted: Bool
    private var extensions = Extensions()

    /// `name`: what we call ourselves. Without an envelope it only looks whether mail would be taken.
    init(
        name: String, encryption: SMTPServer.Encryption, credentials: SMTPCredentials?, envelope: Envelope?
    ) {
        self.name = name
        startsTLS = encryption == .startTLS
        isEncrypted = encryption == .implicit
        self.credentials = credentials
        self.envelope = envelope
    }

    /// After DATA a server may take its time (RFC 5321 §4.5.3.2.6), and who hangs up too early sends twice.
    var isAwaitingJudgement: Bool { state == .content }

    /// What may ail a server that does not answer now. One that waits for TLS at once, as at port 465, says nothing to who waits for its
    /// greeting.
    var silence: String {
        state == .greeting && !isEncrypted
            ? "it does not answer; perhaps it wants TLS from the first octet" : "it does not answer"
    }

    /// A connection that breaks now breaks a message that had begun; before, it is the server's trouble.
    var failureKind: DeliveryFailure.Kind {
        switch state {
        case .recipient, .data, .content: .temporary
        default: .server
        }
    }

    mutating func handle(_ event: Event) -> Action {
        switch event {
        case .encrypted:
            guard state == .encrypting else { return end(.server, "it was encrypted at the wrong time") }
            // What was said in the clear, anybody could have said (RFC 3207 §4.2).
            isEncrypted = true
            extensions = Extensions()
            return hello()
        case .reply(let reply):
            // It shuts down (RFC 5321 §3.8): later it may take this very message.
            if reply.code == 421 { return end(failureKind, "it closes: \(reply.summary)") }
            return hear(reply)
        }
    }

    private mutating func hear(_ reply: SMTPReply) -> Action {
        switch state {
        case .greeting:
            guard reply.code == 220 else { return end(.server, "it does not greet: \(reply.summary)") }
            return hello()
        case .hello:
            guard reply.code == 250 else { return end(.server, "it refuses EHLO: \(reply.summary)") }
            extensions = Extensions(reply)
            return afterHello()
        case .startTLS:
            guard reply.code == 220 else { return end(.server, "it refuses STARTTLS: \(reply.summary)") }
            state = .encrypting
            return .encrypt
        case .challenge, .login, .password, .authentication: return hearOfAuthentication(reply)
        case .sender:
            guard let envelope else { return end(.server, "there is nothing to send") }
            guard reply.severity == .completion else {
                return refused(reply, "sender", whenPermanent: kindOfTroubleWithAddresses(envelope, else: .server))
            }
            state = .recipient
            return command("RCPT TO:<\(envelope.recipient)>")
        case .recipient:
            // Who may not send anything to anybody, a relay that wants another sign-in for instance, is let in again by whoever mends that.
            guard reply.severity == .completion else {
                return refused(reply, "recipient", whenPermanent: reply.isPolicy ? .temporary : .permanent)
            }
            state = .data
            return command("DATA")
        case .data:
            guard reply.code == 354, let envelope else { return refused(reply, "message") }
            state = .content
            return .send(envelope.transparent)
        case .content:
            guard reply.severity == .completion else { return refused(reply, "message") }
            return finish()
        case .encrypting, .over: return end(.server, "it speaks out of turn")
        }
    }

    private mutating func hello() -> Action {
        state = .hello
        return command("EHLO \(name)")
    }

    private mutating func afterHello() -> Action {
        if startsTLS, !isEncrypted {
            guard extensions.names.contains("STARTTLS") else { return end(.server, "it does not offer STARTTLS") }
            state = .startTLS
            return command("STARTTLS")
        }
        guard let credentials else { return afterAuthentication() }
        if extensions.mechanisms.contains("PLAIN") {
            let whole = Array("AUTH PLAIN ".utf8) + credentials.plain + Array("\r\n".utf8)
            guard whole.count > Self.maximumCommand else {
                state = .authentication
                return .send(whole)
            }
            state = .challenge
            return command("AUTH PLAIN")
        }
        guard extensions.mechanisms.contains("LOGIN") else {
            return end(.server, "it offers neither AUTH PLAIN nor AUTH LOGIN")
        }
        state = .login
        return command("AUTH LOGIN")
    }

    private mutating func hearOfAuthentication(_ reply: SMTPReply) -> Action {
        if reply.code == 235, state == .authentication { return afterAuthentication() }
        guard reply.code == 334, let credentials, state != .authentication else {
            return end(.server, "it does not let us sign in: \(reply.summary)")
        }
        switch state {
        case .login:
            state = .password
            return .send(credentials.encodedUser + Array("\r\n".utf8))
        case .password:
            state = .authentication
            return .send(credentials.encodedPassword + Array("\r\n".utf8))
        default:
            state = .authentication
            return .send(credentials.plain + Array("\r\n".utf8))
        }
    }

    private mutating func afterAuthentication() -> Action {
        guard let envelope else { return finish() }
        guard envelope.isInternational else {
            state = .sender
            return command("MAIL FROM:<\(envelope.sender)>")
        }
        guard extensions.names.contains("SMTPUTF8") else {
            return end(
                kindOfTroubleWithAddresses(envelope, else: .permanent),
                "it takes no addresses beyond ASCII (no SMTPUTF8)")
        }
        state = .sender
        return command("MAIL FROM:<\(envelope.sender)> BODY=8BITMIME SMTPUTF8")
    }

    /// If it may be that the server does not want addresses beyond ASCII: of the sender that holds for all messages, of the recipient for this
    /// one.
    private func kindOfTroubleWithAddresses(
        _ envelope: Envelope, else other: DeliveryFailure.Kind
    ) -> DeliveryFailure.Kind {
        if envelope.sender.isInternational { return .server }
        return envelope.recipient.isInternational ? .permanent : other
    }

    private mutating func finish() -> Action {
        state = .over
        return .finish(farewell: Array("QUIT\r\n".utf8))
    }

    private mutating func refused(
        _ reply: SMTPReply, _ what: String, whenPermanent: DeliveryFailure.Kind = .permanent
    ) -> Action {
        let isPermanent = reply.severity == .permanent
        return end(
            isPermanent ? whenPermanent : .temporary,
            "it refuses the \(what)\(isPermanent ? "" : " for now"): \(reply.summary)")
    }

    private mutating func end(_ kind: DeliveryFailure.Kind, _ cause: String) -> Action {
        state = .over
        return .fail(DeliveryFailure(kind, cause))
    }

    private func command(_ text: String) -> Action { .send(Array("\(text)\r\n".utf8)) }
}

/// What a server says after EHLO that it can do (RFC 5321 §4.1.1.1).
private struct Extensions {
    var names: Set<String> = []
    var mechanisms: Set<String> = []

    init() {}

    init(_ reply: SMTPReply) {
        for line in reply.lines.dropFirst() {
            // Some announce `AUTH=PLAIN`, from before RFC 2554.
            let words = line.uppercased().split { $0 == " " || $0 == "=" }.map { String($0) }
            guard let name = words.first else { continue }
            names.insert(name)
            if name == "AUTH" { mechanisms.formUnion(words.dropFirst()) }
        }
    }
}
