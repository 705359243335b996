/// A protocol as its client speaks it: what a `LoadGenerator` writes, and how it understands what comes back.
protocol Dialogue {
    /// Whether a connection serves one request only, and the next needs another.
    var isOneRequestPerConnection: Bool { get }

    /// Octets that end what a server says first; empty if it says nothing.
    var greetingEnd: [UInt8] { get }

    /// What a client says first.
    var opening: [UInt8] { get }

    /// Appends a request, the `number`th of all. Returns what its answer will bear; nil if answers come in order.
    func write(_ number: Int, to octets: inout [UInt8]) -> UInt32?

    /// The first answer in `octets`; nil if it is not whole yet. Throws if it is none of this protocol.
    func answer(in octets: ArraySlice<UInt8>) throws -> Answer?
}

extension Dialogue {
    var isOneRequestPerConnection: Bool { false }
    var greetingEnd: [UInt8] { [] }
    var opening: [UInt8] { [] }
}

struct Answer {
    /// Octets.
    let length: Int
    /// Of the request; nil if answers come in order.
    let id: UInt32?
    let isAccepted: Bool
}

/// Who signs in, and with what.
struct Credentials {
    let login: String
    let secret: String
}
