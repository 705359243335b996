import Foundation
public import LatchkeyCore

/// The server that takes our mail, and how.
public struct SMTPServer: Sendable {
    public enum Encryption: Sendable {
        /// From the first octet on (RFC 8314 §3.3), usually port 465.
        case implicit
        /// Asked for before anything else (RFC 3207), and insisted on.
        case startTLS
        /// For a server on the same machine.
        case none
    }

    public let host: String
    public let port: Int
    public let encryption: Encryption
    public let credentials: SMTPCredentials?
    /// A PEM file of issuers that are believed instead of the system's.
    public let issuers: String?

    public init(
        host: String, port: Int, encryption: Encryption, credentials: SMTPCredentials? = nil, issuers: String? = nil
    ) {
        self.host = host
        self.port = port
        self.encryption = encryption
        self.credentials = credentials
        self.issuers = issuers
    }
}

/// Who we are to the server.
public struct SMTPCredentials: Equatable, Sendable {
    public let user: String
    public let password: Secret

    public init(user: String, password: Secret) {
        self.user = user
        self.password = password
    }

    /// RFC 4616, in base64.
    var plain: [UInt8] { encoded(Array("\0\(user)\0".utf8) + password.withBytes { Array($0) }) }
    var encodedUser: [UInt8] { encoded(Array(user.utf8)) }
    var encodedPassword: [UInt8] { encoded(password.withBytes { Array($0) }) }

    private func encoded(_ octets: [UInt8]) -> [UInt8] { Array(Data(octets).base64EncodedString().utf8) }
}
