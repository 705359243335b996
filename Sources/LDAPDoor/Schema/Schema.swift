/// The parts of the schema that are the same for every server (RFC 4517): syntaxes and matching rules, in words.
enum Schema {
    static let syntaxes: [String] = [
        ("1.3.6.1.4.1.1466.115.121.1.3", "Attribute Type Description"), ("1.3.6.1.4.1.1466.115.121.1.7", "Boolean"),
        ("1.3.6.1.4.1.1466.115.121.1.12", "DN"), ("1.3.6.1.4.1.1466.115.121.1.15", "Directory String"),
        ("1.3.6.1.4.1.1466.115.121.1.16", "DIT Content Rule Description"),
        ("1.3.6.1.4.1.1466.115.121.1.17", "DIT Structure Rule Description"),
        ("1.3.6.1.4.1.1466.115.121.1.24", "Generalized Time"), ("1.3.6.1.4.1.1466.115.121.1.26", "IA5 String"),
        ("1.3.6.1.4.1.1466.115.121.1.27", "INTEGER"), ("1.3.6.1.4.1.1466.115.121.1.30", "Matching Rule Description"),
        ("1.3.6.1.4.1.1466.115.121.1.31", "Matching Rule Use Description"),
        ("1.3.6.1.4.1.1466.115.121.1.35", "Name Form Description"),
        ("1.3.6.1.4.1.1466.115.121.1.37", "Object Class Description"),
        ("1.3.6.1.4.1.1466.115.121.1.38", "OID"), ("1.3.6.1.4.1.1466.115.121.1.40", "Octet String"),
        ("1.3.6.1.4.1.1466.115.121.1.54", "LDAP Syntax Description"),
        ("1.3.6.1.4.1.1466.115.121.1.58", "Substring Assertion"), ("1.3.6.1.1.16.1", "UUID"),
    ].map { "( \($0) DESC '\($1)' )" }

    static let matchingRules: [String] =
        [
            ("2.5.13.0", "objectIdentifierMatch", 38), ("2.5.13.1", "distinguishedNameMatch", 12),
            ("2.5.13.2", "caseIgnoreMatch", 15), ("2.5.13.3", "caseIgnoreOrderingMatch", 15),
            ("2.5.13.4", "caseIgnoreSubstringsMatch", 58), ("2.5.13.13", "booleanMatch", 7),
            ("2.5.13.14", "integerMatch", 27), ("2.5.13.15", "integerOrderingMatch", 27),
            ("2.5.13.17", "octetStringMatch", 40), ("2.5.13.27", "generalizedTimeMatch", 24),
            ("2.5.13.28", "generalizedTimeOrderingMatch", 24), ("2.5.13.30", "objectIdentifierFirstComponentMatch", 38),
            ("1.3.6.1.4.1.1466.109.114.2", "caseIgnoreIA5Match", 26),
            ("1.3.6.1.4.1.1466.109.114.3", "caseIgnoreIA5SubstringsMatch", 58),
        ].map { "( \($0) NAME '\($1)' SYNTAX 1.3.6.1.4.1.1466.115.121.1.\($2) )" } + [
            "( 1.3.6.1.1.16.2 NAME 'UUIDMatch' SYNTAX 1.3.6.1.1.16.1 )",
            "( 1.3.6.1.1.16.3 NAME 'UUIDOrderingMatch' SYNTAX 1.3.6.1.1.16.1 )",
        ]

    static let attributeTypes = AttributeType.allCases.map(\.words)
    static let objectClasses = ObjectClass.allCases.map(\.words)
}
