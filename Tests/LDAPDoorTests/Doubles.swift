import Dispatch
import LatchkeyCore
import LatchkeyTesting
import Synchronization
import Testing

@testable import LDAPDoor

/// Answers by the secret: `right`, `held`, `down`, `waiting`; any other is wrong.
final class ScriptedVerifier: Verifier {
    /// Whether the answer comes on another thread, as the real one's does.
    private let isElsewhere: Bool
    private let seen = Mutex<[String]>([])
    private let sizes = Mutex<[Int]>([])

    init(elsewhere: Bool = false) {
        isElsewhere = elsewhere
    }

    /// What was asked, one line each.
    var questions: [String] { seen.withLock(\.self) }
    /// How many attempts each call brought.
    var batches: [Int] { sizes.withLock(\.self) }

    func verify(_ attempts: [Attempt], answer: @escaping @Sendable ([Verdict]) -> Void) {
        seen.withLock { $0 += attempts.map { "\($0.authcid) for \($0.service?.name ?? "nothing")" } }
        sizes.withLock { $0.append(attempts.count) }
        let verdicts = attempts.map(Self.verdict)
        if isElsewhere { DispatchQueue.global().async { answer(verdicts) } } else { answer(verdicts) }
    }

    private static func verdict(on attempt: Attempt) -> Verdict {
        switch attempt.secret.reveal() {
        case "right":
            LoginName(attempt.authcid)?.qualified(with: "example.com").accepted ?? .refused(.malformed)
        case "held": .refused(.unknown, hold: .seconds(2))
        case "down": .refused(.unavailable)
        case "waiting": .refused(.awaitingApproval)
        default: .refused(.unknown)
        }
    }
}

extension LoginName {
    fileprivate var accepted: Verdict {
        .accepted(Acceptance(account: .nobody, login: self, name: "", appPassword: .nobody))
    }
}

/// People, groups and relying services in memory. `lks_NAME` is the token of the relying service NAME.
final class ListedDirectory: Directory, RelyingServiceDirectory {
    struct State {
        var people: [DirectoryPerson] = []
        var groups: [DirectoryGroup] = []
        var services: [RelyingService] = []
        /// How often people were asked for, page by page and one by one.
        var pages = 0
        var lookups = 0
        var isBroken = false
    }

    let state: Mutex<State>

    init(_ state: State = State()) {
        self.state = Mutex(state)
    }

    /// Ada and Bob, who are staff; Carol, who is disabled; the group of nobody; two relying services.
    static func small() throws -> ListedDirectory {
        var state = State()
        state.people = [
            try person(
                "ada@example.com", name: "Ada Lovelace", aliases: ["countess@example.com", "ada"],
                groups: ["staff", "wiki"]),
            try person("bob@example.com", name: "Bob", groups: ["staff"]),
            try person("carol@example.com", name: "", groups: [], isDisabled: true),
        ]
        state.groups = [
            try group("empty", "Nobody", []), try group("staff", "", ["ada@example.com", "bob@example.com"]),
            try group("wiki", "Who writes the wiki", ["ada@example.com"]),
        ]
        state.services = [try service("nginx on web1", mayRead: false), try service("reader", mayRead: true)]
        return ListedDirectory(state)
    }

    /// `count` people, p00000@example.com and so on.
    static func crowd(_ count: Int) throws -> ListedDirectory {
        var state = State()
        state.people = try (0..<count).map { number in
            let digits = String(number)
            return try person(
                "p\(String(repeating: "0", count: 5 - digits.count))\(digits)@example.com", name: "Person \(number)",
                groups: [])
        }
        state.services = [try service("reader", mayRead: true)]
        return ListedDirectory(state)
    }

    static func person(
        _ login: String, name: String, aliases: [String] = [], groups: [String], isDisabled: Bool = false
    ) throws -> DirectoryPerson {
        var random = SplitMix64(seed: login.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) })
        let created = Timestamp(seconds: 1_795_507_500)
        return DirectoryPerson(
            account: Account(
                id: AccountID(at: created, using: &random), login: try #require(LoginName(login)),
                aliases: try aliases.map { try #require(LoginName($0)) }, name: name, created: created,
                disabled: isDisabled ? created : nil),
            groups: try groups.map { try #require(GroupName($0)) })
    }

    static func group(_ name: String, _ description: String, _ members: [String]) throws -> DirectoryGroup {
        DirectoryGroup(
            group: Group(
                id: .nobody, name: try #require(GroupName(name)), description: description,
                created: Timestamp(seconds: 1_795_507_500)),
            members: try members.map { try #require(LoginName($0)) })
    }

    static func service(_ name: String, mayRead: Bool) throws -> RelyingService {
        var random = SplitMix64(seed: UInt64(name.utf8.count))
        let created = Timestamp(seconds: 1_795_507_500)
        return RelyingService(
            id: Identifier(at: created, using: &random), name: name, services: [], mayReadDirectory: mayRead,
            created: created)
    }

    private func look<Value>(_ body: (inout State) -> Value) throws(StoreError) -> Value {
        let value: Value? = state.withLock { $0.isBroken ? nil : body(&$0) }
        guard let value else { throw StoreError("the disk is gone") }
        return value
    }

    func person(named name: LoginName) async throws(StoreError) -> DirectoryPerson? {
        try look { state in
            state.lookups += 1
            return [state.people.first { $0.account.login == name || $0.account.aliases.contains(name) }]
        }[0]
    }

    func people(after name: LoginName?, limit: Int) async throws(StoreError) -> [DirectoryPerson] {
        try look { state in
            state.pages += 1
            let first =
                name.map { name in state.people.firstIndex { $0.account.login > name } ?? state.people.count } ?? 0
            return Array(state.people[first...].prefix(limit))
        }
    }

    func group(named name: GroupName) async throws(StoreError) -> DirectoryGroup? {
        try look { state in [state.groups.first { $0.group.name == name }] }[0]
    }

    func groups(after name: GroupName?, limit: Int) async throws(StoreError) -> [DirectoryGroup] {
        try look { state in
            Array(state.groups.filter { group in name.map { group.group.name > $0 } ?? true }.prefix(limit))
        }
    }

    func relyingServices() async throws(StoreError) -> [RelyingService] {
        try look { $0.services }
    }

    func relyingService(
        bearing token: Secret, answer: @escaping @Sendable (Result<RelyingService?, StoreError>) -> Void
    ) {
        answer(
            state.withLock { state in
                if state.isBroken { return .failure(StoreError("the disk is gone")) }
                return .success(state.services.first { token.reveal() == "lks_\($0.name)" })
            })
    }
}
