import Foundation
import Glibc
import LatchkeyCore

/// A Dovecot SASL client that keeps a number of connections full, on one thread with poll: cheap enough not to be what is measured.
struct LoadGenerator {
    let socket: String
    let connections: Int
    /// Requests that each connection has under way at once.
    let inFlight: Int
    let requests: Int
    /// `resp=` of a request: base64 of NUL name NUL secret. Reused in turn.
    let responses: [[UInt8]]

    struct Outcome {
        var accepted = 0
        var refused = 0
        var elapsed = Duration.zero
        /// Microseconds from sending to answer, sorted.
        var latencies: [Double] = []

        func percentile(_ share: Double) -> Double {
            latencies.isEmpty ? 0 : latencies[min(latencies.count - 1, Int(Double(latencies.count) * share))]
        }
    }

    private final class Connection {
        let descriptor: CInt
        var sentAt: [UInt32: ContinuousClock.Instant] = [:]
        var pending: [UInt8] = []
        var nextID: UInt32 = 1

        init(descriptor: CInt) {
            self.descriptor = descriptor
        }

        deinit {
            close(descriptor)
        }
    }

    func run() throws -> Outcome {
        let all = try (0..<connections).map { _ in try connect() }
        var polled = all.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        var outcome = Outcome()
        outcome.latencies.reserveCapacity(requests)
        var sent = 0
        let start = ContinuousClock.now
        for connection in all {
            try send(min(inFlight, requests - sent), on: connection, sent: &sent)
        }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while outcome.accepted + outcome.refused < requests {
            guard poll(&polled, nfds_t(polled.count), 20_000) > 0 else {
                throw LoadError("no answer within 20 s", errno)
            }
            for (connection, polled) in zip(all, polled) where polled.revents != 0 {
                let received = read(connection.descriptor, &buffer, buffer.count)
                guard received > 0 else { throw LoadError("the server closed a connection", errno) }
                connection.pending.append(contentsOf: buffer[..<received])
                let answered = take(from: connection, &outcome)
                try send(min(answered, requests - sent), on: connection, sent: &sent)
            }
        }
        outcome.elapsed = ContinuousClock.now - start
        outcome.latencies.sort()
        return outcome
    }

    private func connect() throws -> Connection {
        let descriptor = Glibc.socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw LoadError("socket", errno) }
        let connection = Connection(descriptor: descriptor)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array(socket.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard connected == 0 else { throw LoadError("connect \(socket)", errno) }
        var greeting: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while !greeting.suffix(5).elementsEqual("DONE\n".utf8) {
            let received = read(descriptor, &buffer, buffer.count)
            guard received > 0 else { throw LoadError("no greeting", errno) }
            greeting += buffer[..<received]
        }
        try write(Array("VERSION\t1\t2\nCPID\t\(getpid())\n".utf8), to: descriptor)
        return connection
    }

    private func send(_ count: Int, on connection: Connection, sent: inout Int) throws {
        guard count > 0 else { return }
        var lines: [UInt8] = []
        let now = ContinuousClock.now
        for _ in 0..<count {
            let id = connection.nextID
            connection.nextID += 1
            connection.sentAt[id] = now
            lines += Array("AUTH\t\(id)\tPLAIN\tservice=imap\tno-penalty\trip=192.0.2.7\tresp=".utf8)
            lines += responses[sent % responses.count]
            lines.append(10)
            sent += 1
        }
        try write(lines, to: connection.descriptor)
    }

    /// Counts the whole lines that have come; returns how many.
    private func take(from connection: Connection, _ outcome: inout Outcome) -> Int {
        let now = ContinuousClock.now
        var answered = 0
        var start = 0
        while let end = connection.pending[start...].firstIndex(of: 10) {
            let line = connection.pending[start..<end]
            let fields = line.split(separator: 9, maxSplits: 2)
            if fields.count >= 2, let id = UInt32(String(decoding: fields[1], as: UTF8.self)),
                let sentAt = connection.sentAt.removeValue(forKey: id)
            {
                if fields[0].elementsEqual("OK".utf8) { outcome.accepted += 1 } else { outcome.refused += 1 }
                outcome.latencies.append(Double((now - sentAt).microseconds))
                answered += 1
            }
            start = end + 1
        }
        connection.pending.removeFirst(start)
        return answered
    }

    private func write(_ octets: [UInt8], to descriptor: CInt) throws {
        var rest = octets[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 else { throw LoadError("write", errno) }
            rest.removeFirst(written)
        }
    }
}

struct LoadError: Error, CustomStringConvertible {
    let description: String

    init(_ what: String, _ code: CInt) {
        description = "\(what): \(String(cString: strerror(code)))"
    }
}
