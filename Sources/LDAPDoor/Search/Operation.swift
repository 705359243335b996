import LatchkeyCore

/// What takes its time: a search or a comparison, for whoever had bound when it was asked for.
struct Operation: Sendable {
    enum Kind: Sendable {
        case search(SearchRequest, Controls.Paging?)
        case compare(CompareRequest)
    }

    let id: Int32
    let kind: Kind
    let identity: Identity
    /// The server's own entry, as it is on this connection.
    let root: Entry

    /// The last response; nil if nobody waits for one.
    func run(
        in tree: Tree, _ directory: any Directory, allowsAnonymous: Bool, _ send: @escaping Search.Send
    ) async throws(StoreError) -> Response? {
        switch kind {
        case .search(let request, let paging):
            // Asked for the size alone, or not to go on (RFC 2696 §3): we count nothing and keep nothing.
            if paging?.size == 0 { return finished(.success) }
            var start: Position?
            if let cookie = paging?.cookie, !cookie.isEmpty {
                guard let position = Position(cookie: cookie) else {
                    return finished(LDAPResult(.unwillingToPerform, "the cookie is none of this server's"))
                }
                start = position
            }
            let (base, found) = try await reach(request.base, in: tree, directory, allowsAnonymous)
            switch found {
            case .failed(let result): return finished(result)
            case .server(let entry):
                if request.scope == .base || base == .subschema && request.scope == .subtree {
                    return await finish(request, with: entry, in: tree, send)
                }
                guard base == .root else { return finished(.success) }
                // Below the root there is the one tree.
                guard let reader = try await reader(tree, directory, allowsAnonymous) else {
                    return finished(Self.hidden)
                }
                var search = Search(id: id, request, paging, from: start, at: base, reader, send)
                return try await search.run()
            case .tree(let reader):
                if try await reader.entry(at: base) == nil {
                    let above = base.above.map { reader.tree.name(of: $0) } ?? ""
                    return finished(LDAPResult(.noSuchObject, matchedDN: above))
                }
                var search = Search(id: id, request, paging, from: start, at: base, reader, send)
                return try await search.run()
            }
        case .compare(let request):
            return .compare(id: id, try await compare(request, in: tree, directory, allowsAnonymous))
        }
    }

    /// The directory could not be read.
    var unavailable: Response { finished(LDAPResult(.unavailable, "the directory cannot be read now")) }

    static let hidden = LDAPResult(
        .insufficientAccessRights, "bind as somebody who may read the directory: a person sees their own entry")

    private enum Found {
        case server(Entry)
        case tree(TreeReader)
        case failed(LDAPResult)
    }

    /// Where a name leads this reader.
    private func reach(
        _ name: String, in tree: Tree, _ directory: any Directory, _ allowsAnonymous: Bool
    ) async throws(StoreError) -> (Place, Found) {
        switch tree.resolve(name) {
        case .invalid: return (.root, .failed(LDAPResult(.invalidDNSyntax)))
        case .nothing(let above):
            return (.root, .failed(LDAPResult(.noSuchObject, matchedDN: tree.name(of: above))))
        case .place(.root, _): return (.root, .server(root))
        case .place(.subschema, _): return (.subschema, .server(.subschema))
        case .place(let place, let tree):
            guard let reader = try await reader(tree, directory, allowsAnonymous) else {
                return (place, .failed(Self.hidden))
            }
            return (place, .tree(reader))
        }
    }

    private func reader(
        _ tree: Tree, _ directory: any Directory, _ allowsAnonymous: Bool
    ) async throws(StoreError) -> TreeReader? {
        try await VisibleDirectory(directory, for: identity, allowsAnonymous: allowsAnonymous)
            .map { TreeReader(tree: tree, directory: $0) }
    }

    /// A search of one of the server's own entries.
    private func finish(
        _ request: SearchRequest, with entry: Entry, in tree: Tree, _ send: Search.Send
    ) async -> Response? {
        if Condition(request.filter, in: tree).evaluate(entry, in: tree) == .yes {
            var writer = BERWriter()
            entry.write(
                id: id, Selection(request.attributes), typesOnly: request.typesOnly, in: tree, to: &writer)
            guard await send(writer.take()) else { return nil }
        }
        return finished(.success)
    }

    private func finished(_ result: LDAPResult) -> Response {
        if case .search(_, let paging) = kind { return .searchDone(id: id, result, cookie: paging == nil ? nil : []) }
        return .compare(id: id, result)
    }
}

// MARK: - Comparing

extension Operation {
    /// RFC 4511 §4.10.
    private func compare(
        _ request: CompareRequest, in tree: Tree, _ directory: any Directory, _ allowsAnonymous: Bool
    ) async throws(StoreError) -> LDAPResult {
        guard let type = AttributeType.named(request.attribute) else { return LDAPResult(.noSuchAttribute) }
        if type == .userPassword {
            return LDAPResult(.unwillingToPerform, "passwords are checked by a bind, and never compared")
        }
        let (base, found) = try await reach(request.entry, in: tree, directory, allowsAnonymous)
        let entry: Entry
        switch found {
        case .failed(let result): return result
        case .server(let own): entry = own
        case .tree(let reader):
            guard let own = try await reader.entry(at: base) else { return LDAPResult(.noSuchObject) }
            entry = own
        }
        guard !entry.values(of: type).isEmpty else { return LDAPResult(.noSuchAttribute) }
        let truth = Condition(.equal(request.attribute, request.value), in: tree).evaluate(entry, in: tree)
        return LDAPResult(truth == .yes ? .compareTrue : .compareFalse)
    }
}
