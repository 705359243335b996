/// Every object class of our entries, by its name (RFC 4512 §2.4).
enum ObjectClass: String, CaseIterable, Sendable {
    case top, subschema, domain, organization, organizationalUnit, person, organizationalPerson, inetOrgPerson
    case groupOfNames, groupOfUniqueNames, applicationProcess
    /// Ours: what an account has beside what a person has.
    case mailAccount
    case dcObject, extensibleObject

    static func named(_ name: String) -> ObjectClass? {
        let folded = name.lowercased()
        return allCases.first { $0.rawValue.lowercased() == folded || $0.oid == name }
    }

    var oid: String {
        switch self {
        case .top: "2.5.6.0"
        case .subschema: "2.5.20.1"
        case .domain: "0.9.2342.19200300.100.4.13"
        case .organization: "2.5.6.4"
        case .organizationalUnit: "2.5.6.5"
        case .person: "2.5.6.6"
        case .organizationalPerson: "2.5.6.7"
        case .inetOrgPerson: "2.16.840.1.113730.3.2.2"
        case .groupOfNames: "2.5.6.9"
        case .groupOfUniqueNames: "2.5.6.17"
        case .applicationProcess: "2.5.6.11"
        case .mailAccount: AttributeType.own(3)
        case .dcObject: "1.3.6.1.4.1.1466.344"
        case .extensibleObject: "1.3.6.1.4.1.1466.101.120.111"
        }
    }

    /// In words (RFC 4512 §4.1.1).
    var words: String {
        let (must, may) = attributes
        return "( \(oid) NAME '\(rawValue)' \(kind)\(Self.list("MUST", must))\(Self.list("MAY", may)) )"
    }

    private static func list(_ word: String, _ types: [AttributeType]) -> String {
        types.isEmpty ? "" : " \(word) ( \(types.map(\.rawValue).joined(separator: " $ ")) )"
    }

    private var kind: String {
        switch self {
        case .top: "ABSTRACT"
        case .organizationalPerson: "SUP person STRUCTURAL"
        case .inetOrgPerson: "SUP organizationalPerson STRUCTURAL"
        case .mailAccount, .dcObject, .extensibleObject, .subschema: "SUP top AUXILIARY"
        default: "SUP top STRUCTURAL"
        }
    }

    private var attributes: (must: [AttributeType], may: [AttributeType]) {
        switch self {
        case .top: ([.objectClass], [])
        case .subschema:
            (
                [],
                [
                    .attributeTypes, .objectClasses, .ldapSyntaxes, .matchingRules, .matchingRuleUse, .dITContentRules,
                    .dITStructureRules, .nameForms,
                ]
            )
        case .domain: ([.dc], [.o, .description])
        case .organization: ([.o], [.description])
        case .organizationalUnit: ([.ou], [.description])
        case .person: ([.sn, .cn], [.userPassword, .telephoneNumber, .seeAlso, .description])
        case .organizationalPerson:
            ([], [.title, .facsimileTelephoneNumber, .street, .postalCode, .postalAddress, .st, .l, .ou])
        case .inetOrgPerson:
            (
                [],
                [
                    .uid, .mail, .givenName, .displayName, .initials, .mobile, .homePhone, .o, .manager, .secretary,
                    .employeeNumber, .employeeType, .departmentNumber, .roomNumber, .businessCategory,
                    .preferredLanguage, .labeledURI, .jpegPhoto, .userCertificate,
                ]
            )
        case .groupOfNames: ([.cn], [.member, .description, .owner, .seeAlso, .businessCategory, .o, .ou])
        case .groupOfUniqueNames: ([.cn], [.uniqueMember, .description, .owner, .seeAlso, .businessCategory, .o, .ou])
        case .applicationProcess: ([.cn], [.seeAlso, .ou, .l, .description])
        case .mailAccount: ([], [.mail, .memberOf, .isActive])
        case .dcObject: ([.dc], [])
        case .extensibleObject: ([], [])
        }
    }
}
