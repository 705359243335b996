import HTTPDoor
import Keyring
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
    fileprivate init(file path: String) throws(CommandFailure) {
        let key = "doors.http.nginx-mail.master-password-file"
        guard let password = MasterPassword(try SecretFile.load(from: path, of: key)) else {
            throw .configuration(
                "\(key): \(path) holds no password: write one line of 1 to \(Self.maximumLength) characters of ASCII, without blanks around it"
            )
        }
        self = password
    }
}
