import Crypto

/// The hash chain over audit events: each hash covers its event, its place and the hash before it, so that a line changed,
/// removed or put in later shows at the next verification.
///
/// hₙ = SHA-256(0x00 ‖ canonical(n, event) ‖ hₙ₋₁), h₀ = 32 zero octets. It proves order and integrity against whoever cannot
/// rewrite all that follows; against the database's owner only a copy of the head kept elsewhere does.
public struct AuditChain: Sendable {
    public static let hashLength = 32

    /// The number of the last event; 0 before the first.
    public private(set) var sequence: Int64
    public private(set) var head: [UInt8]

    /// The beginning of a chain.
    public init() {
        sequence = 0
        head = [UInt8](repeating: 0, count: Self.hashLength)
    }

    /// A chain continued after its event number `sequence`, whose hash is `head`.
    public init(sequence: Int64, head: [UInt8]) {
        self.sequence = sequence
        self.head = head
    }

    /// Adds an event; `sequence` and `head` are then its own.
    public mutating func append(_ event: AuditEvent) {
        sequence += 1
        var input = CanonicalOctets(reserving: 320)
        input.append(octet: 0)
        input.append(sequence)
        event.write(to: &input)
        input.append(unframed: head)
        var hash = SHA256()
        input.octets.withUnsafeBytes { hash.update(bufferPointer: $0) }
        head = hash.finalize().withUnsafeBytes { [UInt8]($0) }
    }
}

extension AuditEvent {
    /// Every field in a fixed order, each with its length: two different events never have the same octets.
    fileprivate func write(to canonical: inout CanonicalOctets) {
        canonical.append(time.microseconds)
        canonical.append(action.rawValue)
        canonical.append(actor.description)
        canonical.append(account?.octets)
        canonical.append(appPassword?.octets)
        canonical.append(refusal?.rawValue)
        canonical.append(service?.name)
        canonical.append(door?.rawValue)
        canonical.append(address?.description)
        canonical.append(client)
        canonical.append(detail)
    }
}

/// Concrete in every type: this is done for each sign-in.
private struct CanonicalOctets {
    private(set) var octets: [UInt8] = []

    init(reserving capacity: Int) {
        octets.reserveCapacity(capacity)
    }

    mutating func append(octet: UInt8) {
        octets.append(octet)
    }

    mutating func append(unframed more: [UInt8]) {
        octets.append(contentsOf: more)
    }

    mutating func append(_ number: Int64) {
        withUnsafeBytes(of: number.bigEndian) { octets.append(contentsOf: $0) }
    }

    /// The length plus one in four octets, then the octets; nil is a length field of zero.
    mutating func append(_ field: [UInt8]?) {
        appendLength(field?.count)
        if let field { octets.append(contentsOf: field) }
    }

    mutating func append(_ text: String?) {
        appendLength(text?.utf8.count)
        if var text { text.withUTF8 { octets.append(contentsOf: $0) } }
    }

    private mutating func appendLength(_ length: Int?) {
        let field = length.map { UInt32(truncatingIfNeeded: $0) &+ 1 } ?? 0
        withUnsafeBytes(of: field.bigEndian) { octets.append(contentsOf: $0) }
    }
}
