import LatchkeyCore

@testable import LDAPDoor

/// A whole connection of the LDAP door: the first two octets say where the rest is cut in two, and the cut must change nothing.
/// Verdicts come at once, by the first octet of the secret. Searches are evaluated on the entries of a small directory.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard count >= 2 else { return 0 }
    let input = UnsafeRawBufferPointer(start: start, count: count)
    let octets = UnsafeRawBufferPointer(rebasing: input[2...])
    let cut = (Int(input[0]) << 8 | Int(input[1])) % (octets.count + 1)

    var whole = Connection()
    whole.receive(octets)
    var parts = Connection()
    parts.receive(UnsafeRawBufferPointer(rebasing: octets[..<cut]))
    parts.receive(UnsafeRawBufferPointer(rebasing: octets[cut...]))
    guard whole.output.octets == parts.output.octets, whole.reason == parts.reason else {
        fatalError("the cut changes the answers")
    }
    whole.output.octets.withUnsafeBytes { output in
        var reader = BERReader(output)
        while !reader.isAtEnd {
            guard (try? reader.read(BERTag.sequence)) != nil else { fatalError("an answer is no message") }
        }
    }
    return 0
}

/// What the door's handler does, without its channel.
private struct Connection {
    private(set) var output = BERWriter()
    private(set) var reason: CloseReason?
    private var messages = MessageSplitter()
    private var session: Session
    private let tree: Tree

    init() {
        var configuration = LDAPDoor.Configuration(base: DistinguishedName(domain: "example.com"), domain: "example.com")
        configuration.offersStartTLS = true
        session = Session(configuration, isLocal: true, isEncrypted: false)
        tree = Tree(base: configuration.base, domain: configuration.domain)
    }

    mutating func receive(_ octets: UnsafeRawBufferPointer) {
        guard reason == nil else { return }
        messages.append(octets)
        do throws(ProtocolFault) {
            while reason == nil {
                if let action = session.next() {
                    carryOut(action)
                } else if session.takesMessages,
                    let message = try messages.next(
                        limit: session.messageLimit,
                        { (octets) throws(ProtocolFault) in try Message(octets) })
                {
                    carryOut(session.handle(.message(message)))
                } else {
                    return
                }
            }
        } catch {
            reason = .fault(error)
        }
    }

    private mutating func carryOut(_ action: Session.Action) {
        switch action {
        case .none, .abandon: break
        case .reply(let response), .warn(let response): response.write(to: &output)
        case .encrypt(let response):
            // What follows would come encrypted; here it may be cut off or not, so nothing follows.
            response.write(to: &output)
            reason = .unbind
        case .verify(let attempt, let ticket): carryOut(session.handle(.verdict(Self.verdict(on: attempt), ticket)))
        case .identify(let token, let ticket):
            let bearer = token.withBytes { $0.first == UInt8(ascii: "r") } ? Self.reader : nil
            carryOut(session.handle(.bearer(.success(bearer), ticket)))
        case .hold(_, let ticket): carryOut(session.handle(.released(ticket)))
        case .operate(let operation, let ticket):
            answer(operation)
            carryOut(session.handle(.finished(ticket)))
        case .close(let why): reason = why
        }
    }

    private mutating func answer(_ operation: Operation) {
        switch operation.kind {
        case .search(let request, let paging):
            let condition = Condition(request.filter, in: tree)
            _ = Candidates(condition, .people)
            _ = Candidates(condition, .groups)
            _ = paging.flatMap { Position(cookie: $0.cookie) }
            var tree = tree
            if case .place(let place, let view) = tree.resolve(request.base) {
                tree = view
                guard case .place(place, _) = tree.resolve(tree.name(of: place)) else { fatalError("a name is not read back") }
            }
            for entry in Self.entries(operation.root) where condition.evaluate(entry, in: tree) == .yes {
                entry.write(
                    id: operation.id, Selection(request.attributes), typesOnly: request.typesOnly, in: tree, to: &output)
            }
            Response.searchDone(id: operation.id, .success).write(to: &output)
        case .compare(let request):
            let condition = Condition(.equal(request.attribute, request.value), in: tree)
            let truth = condition.evaluate(Self.entries(operation.root)[0], in: tree)
            Response.compare(id: operation.id, LDAPResult(truth == .yes ? .compareTrue : .compareFalse)).write(to: &output)
        }
    }

    private static let created = Timestamp(seconds: 1_795_507_500)
    private static let reader = RelyingService(
        id: .nobody, name: "reader", services: [], mayReadDirectory: true, created: created)

    private static func entries(_ root: Entry) -> [Entry] {
        let logins = ["ada@example.com", "o'neil,b+c@example.com"].compactMap { LoginName($0) }
        let groups = ["staff"].compactMap { GroupName($0) }
        let people = logins.map { login in
            DirectoryPerson(
                account: Account(id: .nobody, login: login, name: "Ada  Lovelace", created: created), groups: groups)
        }
        return people.map { Entry($0) }
            + groups.map { name in
                Entry(
                    DirectoryGroup(group: Group(id: .nobody, name: name, description: "#x ", created: created), members: logins))
            } + [root, Entry(reader)]
    }

    private static func verdict(on attempt: Attempt) -> Verdict {
        switch attempt.secret.withBytes({ $0.first }) {
        case UInt8(ascii: "h"): .refused(.unknown, hold: .seconds(1))
        case UInt8(ascii: "u"): .refused(.unavailable)
        case UInt8(ascii: "w"): .refused(.unknown)
        default:
            if let login = LoginName(attempt.authcid) {
                .accepted(Acceptance(account: .nobody, login: login, name: "", appPassword: .nobody))
            } else {
                .refused(.malformed)
            }
        }
    }
}
