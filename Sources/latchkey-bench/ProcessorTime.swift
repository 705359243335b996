import Foundation
import Glibc

/// Processor time, user and system together: the steady figure on a machine that others share.
enum ProcessorTime {
    /// Of this process, in microseconds.
    static func ofThisProcess() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return microseconds(usage.ru_utime) + microseconds(usage.ru_stime)
    }

    /// Of other processes, in microseconds, to the kernel's clock tick (10 ms).
    static func of(_ processes: [pid_t]) -> Double {
        let perTick = 1_000_000 / Double(sysconf(CInt(_SC_CLK_TCK)))
        return processes.reduce(0) { total, process in
            guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return total }
            // The name in parentheses may hold blanks: count from behind it (proc(5): utime and stime are fields 14 and 15).
            let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
            guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else {
                return total
            }
            return total + (user + system) * perTick
        }
    }

    /// Resident memory in MiB.
    static func residentMemory(of process: pid_t) -> Double {
        let fields =
            (try? String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8))?.split(separator: " ") ?? []
        guard fields.count > 1, let pages = Double(fields[1]) else { return 0 }
        return pages * Double(sysconf(CInt(_SC_PAGESIZE))) / 1_048_576
    }

    private static func microseconds(_ time: timeval) -> Double {
        Double(time.tv_sec) * 1_000_000 + Double(time.tv_usec)
    }
}
