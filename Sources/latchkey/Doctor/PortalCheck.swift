import LatchkeyCore
import Settings

/// Whether browsers can do at the portal's address what it is for. Its cookies need encryption, passkeys a name.
struct PortalCheck {
    let url: String?

    func run() -> Finding {
        let check = "portal address"
        guard let url else {
            return .warning(
                check, "the portal has none, so only browsers on this machine can use it",
                fix: "Set portal.url to what people will call it, such as https://keys.example.com")
        }
        let authority = url.drop { $0 != "/" }.dropFirst(2)
        let host =
            authority.hasPrefix("[") ? authority.dropFirst().prefix { $0 != "]" } : authority.prefix { $0 != ":" }
        guard url.hasPrefix("https://") || host == "localhost" else {
            return .bad(
                check, "browsers keep neither cookies nor passkeys for \(url)",
                fix: "Put a proxy with TLS before the portal, and set portal.url to its https address.")
        }
        guard IPAddress(host) == nil else {
            return .warning(
                check, "passkeys belong to a name, and \(url) has none",
                fix: "Give the portal a name in DNS, and set portal.url to it.")
        }
        return .good(check, "\(url) will do for cookies and passkeys")
    }
}
