import Foundation
import LatchkeyCore
import LatchkeyTesting
import Testing

@testable import latchkey

/// What `latchkey check` reads, without the server that it asks; the dialogue with it is the peers' business.
struct CheckTests {
    private func checkpassword(_ text: String) throws(InputFault) -> CheckpasswordInput {
        let result: Result<CheckpasswordInput, InputFault> = Array(text.utf8).withUnsafeBytes { octets in
            Result { () throws(InputFault) in try CheckpasswordInput(octets) }
        }
        return try result.get()
    }

    private func pam(_ text: String) throws(InputFault) -> String? {
        let result: Result<PAMInput, InputFault> = Array(text.utf8).withUnsafeBytes { octets in
            Result { () throws(InputFault) in try PAMInput(octets) }
        }
        return try result.get().secret.reveal()
    }

    @Test(
        "a login and a password end with a NUL each, and a timestamp may follow",
        arguments: ["", "\0", "Y123\0", "\0\0\0"])
    func checkpassword(timestamp: String) throws {
        let input = try checkpassword("ada\0ab cd\n\0" + timestamp)
        #expect(input.login == "ada" && input.secret.reveal() == "ab cd\n")
    }

    @Test("what lacks a NUL is misuse", arguments: ["", "ada", "ada\0", "ada\0abcd"])
    func cut(text: String) {
        #expect(throws: InputFault.misused) { try checkpassword(text) }
    }

    @Test("more than any name and password is told from misuse")
    func oversized() {
        #expect(throws: InputFault.oversized) { try checkpassword(String(repeating: "a", count: 2_049)) }
        #expect(throws: InputFault.oversized) { try pam(String(repeating: "a", count: 1_027)) }
    }

    @Test(
        "PAM's password may have a line end, a NUL, or both behind it",
        arguments: [
            ("abcd", "abcd"), ("abcd\0", "abcd"), ("abcd\n", "abcd"), ("abcd\n\0", "abcd"), ("ab\ncd\n\n", "ab\ncd\n"),
        ])
    func pam(text: String, secret: String) throws {
        #expect(try pam(text) == secret)
    }

    @Test("a NUL inside PAM's password is misuse", arguments: ["ab\0cd", "abcd\0\n", "abcd\0\0"])
    func nul(text: String) {
        #expect(throws: InputFault.misused) { try pam(text) }
    }

    @Test("the service is the one told, else the environment's; the address what is one")
    func context() throws {
        let pam = ["PAM_SERVICE": "sshd", "PAM_RHOST": "laptop.example.com", "PAM_TYPE": "auth"]
        #expect(try CheckContext.pam(pam, service: nil).service.name == "sshd")
        #expect(try CheckContext.pam(pam, service: "vpn").service == .vpn)
        #expect(try CheckContext.pam(pam, service: nil).address == nil)
        let dovecot = ["SERVICE": "imap", "TCPREMOTEIP": "192.0.2.7", "PROTO": "TCP"]
        #expect(try CheckContext.checkpassword(dovecot, service: nil).service == .imap)
        #expect(try CheckContext.checkpassword(dovecot, service: nil).address == IPAddress("192.0.2.7"))
    }

    @Test("without a service, or for something else than a password, nothing is asked")
    func misuse() {
        func code(_ body: () throws(CommandFailure) -> CheckContext) -> Int32? {
            do { _ = try body() } catch { return error.code }
            return nil
        }
        #expect(code { () throws(CommandFailure) in try CheckContext.pam([:], service: nil) } == 2)
        #expect(code { () throws(CommandFailure) in try CheckContext.pam(["PAM_SERVICE": "a b"], service: nil) } == 2)
        let session = ["PAM_SERVICE": "sshd", "PAM_TYPE": "open_session"]
        #expect(code { () throws(CommandFailure) in try CheckContext.pam(session, service: nil) } == 2)
        let lookup = ["SERVICE": "imap", "AUTHORIZED": "1"]
        #expect(code { () throws(CommandFailure) in try CheckContext.checkpassword(lookup, service: nil) } == 111)
    }

    @Test("without a server the answer is temporary, in one line that names the socket and not the password")
    func away() throws {
        let place = try Place()
        let outcome = try place.run(
            "check", "--pam", "--service", "imap", input: "kdwqz-mhrtv", environment: ["PAM_USER": "alice"])
        #expect(outcome.code == 111 && outcome.output.isEmpty && outcome.errorLines.count == 1)
        #expect(outcome.errors.contains(place.data + "/latchkey.sock"), "\(outcome.errors)")
        #expect(!outcome.errors.contains("kdwqz"))
    }

    @Test(
        "wrong usage ends with checkpassword's own code for it",
        arguments: [
            ["check"], ["check", "--pam", "--checkpassword"], ["check", "--pam", "--", "true"], ["check", "--frob"],
            ["check", "--pam", "--service", "imap"], ["check", "--checkpassword", "--service", "imap"],
        ])
    func usage(arguments: [String]) throws {
        let outcome = try Program.run(arguments)
        #expect(outcome.code == 2 && outcome.errorLines.count == 1, "\(outcome.errors)")
    }
}
