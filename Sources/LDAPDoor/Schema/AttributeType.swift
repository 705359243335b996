/// Every attribute that the schema knows, by its name (RFC 4512 §2.5). Clients compare what they ask for with the schema, so there are
/// also those that directories of people usually have and ours never holds.
enum AttributeType: String, CaseIterable, Sendable {
    // People and groups
    case objectClass, uid, cn, sn, givenName, displayName, mail, memberOf, isActive, member, uniqueMember, memberUid
    case description
    // What they stand in
    case dc, o, ou, app
    // Operational
    case entryUUID, entryDN, createTimestamp, modifyTimestamp, subschemaSubentry, structuralObjectClass, hasSubordinates
    case numSubordinates, creatorsName, modifiersName, pwdChangedTime
    // The server
    case namingContexts, defaultNamingContext, supportedLDAPVersion, supportedExtension, supportedControl
    case supportedFeatures, supportedSASLMechanisms, altServer, vendorName, vendorVersion
    // The schema
    case attributeTypes, objectClasses, ldapSyntaxes, matchingRules, matchingRuleUse, dITContentRules, dITStructureRules
    case nameForms
    // Never held
    case userPassword, telephoneNumber, mobile, homePhone, facsimileTelephoneNumber, title, initials, employeeNumber
    case employeeType, departmentNumber, roomNumber, businessCategory, preferredLanguage, labeledURI, jpegPhoto
    case userCertificate, street, l, st, postalCode, postalAddress, c, manager, secretary, seeAlso, owner
    case uidNumber, gidNumber, homeDirectory, loginShell, gecos, shadowLastChange, sshPublicKey

    /// The attribute that `name` means: in any case, by another name of it or by its number. Options (`;binary`) say nothing here.
    static func named(_ name: String) -> AttributeType? {
        let description = name.utf8.firstIndex(of: UInt8(ascii: ";")).map { String(name[..<$0]) } ?? name
        return byName[description.lowercased()]
    }

    private static let byName: [String: AttributeType] = {
        var all: [String: AttributeType] = [:]
        for type in allCases {
            let definition = type.definition
            for name in [type.rawValue, definition.oid] + definition.aliases { all[name.lowercased()] = type }
        }
        return all
    }()

    /// Every name and number in lower case, with the name in lower case that it stands for.
    static let foldedNames = byName.mapValues { $0.rawValue.lowercased() }

    /// Whether it is given only to those who ask for it, by name or with `+` (RFC 3673).
    var isOperational: Bool { definition.usage != .user }
    var syntax: Syntax { definition.syntax }

    var definition: Definition { Self.definitions[self] ?? Definition("", .octetString) }

    struct Definition: Sendable {
        enum Usage: Sendable { case user, operation, server }

        let oid: String
        let syntax: Syntax
        var aliases: [String] = []
        var isSingle = false
        var usage = Usage.user

        init(
            _ oid: String, _ syntax: Syntax, aliases: [String] = [], isSingle: Bool = false, _ usage: Usage = .user
        ) {
            self.oid = oid
            self.syntax = syntax
            self.aliases = aliases
            self.isSingle = isSingle
            self.usage = usage
        }
    }
}

extension AttributeType {
    /// In words (RFC 4512 §4.1.2).
    var words: String {
        let definition = definition
        let names = ([rawValue] + definition.aliases).map { "'\($0)'" }.joined(separator: " ")
        let name = definition.aliases.isEmpty ? names : "( \(names) )"
        let single = definition.isSingle ? " SINGLE-VALUE" : ""
        let usage =
            switch definition.usage {
            case .user: ""
            case .operation: " NO-USER-MODIFICATION USAGE directoryOperation"
            case .server: " USAGE dSAOperation"
            }
        let syntax = definition.syntax
        return
            "( \(definition.oid) NAME \(name) \(syntax.matchingRules) SYNTAX \(syntax.objectIdentifier)\(single)\(usage) )"
    }
}
