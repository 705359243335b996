import Foundation
import LatchkeyCore

/// The body of `POST /verify`: `{"account", "secret", "service", "address"?, "client"?}`, all texts.
struct VerifyQuestion {
    /// Longest body read, in octets.
    static let maximumLength = 8_192

    let account: String
    let secret: Secret
    let service: Service
    let address: IPAddress?
    let client: String?

    /// What is wrong with a body, as one line that names the field.
    struct Unreadable: Error {
        let line: String
    }

    private struct Body: Decodable {
        let account: String
        let secret: String
        let service: String
        let address: String?
        let client: String?
    }

    init(_ body: [UInt8]) throws(Unreadable) {
        let fields = try Self.decode(body)
        guard let service = Service(fields.service) else {
            throw Unreadable(line: "service: is no service name; write for example \"imap\" or \"http:wiki\"")
        }
        if let address = fields.address {
            guard let read = IPAddress(address) else {
                throw Unreadable(line: "address: is no IP address; write for example \"192.0.2.7\" or leave it out")
            }
            self.address = read
        } else {
            address = nil
        }
        account = fields.account
        secret = Secret(fields.secret)
        self.service = service
        client = fields.client
    }

    private static func decode(_ body: [UInt8]) throws(Unreadable) -> Body {
        do {
            return try JSONDecoder().decode(Body.self, from: Data(body))
        } catch DecodingError.keyNotFound(let key, _) {
            throw Unreadable(line: "\(key.stringValue): is missing")
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
            guard let key = context.codingPath.first else { throw Unreadable(line: "body: is no JSON object") }
            throw Unreadable(line: "\(key.stringValue): must be a text")
        } catch {
            throw Unreadable(line: "body: is no JSON object in UTF-8")
        }
    }
}
