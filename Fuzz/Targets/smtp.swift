import LatchkeyCore

@testable import Notifications

/// What a mail server says to our submission client. The first octet chooses how the session begins, the second where the rest is cut in two
/// reads: the dialogue must be the same, and nothing but greetings may be said before a connection that has to be encrypted is.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard count >= 2, let sender = MailAddress("latchkey@example.com"), let recipient = MailAddress("alice@example.com")
    else { return 0 }
    let input = UnsafeRawBufferPointer(start: start, count: count)
    let octets = Array(input[2...])
    let cut = Int(input[1]) % (octets.count + 1)
    let startsTLS = input[0] & 1 != 0
    let envelope = Envelope(sender: sender, recipient: recipient, content: Array(".\r\nx\r\n".utf8))
    func dialogue() -> Dialogue {
        Dialogue(
            session: SMTPSession(
                name: "[127.0.0.1]", encryption: startsTLS ? .startTLS : .none,
                credentials: input[0] & 2 != 0 ? SMTPCredentials(user: "u", password: Secret("p")) : nil,
                envelope: input[0] & 4 != 0 ? nil : envelope))
    }
    var whole = dialogue()
    whole.hear(octets[...])
    var parts = dialogue()
    parts.hear(octets[..<cut])
    parts.hear(octets[cut...])
    guard whole.said == parts.said, whole.isOver == parts.isOver else { fatalError("the cut changes the dialogue") }
    guard !whole.saidTooMuch, !parts.saidTooMuch else { fatalError("it says in the clear what must be encrypted") }
    return 0
}

/// What the channel does, without the channel.
private struct Dialogue {
    var session: SMTPSession
    private(set) var said: [[UInt8]] = []
    private(set) var isOver = false
    private(set) var saidTooMuch = false
    private var decoder = SMTPReplyDecoder()
    private var isEncrypted = false

    init(session: SMTPSession) {
        self.session = session
    }

    mutating func hear(_ octets: ArraySlice<UInt8>) {
        guard !isOver else { return }
        decoder.append(octets)
        do throws(SMTPFault) {
            while !isOver, let reply = try decoder.next() { carryOut(session.handle(.reply(reply))) }
        } catch { isOver = true }
    }

    private mutating func carryOut(_ action: SMTPSession.Action) {
        switch action {
        case .send(let octets):
            said.append(octets)
            let text = String(decoding: octets, as: UTF8.self)
            let isHarmless = text.hasPrefix("EHLO ") || text == "STARTTLS\r\n"
            if said.contains(where: { String(decoding: $0, as: UTF8.self) == "STARTTLS\r\n" }), !isEncrypted, !isHarmless {
                saidTooMuch = true
            }
        case .encrypt:
            // What stands behind the consent is refused by the channel, by whole reads: here it goes on.
            isEncrypted = true
            carryOut(session.handle(.encrypted))
        case .finish(let octets):
            said.append(octets)
            isOver = true
        case .fail: isOver = true
        }
    }
}
