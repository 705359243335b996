/// What an app password is for, from the catalogue: decides the services it starts with and how the portal helps to set it up.
public struct Application: Hashable, Sendable {
    /// Stable, lower-case; used in URLs, the CLI and the database.
    public let id: String
    public let title: String
    /// The services ticked at first.
    public let services: [Service]
    /// The format that suits it best.
    public let format: SecretFormat

    public static let catalogue: [Application] = [
        Application(id: "email-client", title: "Email program", services: [.imap, .pop3, .smtp], format: .standard),
        Application(
            id: "mobile-device", title: "Phone or tablet", services: [.imap, .smtp, .caldav, .carddav],
            format: .standard),
        Application(id: "printer-scanner", title: "Printer or scanner", services: [.smtp], format: .standard),
        Application(id: "calendar", title: "Calendar and contacts", services: [.caldav, .carddav], format: .standard),
        Application(id: "files", title: "Files and backup", services: [.webdav], format: .standard),
        Application(id: "vpn-wifi", title: "VPN or Wi-Fi", services: [.vpn, .wifi], format: .standard),
        Application(id: "script", title: "Script or server", services: [.smtp], format: .token),
        Application(id: "other", title: "Something else", services: [], format: .standard),
    ]

    public static func named(_ id: String) -> Application? {
        catalogue.first { $0.id == id }
    }
}
