import Accounts
import ArgumentParser
import Foundation
import Keyring
import LatchkeyCore
import Settings
import Storage

/// `--config` and `--data`, which every command takes.
struct Place: ParsableArguments {
    @Option(help: ArgumentHelp("The configuration file.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("The data directory.", valueName: "directory"))
    var data: String?

    /// What `--config` names, else the data directory's own `latchkey.yaml` if there is one.
    var configurationFile: String? {
        let own = data.map { URL(filePath: $0).appending(path: Installation.configurationName).path }
        return config ?? own.flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }
    }

    /// The settings, with `--data` above what the file and the environment say.
    func settings() throws(CommandFailure) -> Settings {
        let file = configurationFile
        var environment = ProcessInfo.processInfo.environment
        if let data { environment["LATCHKEY_DATA"] = URL(filePath: data).standardizedFileURL.path }
        do {
            return try Settings.read(file: file, environment: environment)
        } catch {
            throw .configuration(error.description)
        }
    }

    func installation(patience: Double = SQLiteDatabase.commandPatience) async throws(CommandFailure) -> Installation {
        try await Installation(settings(), patience: patience)
    }
}

/// An opened data directory: the database, the keys, and what stands on them.
struct Installation: Sendable {
    static let databaseName = "latchkey.db"
    static let masterKeyName = "master.key"
    static let configurationName = "latchkey.yaml"

    let settings: Settings
    let directory: URL
    let database: SQLiteDatabase
    let keyring: Keyring
    let portal: PortalParts

    var accounts: SQLAccounts { SQLAccounts(database) }
    var appPasswords: SQLAppPasswords { SQLAppPasswords(database) }
    var audit: SQLAuditLog { SQLAuditLog(database) }
    var approvals: FirstUseApprovals { FirstUseApprovals(repository: SQLApprovals(database)) }
    var groups: SQLGroups { SQLGroups(database) }
    /// Who there is and who belongs together, as other programs may read it.
    var people: SQLDirectory { SQLDirectory(database) }
    var revocations: SQLRevocations { SQLRevocations(database) }
    var alertChoices: SQLAlertChoices { SQLAlertChoices(database) }
    var alertQueue: SQLAlertQueue { SQLAlertQueue(database, administrator: settings.mail.admin) }
    var revocationLinks: RevocationLinks {
        RevocationLinks(keyring: keyring, appPasswords: appPasswords, issuer: issuer, now: currentTime)
    }
    var relyingServices: SQLRelyingServices { SQLRelyingServices(database) }
    var issuer: AppPasswordIssuer { AppPasswordIssuer(repository: appPasswords, key: keyring.verifierKeys.current) }

    init(_ settings: Settings, patience: Double) async throws(CommandFailure) {
        guard let data = settings.data else {
            throw .configuration("no data directory: give --data DIRECTORY, or set data in the configuration file")
        }
        directory = URL(filePath: data)
        self.settings = settings
        let path = directory.appending(path: Self.databaseName).path
        guard FileManager.default.fileExists(atPath: path) else {
            throw .configuration("\(data) holds no Latchkey data: run latchkey init --data \(data) first")
        }
        do {
            guard let keyring = Keyring(try MasterKey.load(from: directory.appending(path: Self.masterKeyName).path))
            else {
                throw CommandFailure.configuration(
                    "\(data)/\(Self.masterKeyName) holds no key: restore it from its backup")
            }
            self.keyring = keyring
            database = try await SQLiteDatabase.open(path: path, patience: patience)
            try await Migrator().migrate(database)
            portal = PortalParts(
                database: database, keyring: keyring, settings: settings, trust: try settings.sso.trust())
        } catch let failure as CommandFailure {
            throw failure
        } catch let error as MasterKeyError {
            throw .configuration(error.description)
        } catch {
            throw CommandFailure(text: "\(error)")
        }
    }

    /// The page that a set-up link's token opens. While the portal has no address of its own it is on this machine.
    func setupURL(_ token: Secret) -> String {
        let port = if case .tcp(_, let port) = settings.portal.listen { port } else { 8080 }
        return "\(portalURL(port: port))/setup/\(token.reveal() ?? "")"
    }

    func portalURL(port: Int) -> String { settings.portal.url ?? "http://localhost:\(port)" }

    /// The account that `login` names, under its login name, an alias, or without its domain.
    func account(_ login: String) async throws -> Account {
        guard let name = LoginName(login)?.qualified(with: settings.domain) else {
            throw CommandFailure(text: "“\(login)” is no login name: write it like alice@example.com")
        }
        guard let account = try await accounts.account(named: name) else {
            throw CommandFailure(text: "there is no account \(name): see latchkey account list")
        }
        return account
    }

    func appPassword(_ id: String) async throws -> AppPassword {
        guard let id = AppPasswordID(id), let found = try await appPasswords.appPassword(id) else {
            throw CommandFailure(text: "there is no app password \(id): see latchkey app-password list --account LOGIN")
        }
        return found
    }
}

/// Who is at the command line, for the audit log.
let commandLineActor = AuditEvent.Actor.machineUser(NSUserName())

/// The moment, where the core is told the time.
@Sendable func currentTime() -> Timestamp {
    Timestamp(microseconds: Int64((Date().timeIntervalSince1970 * 1_000_000).rounded()))
}

/// Runs a command's work and turns whatever it throws into one line.
func reporting(_ work: () async throws -> Void) async throws {
    do {
        try await work()
    } catch let error as CommandFailure {
        throw error
    } catch let error as InvalidInput {
        throw CommandFailure(text: error.problems.map { "\($0.field): \($0.text)" }.joined(separator: "\n"))
    } catch let error as ExitCode {
        throw error
    } catch {
        throw CommandFailure(text: "\(error)")
    }
}
