import LatchkeyCore

/// One search, carried out in steps that hold a page of the directory each.
struct Search: Sendable {
    /// People or groups that are looked at together.
    static let pageSize = 256
    /// Octets of entries that are written together.
    static let batchLength = 32_768
    /// No search goes on for longer, whatever its client allows.
    static let longest = Duration.seconds(60)

    /// Takes some of the entries, encoded; returns when there is room for more, with false if nobody wants them any more.
    typealias Send = @Sendable ([UInt8]) async -> Bool

    /// Why a search stops before its end.
    enum Stop: Error {
        case sizeLimit
        case timeLimit
        /// The page is full.
        case page(Position)
        case abandoned
        case store(StoreError)
    }

    let id: Int32
    let request: SearchRequest
    let paging: Controls.Paging?
    let reader: TreeReader
    let base: Place
    private let condition: Condition
    private let selection: Selection
    private let start: Position?
    private let deadline: ContinuousClock.Instant
    private let send: Send

    private var writer = BERWriter()
    private var count: Int32 = 0
    private var last: Position?

    /// `start` is where the page asked for begins.
    init(
        id: Int32, _ request: SearchRequest, _ paging: Controls.Paging?, from start: Position?, at base: Place,
        _ reader: TreeReader, _ send: @escaping Send
    ) {
        self.id = id
        self.request = request
        self.paging = paging
        self.start = start
        self.base = base
        self.reader = reader
        self.send = send
        condition = Condition(request.filter, in: reader.tree)
        selection = Selection(request.attributes)
        let allowed = request.timeLimit > 0 ? Duration.seconds(Int64(request.timeLimit)) : Self.longest
        deadline = .now + min(allowed, Self.longest)
    }

    /// The response that ends the search; nil if nobody waits for one.
    mutating func run() async throws(StoreError) -> Response? {
        var result = LDAPResult.success
        var cookie: [UInt8] = []
        do throws(Stop) {
            try await walk()
        } catch {
            switch error {
            case .sizeLimit: result = LDAPResult(.sizeLimitExceeded)
            case .timeLimit: result = LDAPResult(.timeLimitExceeded)
            case .page(let position): cookie = position.cookie
            case .abandoned: return nil
            case .store(let error): throw error
            }
        }
        if !writer.octets.isEmpty {
            guard await send(writer.take()) else { return nil }
        }
        return .searchDone(id: id, result, cookie: paging == nil ? nil : cookie)
    }

    private mutating func walk() async throws(Stop) {
        guard base.isContainer else {
            guard base.isReached(from: base, request.scope) else { return }
            if let entry = try await looked({ () throws(StoreError) in try await reader.entry(at: base) }) {
                try await consider(entry, at: Position(.suffix))
            }
            return
        }
        for section in Position.Section.allCases where !(start?.isPast(section) ?? false) {
            try await walk(section)
        }
    }

    private mutating func walk(_ section: Position.Section) async throws(Stop) {
        switch section {
        case .suffix: try await consider(container: .suffix, section)
        case .people: try await consider(container: .people, section)
        case .groups: try await consider(container: .groups, section)
        case .services: try await consider(container: .services, section)
        case .persons: if reaches(below: .people) { try await walkPeople() }
        case .group: if reaches(below: .groups) { try await walkGroups() }
        case .service: if reaches(below: .services) { try await walkServices() }
        }
    }

    /// Whether entries that stand in `container` are searched.
    private func reaches(below container: Place) -> Bool {
        switch request.scope {
        case .base: false
        case .one: container == base
        case .subtree, .children: container.isReached(from: base, .subtree)
        }
    }

    private mutating func consider(container: Place, _ section: Position.Section) async throws(Stop) {
        guard container.isReached(from: base, request.scope),
            let entry = try await looked({ () throws(StoreError) in try await reader.entry(at: container) })
        else { return }
        try await consider(entry, at: Position(section))
    }

    private mutating func consider(_ entry: Entry, at position: Position) async throws(Stop) {
        guard ContinuousClock.now < deadline else { throw .timeLimit }
        guard condition.evaluate(entry, in: reader.tree) == .yes else { return }
        let limit = request.sizeLimit
        // A page that holds as many as may be found is the only one (RFC 2696 §3).
        if let paging, limit == 0 || paging.size < limit, count >= paging.size { throw .page(last ?? position) }
        if limit > 0, count >= limit { throw .sizeLimit }
        entry.write(id: id, selection, typesOnly: request.typesOnly, in: reader.tree, to: &writer)
        count += 1
        last = position
        if writer.octets.count >= Self.batchLength {
            guard await send(writer.take()) else { throw .abandoned }
        }
    }

    private func looked<Value: Sendable>(
        _ body: () async throws(StoreError) -> Value
    ) async throws(Stop) -> Value {
        do throws(StoreError) { return try await body() } catch { throw .store(error) }
    }
}

// MARK: - Sections

extension Search {
    private mutating func walkPeople() async throws(Stop) {
        var after = start?.name(in: .persons).flatMap { LoginName($0) }
        if case .named(let names) = Candidates(condition, .people) {
            var found: [LoginName: DirectoryPerson] = [:]
            for login in names.compactMap({ LoginName($0) }) {
                // Two names may be the same person's.
                let person = try await looked { () throws(StoreError) in try await reader.directory.person(named: login)
                }
                if let person { found[person.account.login] = person }
            }
            for (login, person) in found.sorted(by: { $0.key < $1.key }) where after.map({ login > $0 }) ?? true {
                try await consider(Entry(person), at: Position(.persons, login.text))
            }
            return
        }
        repeat {
            let name = after
            let page = try await looked { () throws(StoreError) in
                try await reader.directory.people(after: name, limit: Self.pageSize)
            }
            for person in page.items {
                try await consider(Entry(person), at: Position(.persons, person.account.login.text))
            }
            guard !Task.isCancelled else { throw .abandoned }
            after = page.next
        } while after != nil
    }

    private mutating func walkGroups() async throws(Stop) {
        var after = start?.name(in: .group).flatMap { GroupName($0) }
        if case .named(let names) = Candidates(condition, .groups) {
            for name in Set(names.compactMap { GroupName($0) }).sorted() where after.map({ name > $0 }) ?? true {
                let group = try await looked { () throws(StoreError) in try await reader.directory.group(named: name) }
                if let group { try await consider(Entry(group), at: Position(.group, name.text)) }
            }
            return
        }
        repeat {
            let name = after
            let page = try await looked { () throws(StoreError) in
                try await reader.directory.groups(after: name, limit: Self.pageSize)
            }
            for group in page.items {
                try await consider(Entry(group), at: Position(.group, group.group.name.text))
            }
            guard !Task.isCancelled else { throw .abandoned }
            after = page.next
        } while after != nil
    }

    private mutating func walkServices() async throws(Stop) {
        let after = start?.name(in: .service)
        let services = try await looked { () throws(StoreError) in try await reader.directory.services() }
        // Names need not be unique, but positions must go on.
        for service in services.sorted(by: { ($0.name, $0.created) < ($1.name, $1.created) })
        where after.map({ service.name > $0 }) ?? true {
            try await consider(Entry(service), at: Position(.service, service.name))
        }
    }
}

extension Place {
    fileprivate var isContainer: Bool {
        switch self {
        case .root, .suffix, .people, .groups, .services: true
        case .subschema, .person, .group, .service: false
        }
    }
}
