import LatchkeyCore

/// Makes the entries of the tree out of what the directory knows. Nothing of app passwords is among it.
extension Entry {
    /// Classes of a person; those of a group.
    static let classesOfPeople: [ObjectClass] = [.top, .person, .organizationalPerson, .inetOrgPerson, .mailAccount]
    /// The last one lets it hold `memberUid` too, for clients that know no names in groups.
    static let classesOfGroups: [ObjectClass] = [.top, .groupOfNames, .groupOfUniqueNames, .extensibleObject]
    static let classesOfServices: [ObjectClass] = [.top, .applicationProcess]

    init(_ person: DirectoryPerson) {
        let account = person.account
        self.init(.person(account.login), Self.classesOfPeople)
        let name = account.name.isEmpty ? account.login.text : account.name
        let words = account.name.split(separator: " ")
        add(.uid, [.login(account.login)])
        add(.cn, name)
        // Every person must have one (RFC 4519 §3.12).
        add(.sn, words.last.map { String($0) } ?? name)
        if words.count > 1 { add(.givenName, words.dropLast().joined(separator: " ")) }
        add(.displayName, name)
        let addresses = ([account.login] + account.aliases).filter { $0.text.utf8.contains(UInt8(ascii: "@")) }
        add(.mail, addresses.map { .text($0.text) })
        add(.memberOf, person.groups.map { .place(.group($0)) })
        add(.isActive, [.boolean(!account.isDisabled)])
        addOperational(.inetOrgPerson, account.id, created: account.created)
    }

    init(_ group: DirectoryGroup) {
        self.init(.group(group.group.name), Self.classesOfGroups)
        add(.cn, group.group.name.text)
        if !group.group.description.isEmpty { add(.description, group.group.description) }
        let members = group.members.map { AttributeValue.place(.person($0)) }
        add(.member, members)
        add(.uniqueMember, members)
        add(.memberUid, group.members.map { .login($0) })
        addOperational(.groupOfNames, group.group.id, created: group.group.created)
    }

    init(_ service: RelyingService) {
        self.init(.service(ServiceName(text: service.name)), Self.classesOfServices)
        add(.cn, service.name)
        addOperational(.applicationProcess, service.id, created: service.created)
    }

    /// What stands above people, groups and services.
    init(container place: Place, named name: String) {
        self.init(place, [.top, .organizationalUnit])
        add(.ou, name)
        addOperational(.organizationalUnit, hasSubordinates: true)
    }

    /// The base, or a view of it.
    init(suffixOf tree: Tree) {
        if let app = tree.app {
            self.init(.suffix, [.top, .applicationProcess, .extensibleObject])
            add(.cn, app.name)
            add(.app, app.name)
            addOperational(.applicationProcess, hasSubordinates: true)
            return
        }
        let first = tree.base.parts.first?.first
        let classes: [ObjectClass] =
            switch first?.type {
            case "dc": [.domain, .dcObject, .organization]
            case "o": [.organization]
            case "ou": [.organizationalUnit]
            default: [.extensibleObject]
            }
        self.init(.suffix, [.top] + classes)
        if let first, let type = AttributeType.named(first.type) { add(type, first.value) }
        if first?.type == "dc" { add(.o, tree.domain ?? first?.value ?? "") }
        addOperational(classes[0], hasSubordinates: true)
    }

    private mutating func addOperational<Subject>(
        _ structural: ObjectClass, _ id: Identifier<Subject>, created: Timestamp
    ) {
        add(.entryUUID, id.description)
        add(.createTimestamp, [.time(created)])
        // When it last changed is not kept.
        add(.modifyTimestamp, [.time(created)])
        addOperational(structural, hasSubordinates: false)
    }

    /// What every entry has.
    private mutating func addOperational(_ structural: ObjectClass, hasSubordinates: Bool) {
        add(.structuralObjectClass, structural.rawValue)
        add(.entryDN, [.place(place)])
        add(.subschemaSubentry, [.place(.subschema)])
        add(.hasSubordinates, [.boolean(hasSubordinates)])
    }
}
