/// A client of saslauthd's socket: four counted strings, and a counted answer; then the connection is done with.
struct SaslauthdDialogue: Dialogue {
    /// Used in turn.
    private let requests: [[UInt8]]

    init(_ credentials: [Credentials]) {
        requests = credentials.map { credentials in
            // As libsasl does, the login is cut at its `@`.
            let parts = credentials.login.split(separator: "@", maxSplits: 1)
            let realm = parts.count > 1 ? String(parts[1]) : ""
            return [String(parts[0]), credentials.secret, "imap", realm].flatMap(Self.counted)
        }
    }

    let isOneRequestPerConnection = true

    func write(_ number: Int, to octets: inout [UInt8]) -> UInt32? {
        octets += requests[number % requests.count]
        return nil
    }

    func answer(in octets: ArraySlice<UInt8>) throws -> Answer? {
        let start = octets.startIndex
        guard octets.count >= 2 else { return nil }
        let length = Int(octets[start]) << 8 | Int(octets[start + 1])
        guard octets.count >= 2 + length else { return nil }
        return Answer(length: 2 + length, id: nil, isAccepted: octets[(start + 2)...].starts(with: "OK".utf8))
    }

    private static func counted(_ text: String) -> [UInt8] {
        let octets = Array(text.utf8)
        return [UInt8(octets.count >> 8), UInt8(octets.count & 0xff)] + octets
    }
}
