/// A line from the server after the greeting.
enum Reply: Equatable, Sendable {
    /// `user` is the canonical login name; without it Postfix takes the reply for a failure.
    case ok(id: UInt32, user: String)
    /// `challenge` is base64 and may be empty.
    case cont(id: UInt32, challenge: [UInt8])
    /// `user` is the name as the client gave it, nil where none could be read.
    case fail(id: UInt32, user: String?, Fault = .refused)

    enum Fault: Sendable {
        /// Any refusal, whatever its reason: Postfix shows `reason=` to the client outside, so there is none.
        case refused
        case temporary
        case invalidBase64
        case unsupportedMechanism
        case securedRequired
        case timedOut

        /// `temp` is what clients older than Dovecot 2.3 understand.
        fileprivate var fields: StaticString {
            switch self {
            case .refused: ""
            case .temporary: "\ttemp\tcode=temp_fail"
            case .invalidBase64: "\tcode=invalid_base64"
            case .unsupportedMechanism: "\tcode=auth_mech_invalid\treason=Unsupported mechanism"
            case .securedRequired: "\tcode=auth_mech_ssl_required\treason=TLS required"
            case .timedOut: "\treason=Authentication request timed out"
            }
        }
    }

    /// Appends the line with its LF.
    func append(to output: inout [UInt8]) {
        switch self {
        case .ok(let id, let user):
            output.append("OK\t")
            output.append(decimal: id)
            output.append("\tuser=")
            TabEscape.append(user, to: &output)
        case .cont(let id, let challenge):
            output.append("CONT\t")
            output.append(decimal: id)
            output.append("\t")  // there even if nothing follows: Postfix fails without it
            output.append(contentsOf: challenge)
        case .fail(let id, let user, let fault):
            output.append("FAIL\t")
            output.append(decimal: id)
            if let user {
                output.append("\tuser=")
                TabEscape.append(user, to: &output)
            }
            output.append(fault.fields)
        }
        output.append(UInt8(ascii: "\n"))
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    fileprivate mutating func append(decimal number: UInt32) {
        if number >= 10 { append(decimal: number / 10) }
        append(UInt8(ascii: "0") + UInt8(number % 10))
    }
}
