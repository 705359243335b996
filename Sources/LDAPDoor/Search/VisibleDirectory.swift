import LatchkeyCore

/// The directory as it is for one reader. The only place that decides who sees what:
///
/// * a relying service that may read the directory sees everything: people (the disabled too, as `isActive: FALSE`: a mail server must
///   be able to tell somebody who is away from somebody who is gone), groups and the relying services;
/// * a person sees themselves and their own groups, and there only that they belong to them;
/// * anybody, where the configuration lets those read who have not bound, sees groups and people who are not disabled.
struct VisibleDirectory: Sendable {
    private enum Reader {
        case service
        case person(DirectoryPerson)
        case anybody
    }

    /// Some of what there is, and whether there may be more after it.
    struct Page<Item: Sendable, Name: Sendable>: Sendable {
        let items: [Item]
        /// Where the next page begins; nil if this is the last.
        let next: Name?
    }

    private let directory: any Directory
    private let reader: Reader

    /// Nil if this reader may see nothing. Asked for each operation, so that whoever has lost the right loses the sight.
    init?(_ directory: any Directory, for identity: Identity, allowsAnonymous: Bool) async throws(StoreError) {
        self.directory = directory
        switch identity {
        case .anonymous:
            guard allowsAnonymous else { return nil }
            reader = .anybody
        case .person(let login, _):
            guard let person = try await directory.person(named: login), !person.account.isDisabled else { return nil }
            reader = .person(person)
        case .service(let service):
            let current = try await directory.relyingServices().first { $0.id == service.id }
            guard current?.mayReadDirectory == true else { return nil }
            reader = .service
        }
    }

    func person(named name: LoginName) async throws(StoreError) -> DirectoryPerson? {
        guard let person = try await directory.person(named: name) else { return nil }
        switch reader {
        case .service: return person
        case .person(let own): return person.account.id == own.account.id ? person : nil
        case .anybody: return person.account.isDisabled ? nil : person
        }
    }

    func people(after name: LoginName?, limit: Int) async throws(StoreError) -> Page<DirectoryPerson, LoginName> {
        if case .person(let own) = reader {
            let isAfter = name.map { own.account.login > $0 } ?? true
            return Page(items: isAfter ? [own] : [], next: nil)
        }
        let people = try await directory.people(after: name, limit: limit)
        let next = people.count < limit ? nil : people.last?.account.login
        if case .anybody = reader { return Page(items: people.filter { !$0.account.isDisabled }, next: next) }
        return Page(items: people, next: next)
    }

    func group(named name: GroupName) async throws(StoreError) -> DirectoryGroup? {
        if case .person(let own) = reader, !own.groups.contains(name) { return nil }
        return try await directory.group(named: name).map(visible)
    }

    func groups(after name: GroupName?, limit: Int) async throws(StoreError) -> Page<DirectoryGroup, GroupName> {
        guard case .person(let own) = reader else {
            let groups = try await directory.groups(after: name, limit: limit)
            return Page(items: groups, next: groups.count < limit ? nil : groups.last?.group.name)
        }
        let names = own.groups.filter { group in name.map { group > $0 } ?? true }.prefix(limit)
        var groups: [DirectoryGroup] = []
        for name in names {
            if let group = try await group(named: name) { groups.append(group) }
        }
        return Page(items: groups, next: names.count < limit ? nil : names.last)
    }

    /// By name.
    func services() async throws(StoreError) -> [RelyingService] {
        guard case .service = reader else { return [] }
        return try await directory.relyingServices()
    }

    private func visible(_ group: DirectoryGroup) -> DirectoryGroup {
        guard case .person(let own) = reader else { return group }
        return DirectoryGroup(group: group.group, members: group.members.filter { $0 == own.account.login })
    }
}
