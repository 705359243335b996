import Foundation
import Testing

struct SecretFileTests {
    @Test(
        "a RADIUS client's secret that is short, open to others, or not there is told with the fix",
        arguments: [
            (
                "0123456789abcde", 0o600,
                "holds 15 characters, and at least 16 are needed: make them with openssl rand -hex 16"
            ),
            ("0123456789abcdef", 0o640, "is readable by others: run chmod 600 on it"),
            ("0123456789abcdef\nmore", 0o600, "does not hold one line of plain ASCII text"),
            (nil, 0o600, "cannot be read: No such file or directory"),
            ("0123456789abcdef\n", 0o600, nil),
        ] as [(String?, Int, String?)])
    func secrets(content: String?, mode: Int, problem: String?) throws {
        let place = try Place()
        let file = place.path("office.secret")
        if let content {
            try Data(content.utf8).write(to: URL(filePath: file))
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        }
        let configuration = """
            {"doors": {"radius": {"listen": "127.0.0.1:0", "clients": {
              "office": {"networks": "192.0.2.0/24", "service": "vpn", "secret-file": "\(file)"}}}}}
            """
        try Data(configuration.utf8).write(to: URL(filePath: place.path("latchkey.yaml")))
        let checked = try Program.run(["check-config", "--config", place.path("latchkey.yaml")])
        if let problem {
            #expect(checked.code == 78)
            #expect(checked.errors == "latchkey: doors.radius.clients.office.secret-file: \(file) \(problem)\n")
        } else {
            #expect(checked.code == 0, "\(checked.errors)")
        }
    }
}
