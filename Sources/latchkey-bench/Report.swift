import Foundation
import Glibc

/// What the bench says, as Markdown that can be kept as it is; how far it has come goes to standard error.
enum Report {
    static func heading(_ text: String) { say("\n## \(text)\n") }

    static func progress(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }

    /// When, on what, and with which builds it was measured.
    static func preamble(accounts: Int, perAccount: Int, requests: Int) {
        let date = Date.now.formatted(.iso8601)
        say("# Latchkey, measured at \(date)\n")
        say("- \(processor), \(sysconf(CInt(_SC_NPROCESSORS_ONLN))) cores, \(memory) MiB, \(kernel)")
        say("- \(accounts) accounts with \(perAccount) app passwords each, \(requests) sign-ins a row")
        #if DEBUG
            say("- **a debug build: these figures mean nothing**")
        #endif
        for package in installed { say("- \(package)") }
    }

    fileprivate static func say(_ text: String) {
        print(text)
        fflush(nil)
    }

    /// The packages that peers come from, with their versions.
    private static var installed: [String] {
        let peers = MeasuredDoor.allCases.flatMap { $0.peers(accounts: 1) }
        let packages = Set(peers.filter(\.isInstalled).map { type(of: $0).package }).sorted()
        let query = Process()
        query.executableURL = URL(filePath: "/usr/bin/dpkg-query")
        query.arguments = ["--show", "--showformat", "${Package} ${Version}\n"] + packages
        let output = Pipe()
        query.standardOutput = output
        query.standardError = FileHandle.nullDevice
        // Shown only, and another system has no dpkg.
        guard (try? query.run()) != nil, let text = try? output.fileHandleForReading.readToEnd() else { return [] }
        query.waitUntilExit()
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private static var processor: String { field("model name", of: "/proc/cpuinfo") ?? "unknown processor" }

    private static var memory: Int {
        let kibibytes = field("MemTotal", of: "/proc/meminfo")?.split(separator: " ").first.flatMap { Int($0) }
        return (kibibytes ?? 0) / 1_024
    }

    private static var kernel: String {
        // Shown only; without it nothing is missing.
        let release = try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)
        return "Linux \(release?.trimmingCharacters(in: .newlines) ?? "")"
    }

    private static func field(_ name: String, of file: String) -> String? {
        // As above.
        let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
    }
}

/// A table, shown row by row; what else there is to say comes after it.
struct Table {
    private var notes: [String] = []

    init(_ columns: String...) {
        row(columns)
        Report.say("|" + String(repeating: "---|", count: columns.count))
    }

    func row(_ cells: String...) { row(cells) }

    private func row(_ cells: [String]) { Report.say("| " + cells.joined(separator: " | ") + " |") }

    mutating func note(_ text: String) { notes.append(text) }

    func end() {
        if !notes.isEmpty { Report.say("") }
        for note in notes { Report.say("- \(note)") }
    }
}

extension Double {
    var tenths: String { String(format: "%.1f", self) }
    var hundredths: String { String(format: "%.2f", self) }
}
