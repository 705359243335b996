import Foundation
import Glibc

/// A server that was started to be measured, with the processes that it started itself.
final class ServerProcess {
    private let process: Process
    /// To end it, for those that end when their standard input does.
    private let input: Pipe?
    private let log: URL
    /// The process that is the server. What was started may have put it into the background and gone: see `follow`.
    private(set) var main: pid_t

    /// Starts `program` with its output in a file of `home`.
    init(_ program: String, _ arguments: [String], in home: URL, endsWithInput: Bool = false) throws {
        log = home.appending(path: "output-\(UUID().uuidString)")
        try Data().write(to: log)
        let output = try FileHandle(forWritingTo: log)
        process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.currentDirectoryURL = home
        process.standardOutput = output
        process.standardError = output
        input = endsWithInput ? Pipe() : nil
        process.standardInput = input ?? FileHandle.nullDevice
        try process.run()
        main = process.processIdentifier
    }

    deinit {
        stop()
    }

    /// Waits for `program` to end well: for the tools that set a server up.
    static func finish(_ program: String, _ arguments: [String], in home: URL) throws {
        let tool = try ServerProcess(program, arguments, in: home)
        tool.process.waitUntilExit()
        guard tool.process.terminationStatus == 0 else { throw tool.failure("\(program) failed") }
    }

    /// For a server that goes into the background: `file` has the number of the process that stays.
    ///
    /// Foundation takes a process for running as long as it has children: what was started cannot be waited for.
    func follow(pidFile file: URL) throws {
        for _ in 0..<200 {
            // Not there yet, if it cannot be read.
            if let text = try? String(contentsOf: file, encoding: .utf8),
                let number = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines))
            {
                main = number
                return
            }
            usleep(50_000)
        }
        throw failure("no process number in \(file.path)")
    }

    /// The main process and those it has started.
    var all: [pid_t] { [main] + children }

    private var children: [pid_t] {
        // Without /proc there are no figures at all; a process that ends meanwhile is none of them.
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.compactMap { pid_t($0) }.filter { candidate in
            guard let stat = try? String(contentsOfFile: "/proc/\(candidate)/stat", encoding: .utf8),
                let end = stat.lastIndex(of: ")")
            else { return false }
            let fields = stat[end...].split(separator: " ")
            return fields.count > 2 && fields[2] == "\(main)"
        }
    }

    /// By SIGKILL: a child inherits the signals that threads of our pool block, SIGTERM among them. One of ours ends with its input.
    func stop() {
        if let input {
            try? input.fileHandleForWriting.close()  // it is gone already if this fails
        } else if main != process.processIdentifier || process.isRunning {
            for process in children + [main] { kill(process, SIGKILL) }
        }
        process.waitUntilExit()
        main = process.processIdentifier
    }

    /// Waits for the first accepted answer.
    func firstAnswer(_ dialogue: any Dialogue, at endpoint: Endpoint) throws {
        let start = ContinuousClock.now
        let probe = LoadGenerator(dialogue: dialogue, endpoint: endpoint, connections: 1, inFlight: 1, requests: 1)
        while true {
            do {
                let outcome = try probe.run()
                guard outcome.refused == 0 else {
                    throw failure("the first sign-in at \(endpoint.listenAddress) was refused")
                }
                return
            } catch let error as LoadError {
                let isGone = main == process.processIdentifier && !process.isRunning
                guard !isGone, ContinuousClock.now - start < .seconds(60) else { throw failure("\(error)") }
                usleep(1_000)
            }
        }
    }

    private struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// `what`, with the last lines that it wrote.
    private func failure(_ what: String) -> any Error {
        // Without them the failure is told all the same.
        let lines = ((try? String(contentsOf: log, encoding: .utf8)) ?? "").split(separator: "\n").suffix(10)
        return Failure(description: ([what] + lines.map(String.init)).joined(separator: "\n  "))
    }
}
