/// The result codes that we give (RFC 4511 §4.1.9, appendix A).
enum ResultCode: Int32, Sendable {
    case success = 0
    case operationsError = 1
    case protocolError = 2
    case timeLimitExceeded = 3
    case sizeLimitExceeded = 4
    case compareFalse = 5
    case compareTrue = 6
    case authMethodNotSupported = 7
    case adminLimitExceeded = 11
    case unavailableCriticalExtension = 12
    case confidentialityRequired = 13
    case saslBindInProgress = 14
    case noSuchAttribute = 16
    case noSuchObject = 32
    case invalidDNSyntax = 34
    case invalidCredentials = 49
    case insufficientAccessRights = 50
    case unavailable = 52
    case unwillingToPerform = 53
}

/// What every response but an entry says (RFC 4511 §4.1.9). We refer nobody elsewhere.
struct LDAPResult: Equatable, Sendable {
    var code: ResultCode
    /// The nearest entry above one that does not exist; else empty.
    var matchedDN = ""
    var diagnosticMessage = ""

    init(_ code: ResultCode, _ diagnosticMessage: String = "", matchedDN: String = "") {
        self.code = code
        self.matchedDN = matchedDN
        self.diagnosticMessage = diagnosticMessage
    }

    static let success = LDAPResult(.success)
}
