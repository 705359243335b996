import LatchkeyCore

/// The two entries that tell what the server is; anybody may read them.
extension Entry {
    /// The server itself (RFC 4512 §5.1).
    init(rootOf tree: Tree, offersStartTLS: Bool, mechanisms: [String]) {
        self.init(.root, [.top])
        let base = AttributeValue.text(tree.base.description)
        add(.namingContexts, [base])
        add(.defaultNamingContext, [base])
        add(.supportedLDAPVersion, [.number(3)])
        let extensions = [ExtendedRequest.whoAmI] + (offersStartTLS ? [ExtendedRequest.startTLS] : [])
        add(.supportedExtension, extensions.map { .text($0) })
        add(.supportedControl, Controls.supported.map { .text($0) })
        add(.supportedFeatures, Self.features.map { .text($0) })
        add(.supportedSASLMechanisms, mechanisms.map { .text($0) })
        add(.subschemaSubentry, [.place(.subschema)])
        add(.vendorName, "Latchkey")
        add(.entryDN, [.place(.root)])
    }

    /// `+` for operational attributes (RFC 3673); filters that are true or false (RFC 4526).
    private static let features = ["1.3.6.1.4.1.4203.1.5.1", "1.3.6.1.4.1.4203.1.5.3"]

    /// The schema (RFC 4512 §4.2).
    static let subschema: Entry = {
        var entry = Entry(.subschema, [.top, .subschema, .extensibleObject])
        entry.add(.cn, "Subschema")
        entry.add(.attributeTypes, Schema.attributeTypes.map { .text($0) })
        entry.add(.objectClasses, Schema.objectClasses.map { .text($0) })
        entry.add(.ldapSyntaxes, Schema.syntaxes.map { .text($0) })
        entry.add(.matchingRules, Schema.matchingRules.map { .text($0) })
        entry.add(.structuralObjectClass, ObjectClass.subschema.rawValue)
        entry.add(.subschemaSubentry, [.place(.subschema)])
        entry.add(.entryDN, [.place(.subschema)])
        return entry
    }()
}
