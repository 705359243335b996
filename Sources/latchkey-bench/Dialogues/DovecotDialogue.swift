import Foundation

/// A client of Dovecot's authentication protocol, with SASL PLAIN.
struct DovecotDialogue: Dialogue {
    /// `resp=` of a request: base64 of NUL name NUL secret. Used in turn.
    private let responses: [[UInt8]]

    init(_ credentials: [Credentials]) {
        responses = credentials.map {
            Array(Data("\0\($0.login)\0\($0.secret)".utf8).base64EncodedString().utf8)
        }
    }

    let greetingEnd = Array("DONE\n".utf8)

    var opening: [UInt8] { Array("VERSION\t1\t2\nCPID\t\(ProcessInfo.processInfo.processIdentifier)\n".utf8) }

    func write(_ number: Int, to octets: inout [UInt8]) -> UInt32? {
        let id = UInt32(number + 1)
        octets += Array("AUTH\t\(id)\tPLAIN\tservice=imap\tno-penalty\trip=192.0.2.7\tresp=".utf8)
        octets += responses[number % responses.count]
        octets.append(10)
        return id
    }

    func answer(in octets: ArraySlice<UInt8>) throws -> Answer? {
        guard let end = octets.firstIndex(of: 10) else { return nil }
        let fields = octets[..<end].split(separator: 9, maxSplits: 2)
        guard fields.count >= 2, let id = UInt32(String(decoding: fields[1], as: UTF8.self)) else {
            throw LoadError("Dovecot's protocol has no such answer: \(String(decoding: octets[..<end], as: UTF8.self))")
        }
        return Answer(
            length: end + 1 - octets.startIndex, id: id, isAccepted: fields[0].elementsEqual("OK".utf8))
    }
}
