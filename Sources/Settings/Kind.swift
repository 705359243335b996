import LatchkeyCore

/// A kind of value: how it is read from text, and how it is asked for.
struct Kind<Value: Sendable>: Sendable {
    /// What a wrong value is told it is none of: "address".
    let noun: String
    /// How to write one: "127.0.0.1:8080".
    let form: String
    let read: @Sendable (String) -> Value?
    let write: @Sendable (Value) -> String

    /// Why `text` is no value of this kind, and what to write.
    func objection(to text: String) -> String {
        let shown = Attempt.printable(text, limit: 64) ?? ""
        return shown.isEmpty ? "there is no value: write \(form)" : "“\(shown)” is no \(noun): write \(form)"
    }
}

extension Kind where Value == ListenAddress {
    static let address = address("127.0.0.1:8080")
    static func address(_ form: String) -> Kind {
        Kind(
            noun: "address", form: form,
            read: { text in
                guard let address = read(text), case .tcp = address else { return nil }
                return address
            }, write: \.description)
    }
    static let addressOrSocket = Kind(
        noun: "address", form: "unix:/run/latchkey/auth or 127.0.0.1:12345", read: read, write: \.description)

    static let socket = Kind(
        noun: "Unix socket", form: "unix:/run/latchkey/mux",
        read: { text in
            guard let address = read(text), case .unix = address else { return nil }
            return address
        }, write: \.description)

    /// Every way to be wrong gets the same advice here: the form.
    @Sendable fileprivate static func read(_ text: String) -> ListenAddress? {
        do {
            return try ListenAddress(text)
        } catch {
            return nil
        }
    }
}

extension Kind where Value == Endpoint {
    static let endpoint = Kind(
        noun: "IP address with a port", form: "192.0.2.10:143 or [2001:db8::10]:143 (nginx takes no host name here)",
        read: { Endpoint($0) }, write: \.description)
}

extension Kind where Value == MailAddress {
    static func mailAddress(_ form: String) -> Kind {
        Kind(noun: "mail address", form: form, read: { MailAddress($0) }, write: \.text)
    }
}

extension Kind where Value == Network {
    static let network = Kind(
        noun: "network", form: "192.0.2.0/24 or 2001:db8::/32", read: { Network($0) }, write: \.description)
}

extension Kind where Value == Service {
    static func service(_ form: String) -> Kind {
        Kind(noun: "service", form: form, read: { Service($0) }, write: \.name)
    }
}

extension Kind where Value == Settings.SSO.GroupPair {
    /// The provider's name may hold anything, `=` too.
    static let groupPair = Kind(
        noun: "pair of groups", form: "the provider's group = ours, such as \"Mail Admins = mail-admins\"",
        read: { text in
            guard let sign = text.lastIndex(of: "="), let ours = GroupName(trimmed(text[text.index(after: sign)...]))
            else { return nil }
            let theirs = trimmed(text[..<sign])
            return theirs.isEmpty ? nil : Value(theirs: theirs, ours: ours)
        }, write: { "\($0.theirs) = \($0.ours)" })

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}

extension Kind where Value == Bool {
    static let truth = Kind(
        noun: "answer", form: "true or false",
        read: { $0 == "true" ? true : $0 == "false" ? false : nil }, write: \.description)
}

extension Kind where Value == Int {
    static let count = number(1...1_000_000)

    /// A number of this range, whose ends are not negative.
    static func number(_ range: ClosedRange<Int>) -> Kind {
        Kind(
            noun: "number", form: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            read: { text in
                let isNumber = (1...10).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
                return isNumber ? Int(text).flatMap { range.contains($0) ? $0 : nil } : nil
            }, write: \.description)
    }
}

extension Kind where Value == String {
    static let directory = Kind(
        noun: "absolute path", form: "/var/lib/latchkey",
        read: { $0.hasPrefix("/") && !$0.utf8.contains(0) ? $0 : nil }, write: { $0 })
    static let file = file("/etc/latchkey/tls.pem")
    static func file(_ form: String) -> Kind {
        Kind(
            noun: "absolute path", form: form,
            read: { $0.hasPrefix("/") && !$0.hasSuffix("/") && !$0.utf8.contains(0) ? $0 : nil }, write: { $0 })
    }
    /// What the operator calls a part of the configuration.
    static let name = Kind(
        noun: "name", form: "office-wifi: up to 64 letters, digits, - and _",
        read: { text in
            let isName = text.utf8.allSatisfy { octet in
                octet == UInt8(ascii: "-") || octet == UInt8(ascii: "_") || (0x30...0x39).contains(octet)
                    || (0x61...0x7a).contains(octet | 0x20)
            }
            return isName && (1...64).contains(text.utf8.count) ? text : nil
        }, write: { $0 })
    /// A service in the spelling that there is of it.
    static let serviceName = Kind(
        noun: "service", form: "vpn or wifi", read: { Service($0)?.name == $0 ? $0 : nil }, write: { $0 })
    /// A subject alternative name: a host, or an address in its canonical form.
    static let certificateName = Kind(
        noun: "name in a certificate", form: "nas.example.com or 192.0.2.1",
        read: { IPAddress($0)?.description ?? readDomain($0) }, write: { $0 })
    /// What fits into an attribute of RADIUS.
    static let attributeText = Kind(
        noun: "text", form: "up to 253 octets, on one line",
        read: { Attempt.printable($0, limit: 253) == $0 ? $0 : nil }, write: { $0 })
    static let group = Kind(
        noun: "group name", form: "postfix",
        read: { text in
            let isName = text.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != UInt8(ascii: ":") }
            return isName && !text.isEmpty && text.utf8.count <= 32 ? text : nil  // groupadd(8)
        }, write: { $0 })
    /// Whom another server knows us as.
    static let credentialName = Kind(
        noun: "name", form: "latchkey@example.com, on one line",
        read: { Attempt.printable($0, limit: 255) == $0 ? $0 : nil }, write: { $0 })
    static let domain = Kind(noun: "domain", form: "example.com", read: Self.readDomain, write: { $0 })
    static let baseDN = Kind(
        noun: "distinguished name", form: "dc=example,dc=com", read: Self.readBaseDN, write: { $0 })
    /// An issuer's identifier, kept exactly as it is written, or the word for Entra.
    static let issuer = Kind(
        noun: "issuer",
        form:
            "https://id.example.com/realms/staff exactly as the provider writes it, or entra (http only for localhost)",
        read: { $0 == Settings.SSO.Provider.entra || isIssuer($0) ? $0 : nil }, write: { $0 })
    static let tenant = Kind(
        noun: "tenant", form: "72f988bf-86f1-41af-91ab-2d7cd011db47",
        read: { Identifier<Never>($0).map(\.description) }, write: { $0 })
    /// What a provider calls something: a client, a scope, a method, a context, a claim.
    static func providerWord(_ noun: String, _ form: String) -> Kind {
        Kind(
            noun: noun, form: form,
            read: { text in
                text.utf8.allSatisfy { (0x21...0x7e).contains($0) } && (1...256).contains(text.utf8.count) ? text : nil
            }, write: { $0 })
    }
    /// What stands on a button.
    static let title = Kind(
        noun: "name of a provider", form: "Example ID: up to 40 characters",
        read: { Attempt.printable($0, limit: 160) == $0 && (1...40).contains($0.count) ? $0 : nil }, write: { $0 })
    static let url = Kind(
        noun: "address of a website", form: "https://keys.example.com, without a path (http only for localhost)",
        read: Self.readURL, write: { $0 })
    static let webhook = Kind(
        noun: "address to post to", form: "https://tickets.example.com/hooks/latchkey (http only for localhost)",
        read: Self.readWebhook, write: { $0 })

    /// The place as for a website, and then a path or a query as they were written, in visible ASCII.
    private static func readWebhook(_ text: String) -> String? {
        guard let authority = text.firstRange(of: "://")?.upperBound,
            text.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "#") })
        else { return nil }
        let end = text[authority...].firstIndex { "/?".contains($0) } ?? text.endIndex
        return readURL(String(text[..<end])).map { $0 + text[end...] }
    }

    /// Scheme and host as for a website; then a path, in which Entra has `{tenantid}`.
    private static func isIssuer(_ text: String) -> Bool {
        !text.contains("?") && readWebhook(text.replacing("{tenantid}", with: "tenantid")) != nil
    }

    private static func readDomain(_ text: String) -> String? {
        guard text.utf8.count <= ListenAddress.maximumHostLength, let folded = LoginName(text)?.text else { return nil }
        let labels = folded.split(separator: ".", omittingEmptySubsequences: false)
        return labels.allSatisfy { isLabel($0) } ? folded : nil
    }

    /// Of RFC 4514 what bases are made of: no part needs an escape, or names something by two attributes.
    private static func readBaseDN(_ text: String) -> String? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let isName = parts.allSatisfy { part in
            let sides = part.split(separator: "=", omittingEmptySubsequences: false).map {
                $0.trimmingPrefix { $0 == " " }
            }
            guard sides.count == 2, ["dc", "o", "ou", "c", "l", "st"].contains(sides[0].lowercased()) else {
                return false
            }
            return !sides[1].isEmpty && !sides[1].hasSuffix(" ")
                && sides[1].unicodeScalars.allSatisfy { scalar in
                    scalar.isASCII
                        ? scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                            || " .-_".unicodeScalars.contains(scalar)
                        : scalar.properties.isAlphabetic
                }
        }
        return isName && parts.count <= 16 && text.utf8.count <= 512 ? text : nil
    }

    /// RFC 1035 §2.3.1, or letters beyond ASCII as mail addresses may have them.
    private static func isLabel(_ label: Substring) -> Bool {
        let isMadeOfLetters = label.unicodeScalars.allSatisfy { scalar in
            !scalar.isASCII || scalar == "-" || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
        }
        return (1...63).contains(label.utf8.count) && isMadeOfLetters && !label.hasPrefix("-") && !label.hasSuffix("-")
    }

    /// Session cookies are only sent over TLS; browsers make an exception for their own machine.
    private static func readURL(_ text: String) -> String? {
        let text = (text.hasSuffix("/") ? String(text.dropLast()) : text).lowercased()
        guard let end = text.firstRange(of: "://") else { return nil }
        let (scheme, authority) = (text[..<end.lowerBound], text[end.upperBound...])
        let hasPort = authority.contains(":") && !authority.hasSuffix("]")
        guard let address = Kind<ListenAddress>.read(hasPort ? String(authority) : "\(authority):443"),
            case .tcp(let host, _) = address
        else { return nil }
        switch scheme {
        case "https": return text
        case "http": return host == "localhost" || IPAddress(host)?.isLoopback == true ? text : nil
        default: return nil
        }
    }
}

extension Kind where Value: CaseIterable & RawRepresentable<String> {
    /// One of a few words.
    static func choice(_ noun: String) -> Kind {
        let words = Value.allCases.map(\.rawValue)
        let last = words.last ?? ""
        return Kind(
            noun: noun, form: words.dropLast().joined(separator: ", ") + " or \(last)",
            read: { Value(rawValue: $0) }, write: \.rawValue)
    }
}
