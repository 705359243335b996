import Foundation
import Testing

struct SnippetTests {

    private func snippet(_ server: String, _ variables: [String: String], _ more: String...) throws -> Program.Outcome {
        try Program.run(["snippet", server] + more, environment: variables)
    }

    @Test("a snippet has this deployment's addresses")
    func addresses() throws {
        let socket = ["LATCHKEY_DOORS_DOVECOT_LISTEN": "unix:/var/spool/postfix/private/latchkey,127.0.0.1:12345"]
        // As smtpd sees it from within its chroot.
        #expect(try snippet("postfix", socket).output.contains("smtpd_sasl_path = private/latchkey\n"))
        #expect(try snippet("exim", socket).output.contains("server_socket = /var/spool/postfix/private/latchkey\n"))
        let port = ["LATCHKEY_DOORS_DOVECOT_LISTEN": "0.0.0.0:12345"]
        #expect(try snippet("postfix", port).output.contains("smtpd_sasl_path = inet:127.0.0.1:12345\n"))
        #expect(try snippet("radicale", port).output.contains("dovecot_port = 12345\n"))
        let web = try snippet("nginx", ["LATCHKEY_DOORS_HTTP_LISTEN": "127.0.0.1:8099"], "--service", "http:wiki")
        #expect(web.output.contains("proxy_pass http://127.0.0.1:8099/auth/basic/http:wiki;"))
        #expect(web.code == 0 && web.errors.isEmpty)
    }

    @Test("a door that is closed, or has another port at each start, is named with the key to set")
    func closed() throws {
        for variables in [[:], ["LATCHKEY_DOORS_DOVECOT_LISTEN": "127.0.0.1:0"]] {
            let outcome = try snippet("postfix", variables)
            #expect(outcome.code == 78 && outcome.output.isEmpty)
            #expect(outcome.errorLines.count == 1 && outcome.errors.contains("doors.dovecot.listen"))
        }
    }

    @Test("what runs a command finds the program and the socket; Cyrus SASL finds the door")
    func commands() throws {
        let data = ["LATCHKEY_DATA": "/var/lib/latchkey"]
        let pam = try snippet("pam", data, "--service", "vpn").output
        #expect(
            pam.contains("/latchkey check --pam --socket /var/lib/latchkey/latchkey.sock --service vpn\n"), "\(pam)")
        let moved = data.merging(["LATCHKEY_CHECK_SOCKET": "unix:/run/latchkey/check"]) { $1 }
        let passdb = try snippet("dovecot-passdb", moved).output
        #expect(passdb.contains("/latchkey check --checkpassword --socket /run/latchkey/check --\n"), "\(passdb)")
        let mux = ["LATCHKEY_DOORS_SASLAUTHD_LISTEN": "unix:/run/saslauthd/mux"]
        #expect(try snippet("cyrus-sasl", mux).output.contains("saslauthd_path: /run/saslauthd/mux\n"))
        #expect(try snippet("pam", [:]).code == 78)
    }

    @Test("a server that nobody wrote a snippet for is told with those that there are")
    func unknown() throws {
        let outcome = try snippet("sendmail", [:])
        #expect(outcome.code == 64 && outcome.errors.contains("postfix"))
    }

    @Test("--json prints one value")
    func json() throws {
        let object = try snippet("caddy", [:], "--service", "http:wiki", "--json").object()
        #expect(object["server"] as? String == "caddy")
        #expect((object["text"] as? String)?.contains("/auth/basic/http:wiki") == true)
    }
}
