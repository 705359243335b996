/// What kind of value an attribute has, and so how it is compared (RFC 4517).
enum Syntax: Hashable, Sendable {
    case directoryString
    case ia5String
    /// A directory string that is compared as login names are: with our domain where there is none.
    case loginName
    case distinguishedName
    /// The name or number of something of the schema.
    case objectIdentifier
    case integer
    case boolean
    case generalizedTime
    case uuid
    case octetString
    /// A part of the schema in words, by the number of its syntax.
    case definition(Int)

    /// RFC 4517 §3.3; RFC 4530 §2.1.
    var objectIdentifier: String {
        switch self {
        case .directoryString, .loginName: Self.number(15)
        case .ia5String: Self.number(26)
        case .distinguishedName: Self.number(12)
        case .objectIdentifier: Self.number(38)
        case .integer: Self.number(27)
        case .boolean: Self.number(7)
        case .generalizedTime: Self.number(24)
        case .uuid: "1.3.6.1.1.16.1"
        case .octetString: Self.number(40)
        case .definition(let number): Self.number(number)
        }
    }

    /// The rules of a definition in words.
    var matchingRules: String {
        switch self {
        case .directoryString, .loginName:
            "EQUALITY caseIgnoreMatch ORDERING caseIgnoreOrderingMatch SUBSTR caseIgnoreSubstringsMatch"
        case .ia5String: "EQUALITY caseIgnoreIA5Match SUBSTR caseIgnoreIA5SubstringsMatch"
        case .distinguishedName: "EQUALITY distinguishedNameMatch"
        case .objectIdentifier: "EQUALITY objectIdentifierMatch"
        case .integer: "EQUALITY integerMatch ORDERING integerOrderingMatch"
        case .boolean: "EQUALITY booleanMatch"
        case .generalizedTime: "EQUALITY generalizedTimeMatch ORDERING generalizedTimeOrderingMatch"
        case .uuid: "EQUALITY UUIDMatch ORDERING UUIDOrderingMatch"
        case .octetString: "EQUALITY octetStringMatch"
        case .definition: "EQUALITY objectIdentifierFirstComponentMatch"
        }
    }

    private static func number(_ last: Int) -> String { "1.3.6.1.4.1.1466.115.121.1.\(last)" }
}
