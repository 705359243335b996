import DoorKit
import Foundation
import LatchkeyCore
import Settings

extension DoorTrial {
    /// What the temporary app password of a trial is for, and nothing else.
    static let service = "latchkey-doctor"
    /// Longer than any refusal is held back.
    static let patience = Duration.seconds(10)

    /// One for every address of every open door.
    static func all(_ settings: Settings) -> [DoorTrial] {
        settings.doors.http.listen.map { http($0, isEncrypted: false) }
            + settings.doors.http.tlsListen.map { http($0, isEncrypted: true) }
            + settings.doors.dovecot.listen.map { dovecot($0) }
            + settings.doors.saslauthd.listen.map { saslauthd($0) } + ldap(settings)
            + radius(settings.doors.radius)
    }

    private static func http(_ address: ListenAddress, isEncrypted: Bool) -> DoorTrial {
        DoorTrial(check: "door http\(isEncrypted ? "s" : "") \(address)", address: address) { login, secret in
            let credentials = Data("\(login):\(secret)".utf8).base64EncodedString()
            let answer = try await Client.connected(
                to: address.forClient, patience: DoorTrial.patience,
                prepare: { if isEncrypted { try Client.encrypt($0) } }
            ) { client in
                try await client.say(
                    "GET /auth/basic/\(service) HTTP/1.0\r\nAuthorization: Basic \(credentials)\r\n\r\n")
                return try await client.hear(until: "\r\n")
            }
            return switch answer.split(separator: " ").dropFirst().first {
            case "200": .accepted
            case "401": .refused
            case "503": .temporary
            default: .other(answer.trimmingCharacters(in: .whitespacesAndNewlines))
            }
        }
    }

    private static func saslauthd(_ address: ListenAddress) -> DoorTrial {
        DoorTrial(check: "door saslauthd \(address)", address: address) { login, secret in
            var request: [UInt8] = []
            for text in [login, secret, service, ""] {
                let length = UInt16(truncatingIfNeeded: text.utf8.count)  // some hundreds
                request += [UInt8(length >> 8), UInt8(length & 0xff)]
                request += text.utf8
            }
            let question = request
            let answer = try await Client.connected(to: address, patience: DoorTrial.patience) { client in
                try await client.say(question)
                return try await client.hearToTheEnd()
            }
            return switch String(decoding: answer.dropFirst(2).prefix(2), as: UTF8.self) {
            case "OK": .accepted
            case "NO": .refused
            default: .temporary  // it closes without a word
            }
        }
    }

    private static func dovecot(_ address: ListenAddress) -> DoorTrial {
        DoorTrial(check: "door dovecot \(address)", address: address) { login, secret in
            let response = Data("\0\(login)\0\(secret)".utf8).base64EncodedString()
            let answer = try await Client.connected(to: address.forClient, patience: DoorTrial.patience) { client in
                _ = try await client.hear(until: "DONE\n")
                try await client.say(
                    "VERSION\t1\t1\nCPID\t1\nAUTH\t1\tPLAIN\tservice=\(service)\tsecured\tresp=\(response)\n")
                return try await client.hear(until: "\n")
            }
            if answer.contains("code=temp_fail") { return .temporary }
            return switch answer.split(separator: "\t").first {
            case "OK": .accepted
            case "FAIL": .refused
            default: .other(answer.trimmingCharacters(in: .whitespacesAndNewlines))
            }
        }
    }
}
