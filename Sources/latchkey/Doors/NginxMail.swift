import Foundation
import Glibc
import HTTPDoor
import LatchkeyCore
import Settings

extension MailBackEnds {
    /// Reads the master password's file, if there is one.
    init(_ settings: Settings.NginxMail) throws(CommandFailure) {
        self.init()
        imap = settings.imap
        pop3 = settings.pop3
        smtp = settings.smtp
        masterPassword = try settings.masterPasswordFile.map { path throws(CommandFailure) in
            try MasterPassword(file: path)
        }
    }
}

extension MasterPassword {
    /// One line, readable by its owner alone.
    fileprivate init(file path: String) throws(CommandFailure) {
        func failure(_ text: String) -> CommandFailure {
            .configuration("doors.http.nginx-mail.master-password-file: \(path) \(text)")
        }
        var status = stat()
        guard stat(path, &status) == 0, status.st_size <= 2 * Self.maximumLength,
            let content = FileManager.default.contents(atPath: path)
        else { throw failure("cannot be read: write a file with the one line of the password") }
        guard status.st_mode & 0o077 == 0 else { throw failure("is readable by others: run chmod 600 on it") }
        var line = Array(content)
        for end in [UInt8(ascii: "\n"), UInt8(ascii: "\r")] where line.last == end { line.removeLast() }
        guard let password = MasterPassword(Secret(line)) else {
            throw failure(
                "holds no password: write one line of 1 to \(Self.maximumLength) characters of ASCII, without blanks around it"
            )
        }
        self = password
    }
}
