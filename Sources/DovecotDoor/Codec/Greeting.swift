/// What the server says first, without waiting for the client.
///
/// The order and the size matter. MECH comes before SPID, or Postfix and Exim take the socket for a master socket. The minor
/// version is 2, since from 3 on Radicale waits for us as we wait for it. It goes out in one write of fewer than 1,000
/// octets, as Radicale reads it with one `recv`.
struct Greeting {
    static let maximumLength = 1_000

    let processID: UInt32
    /// Unique among the connections of this process.
    let connectionID: UInt64
    /// Sixteen random octets, new for each connection.
    let cookie: UInt128

    var octets: [UInt8] {
        let digits = String(cookie, radix: 16)
        let hex = String(repeating: "0", count: 32 - digits.count) + digits
        let lines = [
            "VERSION\t1\t2",
            "MECH\tPLAIN\tplaintext",
            "MECH\tLOGIN\tplaintext",
            "SPID\t\(processID)",
            "CUID\t\(connectionID)",
            "COOKIE\t\(hex)",
            "DONE",
        ]
        return lines.flatMap { Array($0.utf8) + [UInt8(ascii: "\n")] }
    }
}
