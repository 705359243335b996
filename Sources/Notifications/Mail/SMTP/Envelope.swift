public import LatchkeyCore

/// A message on its way: from whom, to whom, and its octets.
public struct Envelope: Equatable, Sendable {
    let sender: MailAddress
    let recipient: MailAddress
    /// Lines of at most 998 octets, each with CRLF at its end (RFC 5321 §4.5.3.1.6). ASCII, but for addresses in the header.
    let content: [UInt8]

    /// Whether it takes SMTPUTF8 (RFC 6531).
    var isInternational: Bool { sender.isInternational || recipient.isInternational }

    /// The content as it goes over the line after DATA: a line that begins with a full stop gets another one, and one alone ends it
    /// (RFC 5321 §4.5.2).
    var transparent: [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(content.count + 64)
        var isAtStart = true
        for octet in content {
            if isAtStart, octet == UInt8(ascii: ".") { octets.append(octet) }
            octets.append(octet)
            isAtStart = octet == UInt8(ascii: "\n")
        }
        if !isAtStart { octets += "\r\n".utf8 }
        return octets + ".\r\n".utf8
    }
}
