import DoorKit
import LDAPDoor
import LatchkeyCore
import Settings

extension DoorTrial {
    /// A bind at every address of the LDAP door, except those in the clear that are on a network: no password belongs there.
    static func ldap(_ settings: Settings) -> [DoorTrial] {
        guard let base = settings.doors.ldap.baseDN(domain: settings.domain) else { return [] }
        return settings.doors.ldap.listen.filter(\.forClient.isLoopback).map { ldap($0, base, isEncrypted: false) }
            + settings.doors.ldap.tlsListen.map { ldap($0, base, isEncrypted: true) }
    }

    private static func ldap(_ address: ListenAddress, _ base: DistinguishedName, isEncrypted: Bool) -> DoorTrial {
        DoorTrial(check: "door ldap\(isEncrypted ? "s" : "") \(address)", address: address) { login, secret in
            let name = "uid=\(login),ou=people,app=\(service),\(base)"
            let answer = try await Client.connected(
                to: address.forClient, patience: DoorTrial.patience,
                prepare: { if isEncrypted { try Client.encrypt($0) } }
            ) { client in
                try await client.say(bindRequest(name, secret))
                return try await client.hear { $0.count >= 2 && $0.count >= 2 + Int($0[1]) ? 2 + Int($0[1]) : nil }
            }
            // Our own bind responses are short: 30 … 02 01 01 61 … 0a 01 CODE (RFC 4511 §4.1.9).
            guard answer.count > 9, answer[5] == 0x61 else { return .other("no bind response") }
            return switch answer[9] {
            case 0: .accepted
            case 49: .refused
            case 51, 52: .temporary
            default: .other("result code \(answer[9])")
            }
        }
    }

    /// A simple bind (RFC 4511 §4.2), every length in three octets.
    private static func bindRequest(_ name: String, _ secret: String) -> [UInt8] {
        func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
            [tag, 0x82, UInt8(truncatingIfNeeded: content.count >> 8), UInt8(truncatingIfNeeded: content.count)]
                + content
        }
        let bind = element(0x02, [3]) + element(0x04, Array(name.utf8)) + element(0x80, Array(secret.utf8))
        return element(0x30, element(0x02, [1]) + element(0x60, bind))
    }
}
