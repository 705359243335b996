import Foundation
import Glibc
import LatchkeyCore

/// A client that keeps a number of connections full, on one thread with poll: cheap enough not to be what is measured.
struct LoadGenerator {
    let dialogue: any Dialogue
    let endpoint: Endpoint
    let connections: Int
    /// Requests that each connection has under way at once.
    let inFlight: Int
    let requests: Int

    /// Milliseconds without any answer after which a server is taken for dead.
    private static let patience: CInt = 20_000

    struct Outcome {
        var accepted = 0
        var refused = 0
        var elapsed = Duration.zero
        /// Microseconds from sending to answer, sorted.
        var latencies: [Double] = []

        var perSecond: Double { Double(accepted + refused) / (Double(elapsed.microseconds) / 1_000_000) }

        func percentile(_ share: Double) -> Double {
            latencies.isEmpty ? 0 : latencies[min(latencies.count - 1, Int(Double(latencies.count) * share))]
        }
    }

    /// Every request sent and answered.
    func run() throws -> Outcome {
        let all = try (0..<connections).map { _ in try LoadConnection(dialogue, endpoint) }
        var polled = all.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        var outcome = Outcome()
        outcome.latencies.reserveCapacity(requests)
        var sent = 0
        func refill(_ connection: LoadConnection, _ count: Int) throws {
            let count = min(count, requests - sent)
            try connection.send(sent..<sent + count)
            sent += count
        }
        let start = ContinuousClock.now
        for connection in all { try refill(connection, inFlight) }
        while outcome.accepted + outcome.refused < requests {
            guard poll(&polled, nfds_t(polled.count), Self.patience) > 0 else {
                throw LoadError("no answer of \(endpoint.listenAddress) within 20 s")
            }
            for place in polled.indices where polled[place].revents != 0 {
                let answered = try all[place].receive(into: &outcome)
                if answered > 0, dialogue.isOneRequestPerConnection {
                    // saslauthd serves nobody else until its client hangs up: after the last answer, too. poll passes -1 over.
                    all[place].hangUp()
                    polled[place].fd = sent == requests ? -1 : try all[place].reconnect()
                }
                try refill(all[place], answered)
            }
        }
        outcome.elapsed = ContinuousClock.now - start
        outcome.latencies.sort()
        return outcome
    }
}

/// One of its connections.
private final class LoadConnection {
    private let dialogue: any Dialogue
    private let endpoint: Endpoint
    private(set) var descriptor: CInt
    /// What is under way, the longest first.
    private var sent: [(id: UInt32?, at: ContinuousClock.Instant)] = []
    private var pending: [UInt8] = []
    private var buffer = [UInt8](repeating: 0, count: 65_536)

    init(_ dialogue: any Dialogue, _ endpoint: Endpoint) throws {
        self.dialogue = dialogue
        self.endpoint = endpoint
        descriptor = try endpoint.connect()
        try open()
    }

    deinit {
        hangUp()
    }

    private func open() throws {
        if !dialogue.greetingEnd.isEmpty {
            var greeting: [UInt8] = []
            while !greeting.suffix(dialogue.greetingEnd.count).elementsEqual(dialogue.greetingEnd) {
                greeting += try read()
            }
        }
        try write(dialogue.opening)
    }

    func hangUp() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
        pending = []
    }

    /// After `hangUp`; returns the new descriptor.
    func reconnect() throws -> CInt {
        descriptor = try endpoint.connect()
        try open()
        return descriptor
    }

    /// On a stream all at once, else a datagram each.
    func send(_ numbers: Range<Int>) throws {
        var octets: [UInt8] = []
        let now = ContinuousClock.now
        for number in numbers {
            sent.append((dialogue.write(number, to: &octets), now))
            guard endpoint.isDatagram else { continue }
            try write(octets)
            octets = []
        }
        try write(octets)
    }

    /// Counts the whole answers that have come; returns how many.
    func receive(into outcome: inout LoadGenerator.Outcome) throws -> Int {
        pending += try read()
        let now = ContinuousClock.now
        var answered = 0
        var rest = pending[...]
        while let answer = try dialogue.answer(in: rest) {
            rest = rest.dropFirst(answer.length)
            guard let place = sent.firstIndex(where: { $0.id == answer.id }) else {
                throw LoadError("\(endpoint.listenAddress) answered what was not asked")
            }
            outcome.latencies.append(Double((now - sent.remove(at: place).at).microseconds))
            if answer.isAccepted { outcome.accepted += 1 } else { outcome.refused += 1 }
            answered += 1
        }
        pending = Array(rest)
        return answered
    }

    private func read() throws -> ArraySlice<UInt8> {
        let received = Glibc.read(descriptor, &buffer, buffer.count)
        guard received > 0 else {
            throw LoadError("\(endpoint.listenAddress) closed a connection", received < 0 ? errno : ECONNRESET)
        }
        return buffer[..<received]
    }

    private func write(_ octets: [UInt8]) throws {
        var rest = octets[...]
        while !rest.isEmpty {
            // Whoever hung up is an error here, and no signal.
            let written = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            guard written > 0 else { throw LoadError("write to \(endpoint.listenAddress)", errno) }
            rest.removeFirst(written)
        }
    }
}
