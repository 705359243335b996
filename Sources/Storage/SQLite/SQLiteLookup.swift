import Foundation
import GRDBSQLite
import LatchkeyCore

/// A read-only connection with its statements compiled once: what a verdict costs is here.
///
/// Not thread-safe: one caller at a time (`SQLiteCredentialStore` sees to it).
final class SQLiteLookup {
    private let handle: OpaquePointer
    private var statements: [OpaquePointer] = []
    /// Few different scopes are in use, however many app passwords: each is read once.
    private var scopes: [String: Set<Service>] = [:]
    private static let maximumScopes = 1_024
    /// And few different sets of groups.
    private var groups: [String: [GroupName]] = [:]
    private static let maximumGroupSets = 1_024
    private let remembered: RememberedRows
    private let readsApprovals: Bool

    /// Without `readsApprovals` nothing is asked, or spent, on what owners say of networks.
    init(path: String, remembered: RememberedRows, readsApprovals: Bool) throws(StoreError) {
        self.remembered = remembered
        self.readsApprovals = readsApprovals
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX
        let code = sqlite3_open_v2(path, &handle, flags, nil)
        guard let handle, code == SQLITE_OK else {
            sqlite3_close_v2(handle)
            throw StoreError("database \(path) cannot be opened for reading: \(String(cString: sqlite3_errstr(code)))")
        }
        self.handle = handle
        // Readers wait for nobody in WAL mode but a recovery after a crash, which is short.
        sqlite3_busy_timeout(handle, 2_000)
        // Not mapped: SQLite would unmap the file at every commit that somebody makes.
        for pragma in ["PRAGMA mmap_size = 0", "PRAGMA cache_size = -65536", "PRAGMA query_only = 1"] {
            guard sqlite3_exec(handle, pragma, nil, nil, nil) == SQLITE_OK else { throw failure("cannot be set up") }
        }
        for query in Query.allCases {
            var statement: OpaquePointer?
            guard
                sqlite3_prepare_v3(handle, query.sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
                    == SQLITE_OK,
                let statement
            else { throw failure("does not have the schema of this version") }
            statements.append(statement)
        }
    }

    deinit {
        statements.forEach { sqlite3_finalize($0) }
        sqlite3_close_v2(handle)
    }

    private enum Query: Int, CaseIterable {
        case version, account, credential, approvals, relyingService

        var sql: String {
            switch self {
            case .version: "SELECT version FROM standing WHERE one = 1"
            case .account:
                """
                SELECT a.id, a.login, a.name, a.disabled IS NOT NULL, a.group_names
                FROM login_name n JOIN account a ON a.id = n.account WHERE n.name = ?1
                """
            case .credential:
                """
                SELECT id, services, networks, expires, ended, predecessor IS NOT NULL, account
                FROM app_password WHERE verifier = ?1
                """
            case .approvals: "SELECT network, state FROM approval WHERE app_password = ?1 AND state <> 'waiting'"
            case .relyingService:
                "SELECT id, name, services, created, may_read_directory FROM relying_service WHERE token_hash = ?1"
            }
        }
    }

    /// All of `questions` in one transaction, so from one state of the database.
    func find(_ questions: [CredentialQuestion], keys: VerifierKeys) throws(StoreError) -> [CredentialFinding] {
        // A statement that has not been reset keeps its read transaction open, and the others join it.
        let statement = statements[Query.version.rawValue]
        defer { sqlite3_reset(statement) }
        guard try step(statement) else { throw StoreError("the database does not say its version") }
        let version = sqlite3_column_int64(statement, 0)
        var findings: [CredentialFinding] = []
        findings.reserveCapacity(questions.count)
        for question in questions {
            if let known = recall(question, keys: keys, at: version) {
                findings.append(known)
            } else {
                findings.append(try find(question, keys: keys, at: version))
            }
        }
        return findings
    }

    /// The answer where account and app password have been read before. Nothing else is answered from memory: what fails takes the same
    /// look-ups whether its account is remembered or not, so that the time taken does not tell which accounts there are.
    private func recall(_ question: CredentialQuestion, keys: VerifierKeys, at version: Int64) -> CredentialFinding? {
        guard let secret = question.secret, let account = remembered.account(named: question.login, at: version)
        else { return nil }
        let tag = keys.current.tag(for: secret, of: account.standing.id)
        guard let credential = account.credential(tag) else { return nil }
        return CredentialFinding(account: account.standing, credential: credential, digest: tag.digest)
    }

    private func find(
        _ question: CredentialQuestion, keys: VerifierKeys, at version: Int64
    ) throws(StoreError) -> CredentialFinding {
        let account = try account(named: question.login)
        guard let secret = question.secret else { return CredentialFinding(account: account) }
        // For a name that nobody has the same is done, for nobody: the time taken tells nothing.
        let owner = account?.id ?? .nobody
        let tag = keys.current.tag(for: secret, of: owner)
        var finding = CredentialFinding(account: account, digest: tag.digest)
        if let credential = try credential(tag, owner, retag: nil) {
            finding.credential = credential
            if let account { remembered.keep(account, credential, tag, as: question.login, at: version) }
            return finding
        }
        for key in keys.older {
            let old = key.tag(for: secret, of: owner)
            let retag = StoredCredential.Retag(old: old, new: tag, keyID: keys.current.id)
            if let credential = try credential(old, owner, retag: retag) {
                finding.credential = credential
                break
            }
        }
        return finding
    }

    private func account(named login: LoginName) throws(StoreError) -> AccountStanding? {
        let statement = statements[Query.account.rawValue]
        defer { sqlite3_reset(statement) }
        var name = login.text
        name.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { text in
                _ = sqlite3_bind_text(statement, 1, text.baseAddress, CInt(text.count), sqliteTransient)
            }
        }
        guard try step(statement) else { return nil }
        guard let id = AccountID(octets: octets(statement, 0)), let own = LoginName(text(statement, 1)) else {
            throw StoreError("the database holds an account without id or login name")
        }
        return AccountStanding(
            id: id, login: own, name: text(statement, 2), isDisabled: sqlite3_column_int(statement, 3) != 0,
            groups: sqlite3_column_bytes(statement, 4) == 0 ? [] : try groups(text(statement, 4)))
    }

    private func credential(
        _ tag: VerifierTag, _ owner: AccountID, retag: StoredCredential.Retag?
    ) throws(StoreError) -> StoredCredential? {
        let statement = statements[Query.credential.rawValue]
        defer { sqlite3_reset(statement) }
        tag.withOctets { _ = sqlite3_bind_blob(statement, 1, $0.baseAddress, CInt($0.count), sqliteTransient) }
        guard try step(statement) else { return nil }
        // The tag covers the account, so it cannot be another's; a database changed by hand could still say so.
        guard let id = AppPasswordID(octets: octets(statement, 0)), AccountID(octets: octets(statement, 6)) == owner
        else {
            throw StoreError("the database holds an app password that is not its account's")
        }
        return StoredCredential(
            id: id, services: services(text(statement, 1)),
            networks: sqlite3_column_bytes(statement, 2) == 0 ? [] : StoredScope.networks(text(statement, 2)),
            expires: moment(statement, 3), endTime: moment(statement, 4),
            hasPredecessor: sqlite3_column_int(statement, 5) != 0, retag: retag,
            approvals: readsApprovals ? try approvals(of: id) : nil)
    }

    private func approvals(of appPassword: AppPasswordID) throws(StoreError) -> NetworkApprovals {
        let statement = statements[Query.approvals.rawValue]
        defer { sqlite3_reset(statement) }
        appPassword.octets.withUnsafeBytes {
            _ = sqlite3_bind_blob(statement, 1, $0.baseAddress, CInt($0.count), sqliteTransient)
        }
        var approvals = NetworkApprovals()
        while try step(statement) {
            guard let network = ClientNetwork(text(statement, 0)) else {
                throw StoreError("the database holds an approval of what is no network")
            }
            if text(statement, 1) == FirstUseApprovals.Decision.approved.rawValue {
                approvals.approved.insert(network)
            } else {
                approvals.denied.insert(network)
            }
        }
        return approvals
    }

    func relyingService(tokenHash: [UInt8]) throws(StoreError) -> RelyingService? {
        let statement = statements[Query.relyingService.rawValue]
        defer { sqlite3_reset(statement) }
        tokenHash.withUnsafeBytes {
            _ = sqlite3_bind_blob(statement, 1, $0.baseAddress, CInt($0.count), sqliteTransient)
        }
        guard try step(statement) else { return nil }
        guard let id = Identifier<RelyingService>(octets: octets(statement, 0)) else {
            throw StoreError("the database holds a relying service without id")
        }
        return RelyingService(
            id: id, name: text(statement, 1), services: services(text(statement, 2)),
            mayReadDirectory: sqlite3_column_int(statement, 4) != 0,
            created: Timestamp(microseconds: sqlite3_column_int64(statement, 3)))
    }

    private func services(_ text: String) -> Set<Service> {
        if let known = scopes[text] { return known }
        if scopes.count >= Self.maximumScopes { scopes.removeAll() }
        let read = StoredScope.services(text)
        scopes[text] = read
        return read
    }

    private func groups(_ text: String) throws(StoreError) -> [GroupName] {
        if let known = groups[text] { return known }
        if groups.count >= Self.maximumGroupSets { groups.removeAll() }
        let read = try StoredGroups.names(text)
        groups[text] = read
        return read
    }

    // MARK: SQLite

    private func step(_ statement: OpaquePointer) throws(StoreError) -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw failure("cannot be read")
        }
    }

    private func failure(_ what: String) -> StoreError {
        StoreError("database \(what): \(String(cString: sqlite3_errmsg(handle)))")
    }

    private func octets(_ statement: OpaquePointer, _ column: CInt) -> UnsafeRawBufferPointer {
        let count = Int(sqlite3_column_bytes(statement, column))
        return UnsafeRawBufferPointer(start: sqlite3_column_blob(statement, column), count: count)
    }

    private func text(_ statement: OpaquePointer, _ column: CInt) -> String {
        guard let start = sqlite3_column_text(statement, column) else { return "" }
        let count = Int(sqlite3_column_bytes(statement, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    private func moment(_ statement: OpaquePointer, _ column: CInt) -> Timestamp? {
        guard sqlite3_column_type(statement, column) != SQLITE_NULL else { return nil }
        return Timestamp(microseconds: sqlite3_column_int64(statement, column))
    }
}
