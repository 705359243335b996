/// What is being signed in to: `imap`, `smtp`, `caldav`, `http:wiki` … The unit that an app password is scoped by.
///
/// 1 to 64 of `a-z 0-9 . _ : -`, beginning with a letter or digit. Compared in lower case, as Dovecot's and Postfix's
/// `service=` are.
public struct Service: Hashable, Comparable, Sendable, CustomStringConvertible {
    public static let maximumLength = 64

    public let name: String

    /// Nil if `name` is not of the shape above; upper case is folded first.
    public init?(_ name: String) {
        var folded: [UInt8] = []
        for octet in name.utf8 {
            switch octet {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): folded.append(octet)
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): folded.append(octet | 0x20)
            case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "-"):
                guard !folded.isEmpty else { return nil }
                folded.append(octet)
            default: return nil
            }
            guard folded.count <= Self.maximumLength else { return nil }
        }
        guard !folded.isEmpty else { return nil }
        self.name = String(decoding: folded, as: UTF8.self)
    }

    /// A name written in our own source, checked by a test rather than at run time.
    init(known name: StaticString) {
        self.name = name.description
    }

    public var description: String { name }

    public static func < (left: Service, right: Service) -> Bool { left.name < right.name }
}

extension Service {
    public static let imap = Service(known: "imap")
    public static let pop3 = Service(known: "pop3")
    public static let smtp = Service(known: "smtp")
    public static let sieve = Service(known: "sieve")
    public static let caldav = Service(known: "caldav")
    public static let carddav = Service(known: "carddav")
    public static let webdav = Service(known: "webdav")
    public static let http = Service(known: "http")
    public static let ldap = Service(known: "ldap")
    public static let vpn = Service(known: "vpn")
    public static let wifi = Service(known: "wifi")
    public static let xmpp = Service(known: "xmpp")

    /// The services every installation knows, in the order the portal offers them.
    public static let catalogue: [Service] = [
        imap, pop3, smtp, sieve, caldav, carddav, webdav, http, ldap, vpn, wifi, xmpp,
    ]

    /// What a person calls it: "Reading mail", not "imap". A service of the organisation's own is called by its name.
    public var title: String {
        switch self {
        case .imap: "Reading mail"
        case .pop3: "Collecting mail (POP3)"
        case .smtp: "Sending mail"
        case .sieve: "Mail filters"
        case .caldav: "Calendar"
        case .carddav: "Contacts"
        case .webdav: "Files"
        case .http: "Websites"
        case .ldap: "Directory"
        case .vpn: "VPN"
        case .wifi: "Wi-Fi"
        case .xmpp: "Chat"
        default: name
        }
    }
}
