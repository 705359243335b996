/// The organisation as other programs may read it: who there is and who belongs together. Holds nothing of app passwords.
///
/// Pages are in the order of the names, after the one given, `limit` at most: a walk over everything costs the same for each page.
public protocol Directory: Sendable {
    /// Who has this login name or alias.
    func person(named name: LoginName) async throws(StoreError) -> DirectoryPerson?
    func people(after name: LoginName?, limit: Int) async throws(StoreError) -> [DirectoryPerson]
    func group(named name: GroupName) async throws(StoreError) -> DirectoryGroup?
    func groups(after name: GroupName?, limit: Int) async throws(StoreError) -> [DirectoryGroup]
    /// The servers that may ask, by name.
    func relyingServices() async throws(StoreError) -> [RelyingService]
}

/// An account with the groups it belongs to, in the order of their names.
public struct DirectoryPerson: Hashable, Sendable {
    public let account: Account
    public let groups: [GroupName]

    public init(account: Account, groups: [GroupName]) {
        self.account = account
        self.groups = groups
    }
}

/// A group with the login names of its members, in their order.
public struct DirectoryGroup: Hashable, Sendable {
    public let group: Group
    public let members: [LoginName]

    public init(group: Group, members: [LoginName]) {
        self.group = group
        self.members = members
    }
}
