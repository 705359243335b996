/// A packet as it came: code, identifier, length, authenticator, attributes (RFC 2865 §3). The octets are lent.
struct Packet {
    static let headerLength = 20
    static let maximumLength = 4_096

    enum Code: UInt8, Sendable {
        case accessRequest = 1
        case accessAccept = 2
        case accessReject = 3
        case statusServer = 12  // RFC 5997
    }

    /// Nil for one that is no business of this server.
    let code: Code?
    let identifier: UInt8
    let authenticator: Authenticator
    /// The whole packet, without what may follow it.
    let octets: Octets

    /// `datagram` begins with a packet; what is beyond the packet's own length is padding.
    init(_ datagram: Octets) throws(DropReason) {
        guard datagram.count >= Self.headerLength else { throw .incomplete }
        let length = datagram.number(at: 2)
        guard (Self.headerLength...Self.maximumLength).contains(length) else { throw .badLength }
        guard length <= datagram.count,
            let authenticator = Authenticator(datagram.octets(from: 4, to: Self.headerLength))
        else { throw .incomplete }
        code = Code(rawValue: datagram[0])
        identifier = datagram[1]
        self.authenticator = authenticator
        octets = datagram.octets(from: 0, to: length)
    }

    /// Calls `body` with each attribute's type, its value, and where in the packet the value begins.
    func forEachAttribute(_ body: (UInt8, Octets, Int) throws(DropReason) -> Void) throws(DropReason) {
        var place = Self.headerLength
        while place < octets.count {
            guard place + 2 <= octets.count else { throw .malformedAttribute }
            let length = Int(octets[place + 1])
            guard length >= 2, place + length <= octets.count else { throw .malformedAttribute }
            try body(octets[place], octets.octets(from: place + 2, to: place + length), place + 2)
            place += length
        }
    }
}
