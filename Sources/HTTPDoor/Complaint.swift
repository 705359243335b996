import Logging

/// What only the operator can mend.
enum Complaint {
    case noBackEnd(MailProtocol)
    case unsupportedMethod(MailProtocol)

    func log(to logger: Logger) {
        switch self {
        case .noBackEnd(let mailProtocol):
            logger.error(
                "nginx asks where to send a mail client, and no server is configured",
                metadata: ["set": "doors.http.nginx-mail.\(mailProtocol.rawValue)"])
        case .unsupportedMethod(let mailProtocol):
            logger.warning(
                "nginx offers mail clients a way to sign in that needs no app password, or needs one stored in the clear",
                metadata: [
                    "set in nginx": "\(mailProtocol.rawValue)_auth plain\(mailProtocol == .pop3 ? "" : " login")"
                ]
            )
        }
    }
}
