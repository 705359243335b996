import Crypto
import Foundation
import LatchkeyCore
import Storage

/// A database of accounts and app passwords to measure with. The same seed gives the same secrets, so none are kept.
struct Seed {
    let directory: URL
    let accounts: Int
    let perAccount: Int

    static let domain = "example.com"
    static let key = VerifierKey(id: 1, key: SymmetricKey(data: [UInt8](repeating: 7, count: 32)))
    /// 2026-01-01T00:00:00Z.
    static let epoch = Timestamp(seconds: 1_767_225_600)

    var path: String { directory.appending(path: "latchkey.db").path }

    static func login(_ number: Int) -> String { "user\(number)@\(domain)" }

    /// The account's id: a function of its number.
    static func account(_ number: Int) -> AccountID {
        var rng = Numbers(seed: UInt64(number))
        return AccountID(at: epoch, using: &rng)
    }

    static func secret(_ account: Int, _ place: Int) -> AppPasswordSecret {
        var rng = Numbers(seed: UInt64(account) << 8 | UInt64(place) | 1 << 48)
        return .generate(.standard, using: &rng)
    }

    /// The secret as a person would type it.
    static func shown(_ account: Int, _ place: Int) -> String {
        secret(account, place).display.reveal() ?? ""
    }

    /// `count` random app passwords with whose they are.
    static func credentials(_ count: Int, accounts: Int, places: Int) -> [Credentials] {
        var rng = Numbers(seed: 43)
        return (0..<count).map { _ in
            let account = Int.random(in: 0..<accounts, using: &rng)
            let place = Int.random(in: 0..<places, using: &rng)
            return Credentials(login: login(account), secret: shown(account, place))
        }
    }

    func open() async throws -> SQLiteDatabase {
        let database = try await SQLiteDatabase.open(path: path)
        try await Migrator().migrate(database)
        return database
    }

    /// Fills the database, sorted by primary key: the order in which a B-tree is cheapest to build.
    func fill() async throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let database = try await open()
        let chunk = 200_000
        for start in stride(from: 0, to: accounts, by: chunk) {
            let numbers = start..<min(start + chunk, accounts)
            try await database.transaction { try Self.insertAccounts(numbers, $0) }
        }
        Report.progress("\(accounts) accounts")
        var tags: [(tag: VerifierTag, account: Int, place: Int)] = []
        tags.reserveCapacity(accounts * perAccount)
        for account in 0..<accounts {
            let id = Self.account(account)
            for place in 0..<perAccount {
                tags.append((Self.key.tag(for: Self.secret(account, place), of: id), account, place))
            }
        }
        tags.sort { $0.tag.octets.lexicographicallyPrecedes($1.tag.octets) }
        Report.progress("\(tags.count) app passwords hashed")
        for start in stride(from: 0, to: tags.count, by: chunk) {
            let slice = Array(tags[start..<min(start + chunk, tags.count)])
            try await database.transaction { try Self.insertAppPasswords(slice, $0) }
        }
        Report.progress("\(tags.count) app passwords stored")
    }

    private static func insertAccounts(_ numbers: Range<Int>, _ connection: any Connection) throws {
        for number in numbers {
            let id = SQLValue.blob(account(number).octets)
            let login = SQLValue.text(login(number))
            try connection.execute(
                "INSERT INTO account (id, login, name, roles, created) VALUES (?, ?, ?, '', ?)",
                [id, login, .text("User \(number)"), .integer(epoch.microseconds)])
            try connection.execute("INSERT INTO login_name (name, account) VALUES (?, ?)", [login, id])
        }
    }

    private static func insertAppPasswords(
        _ rows: [(tag: VerifierTag, account: Int, place: Int)], _ connection: any Connection
    ) throws {
        for row in rows {
            var rng = Numbers(seed: UInt64(row.account) << 8 | UInt64(row.place) | 1 << 49)
            try connection.execute(
                """
                INSERT INTO app_password
                    (verifier, key_id, id, account, name, application, services, networks, format, created)
                VALUES (?, 1, ?, ?, 'Thunderbird', 'email-client', 'imap pop3 smtp', '', 'standard', ?)
                """,
                [
                    .blob(row.tag.octets), .blob(AppPasswordID(at: epoch, using: &rng).octets),
                    .blob(account(row.account).octets), .integer(epoch.microseconds),
                ])
        }
    }
}

/// Seeded numbers: `SplitMix64`, which a measurement needs as tests do, without their library.
struct Numbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
