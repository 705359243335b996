import Foundation
import LatchkeyCore

extension Settings {
    /// Reads `file`, if there is one, and lays the `LATCHKEY_*` variables of `environment` above it. Throws every problem at once.
    public static func read(file: String?, environment: [String: String]) throws(InvalidSettings) -> Settings {
        guard let file else { return try parse(yaml: [], name: "", environment: environment) }
        guard let handle = FileHandle(forReadingAtPath: file),
            // One octet more than is allowed, so that a larger file is known to be one.
            let data = try? handle.read(upToCount: YAMLDocument.maximumLength + 1) ?? Data()
        else {
            let problem = "the configuration file cannot be read: check its path and its mode"
            throw InvalidSettings(problems: [InvalidSettings.Problem(file, problem)])
        }
        let name = URL(filePath: file).lastPathComponent
        return try parse(yaml: Array(data), name: name, environment: environment)
    }

    /// The same for a document in memory; problems call it `name`.
    public static func parse(
        yaml: [UInt8], name: String, environment: [String: String]
    ) throws(InvalidSettings) -> Settings {
        var reader = SettingsReader()
        reader.read(try YAMLDocument(yaml, name: name, isGroup: KeyNames.isGroup), name: name)
        reader.read(environment)
        reader.checkTogether()
        guard reader.problems.isEmpty else { throw InvalidSettings(problems: reader.problems) }
        return reader.settings
    }
}

/// Gathers what was given for each key, and every problem with it.
struct SettingsReader {
    private(set) var settings = Settings()
    private(set) var problems: [InvalidSettings.Problem] = []
    /// Where each key that was given stands, for problems that two of them make together.
    private(set) var places: [String: String] = [:]
    private var refusedMembers: [[String]] = []

    mutating func read(_ document: YAMLDocument, name: String) {
        for entry in document.entries where !isInRefusedMember(entry.path) {
            let place = "\(name):\(entry.line)"
            let written = Attempt.printable(entry.written, limit: 128) ?? ""
            func refuse(_ text: String) { problems.append(InvalidSettings.Problem(place, key: written, text)) }
            if let group = NamedGroup.of(entry.path), let given = entry.path.last {
                guard let member = group.name.read(given) else {
                    refusedMembers.append(entry.path)
                    refuse(group.name.objection(to: given))
                    continue
                }
                group.add(&settings, member)
                places[entry.written] = place
            }
            switch (Key.named(entry.path), entry.value) {
            case (let (key, member)?, .texts(let texts, let isList)):
                guard key.isList || !isList else {
                    refuse("it takes one value, not a list: write \(key.form)")
                    continue
                }
                places[entry.written] = place
                let given = texts.map { Key.Given(text: $0.text, place: "\(name):\($0.line)", key: written) }
                problems += key.set(&settings, member, given)
            case (let (key, _)?, .group), (let (key, _)?, .other):
                refuse("it takes \(key.isList ? "a list of values" : "a value"): write \(key.form)")
            case (nil, .group) where KeyNames.isGroup(entry.path): break
            case (nil, _) where KeyNames.isGroup(entry.path):
                refuse("it takes keys below it: \(KeyNames.below(entry.path).joined(separator: ", "))")
            case (nil, _):
                let shown = Attempt.printable(entry.written, limit: 64) ?? ""
                problems.append(InvalidSettings.Problem(place, key: shown, KeyNames.objection(to: entry.path)))
            }
        }
    }

    /// What stands below a name that cannot be one is not looked at.
    private func isInRefusedMember(_ path: [String]) -> Bool {
        refusedMembers.contains { path.count > $0.count && path.starts(with: $0) }
    }

    mutating func read(_ environment: [String: String]) {
        for (variable, value) in environment.sorted(by: { $0.key < $1.key })
        where variable.hasPrefix(Key.variablePrefix) {
            guard let key = Key.all.first(where: { $0.variable == variable }) else {
                problems.append(InvalidSettings.Problem(variable, KeyNames.objection(toVariable: variable)))
                continue
            }
            let texts = key.isList ? value.split(separator: ",").map { $0.trimmingBlanks() } : [value]
            places[key.path] = variable
            problems += key.set(&settings, nil, texts.map { Key.Given(text: $0, place: variable, key: nil) })
        }
    }

    /// Each value may be good and two of them not.
    mutating func checkTogether() {
        checkAddresses()
        let ldap = settings.doors.ldap
        if !(ldap.listen + ldap.tlsListen).isEmpty, ldap.base == nil, settings.domain == nil {
            let listen = ldap.listen.isEmpty ? "doors.ldap.tls-listen" : "doors.ldap.listen"
            refuse("doors.ldap.base", near: listen, "the LDAP door needs a base: give domain, or doors.ldap.base")
        }
        checkRADIUS()
        checkSSO()
        if let reason = settings.needForCertificate, settings.tls.certificate == nil {
            refuse("tls.certificate", near: reason, "\(reason) needs a certificate: give tls.certificate and tls.key")
        } else if (settings.tls.certificate == nil) != (settings.tls.key == nil) {
            let missing = settings.tls.key == nil ? "tls.key" : "tls.certificate"
            refuse(missing, near: "tls.certificate", "tls.certificate and tls.key are given together")
        }
        checkPair(
            "notify.dovecot.url", !settings.notify.dovecot.url.isEmpty,
            "notify.dovecot.key-file", settings.notify.dovecot.keyFile != nil)
        checkPair(
            "notify.webhook.url", !settings.notify.webhook.url.isEmpty,
            "notify.webhook.secret-file", settings.notify.webhook.secretFile != nil)
        checkMail()
    }

    private mutating func checkMail() {
        let mail = settings.mail
        checkPair("mail.server", mail.server != nil, "mail.from", mail.from != nil)
        checkPair("mail.user", mail.user != nil, "mail.password-file", mail.passwordFile != nil)
        if settings.signIn.codesByMail, mail.server == nil {
            refuse(
                "mail.server", near: "sign-in.codes-by-mail",
                "sign-in.codes-by-mail needs a mail server that takes them")
        }
        guard case .tcp(let host, let port)? = mail.server else { return }
        if mail.encryption == .none, host != "localhost", IPAddress(host)?.isLoopback != true {
            refuse(
                "mail.encryption", near: "mail.server",
                "what opens accounts must not cross a network in the clear: write starttls or tls, or use a server on this machine"
            )
        }
        if mail.encryption == .starttls, port == 465 {
            refuse("mail.encryption", near: "mail.server", "port 465 begins with TLS: write mail.encryption: tls")
        }
    }

    /// One of two keys is worth nothing without the other.
    private mutating func checkPair(_ one: String, _ isGiven: Bool, _ other: String, _ otherIsGiven: Bool) {
        guard isGiven != otherIsGiven else { return }
        let (given, missing) = isGiven ? (one, other) : (other, one)
        refuse(missing, near: given, "\(one) and \(other) are given together")
    }

    private mutating func checkAddresses() {
        var taken: [Listened: String] = [:]
        for (path, endpoints, isDatagrams) in settings.listeners {
            for endpoint in endpoints where !endpoint.isAnyPort {
                if let other = taken.updateValue(path, forKey: Listened(address: endpoint, isDatagrams: isDatagrams)) {
                    refuse(path, near: other, "\(endpoint) is taken by \(other) already: choose another port or path")
                }
            }
        }
    }

    /// A problem of the key `path`, or of what it lacks: told where it stands, else where the other key does.
    mutating func refuse(_ path: String, near other: String, _ text: String) {
        problems.append(InvalidSettings.Problem(places[path] ?? places[other] ?? path, key: path, text))
    }
}

extension Settings {
    /// Every key that gives addresses to listen on, with them.
    fileprivate var listeners: [(path: String, addresses: [ListenAddress], isDatagrams: Bool)] {
        [
            ("portal.listen", [portal.listen], false), ("doors.http.listen", doors.http.listen, false),
            ("doors.http.tls-listen", doors.http.tlsListen, false),
            ("doors.dovecot.listen", doors.dovecot.listen, false), ("doors.radius.listen", doors.radius.listen, true),
            ("doors.radius.tls-listen", doors.radius.tlsListen, false),
            ("doors.saslauthd.listen", doors.saslauthd.listen, false),
            ("check.socket", check.socket.map { [$0] } ?? [], false),
            ("doors.ldap.listen", doors.ldap.listen, false), ("doors.ldap.tls-listen", doors.ldap.tlsListen, false),
        ]
    }

    /// A key whose value can only be had with a certificate.
    fileprivate var needForCertificate: String? {
        listeners.first { $0.path.hasSuffix(".tls-listen") && !$0.addresses.isEmpty }?.path
    }
}

/// UDP has ports of its own.
private struct Listened: Hashable {
    let address: ListenAddress
    let isDatagrams: Bool
}

extension ListenAddress {
    /// Every listener gets a port of its own.
    fileprivate var isAnyPort: Bool {
        if case .tcp(_, 0) = self { true } else { false }
    }
}

extension Substring {
    fileprivate func trimmingBlanks() -> String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
