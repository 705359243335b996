import Foundation

/// A proxy's subrequests with HTTP Basic over connections that are kept (RFC 7617).
struct HTTPDialogue: Dialogue {
    /// The path that is asked: the same one of both servers.
    static let path = "/auth/basic/imap"

    /// Whole requests. Used in turn.
    private let requests: [[UInt8]]

    init(_ credentials: [Credentials]) {
        requests = credentials.map {
            let basic = Data("\($0.login):\($0.secret)".utf8).base64EncodedString()
            return Array("GET \(Self.path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic \(basic)\r\n\r\n".utf8)
        }
    }

    func write(_ number: Int, to octets: inout [UInt8]) -> UInt32? {
        octets += requests[number % requests.count]
        return nil
    }

    func answer(in octets: ArraySlice<UInt8>) throws -> Answer? {
        let lines = Self.lines(of: octets)
        guard let lines else { return nil }
        guard let status = lines.fields.first, status.count >= 12, status.starts(with: "HTTP/1.1 ".utf8) else {
            throw LoadError("this is no answer of HTTP/1.1")
        }
        let length = lines.fields.lazy.compactMap(Self.contentLength).first ?? 0
        guard octets.endIndex - lines.end >= length else { return nil }
        let accepted = status[status.startIndex + 9] == UInt8(ascii: "2")
        return Answer(length: lines.end + length - octets.startIndex, id: nil, isAccepted: accepted)
    }

    /// Of the header, and where it ends; nil if it is not whole.
    private static func lines(of octets: ArraySlice<UInt8>) -> (fields: [ArraySlice<UInt8>], end: Int)? {
        var fields: [ArraySlice<UInt8>] = []
        var start = octets.startIndex
        while let feed = octets[start...].firstIndex(of: 10) {
            let line = octets[start..<feed].dropLast()
            start = feed + 1
            if line.isEmpty { return (fields, start) }
            fields.append(line)
        }
        return nil
    }

    private static func contentLength(_ line: ArraySlice<UInt8>) -> Int? {
        let name = "content-length:"
        guard line.count > name.utf8.count, zip(line, name.utf8).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) else {
            return nil
        }
        let value = line.dropFirst(name.utf8.count).drop { $0 == UInt8(ascii: " ") }
        return Int(String(decoding: value, as: UTF8.self))
    }
}
