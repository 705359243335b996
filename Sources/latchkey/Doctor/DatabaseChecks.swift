import LatchkeyCore
import Storage

/// The database as a whole, and the chain of its audit log.
struct DatabaseChecks {
    let house: Installation

    func run() async -> [Finding] {
        var findings: [Finding] = []
        do {
            let problems = try await house.database.integrityProblems()
            findings.append(
                problems.isEmpty
                    ? .good("database", "every page and index fits")
                    : .bad(
                        "database", "it is damaged: \(problems.joined(separator: "; "))",
                        fix: "Stop Latchkey and restore a back-up of \(Installation.databaseName)."))
            findings.append(try await chain())
        } catch {
            findings.append(
                .bad(
                    "database", "it cannot be read: \(error)",
                    fix: "Do what the text says; if nothing helps, restore a back-up."))
        }
        return findings
    }

    private func chain() async throws -> Finding {
        switch try await house.audit.verify() {
        case .intact(let count, let head):
            .good("audit log", "\(count) events, intact; head \(Hex.encode(head).prefix(16))…")
        case .broken(let place):
            .bad(
                "audit log", "broken at event \(place): it, or the one before it, is not what was written",
                fix: "Compare with an export kept elsewhere, and find out who could write to the database.")
        }
    }
}
