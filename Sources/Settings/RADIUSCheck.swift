import LatchkeyCore

extension SettingsReader {
    /// What the RADIUS door's keys must have together.
    mutating func checkRADIUS() {
        let radius = settings.doors.radius
        // What was given but cannot be read is not missing.
        guard !problems.contains(where: { $0.key?.hasPrefix("doors.radius.clients.") ?? false }) else { return }
        for (name, client) in radius.clients.sorted(by: { $0.key < $1.key }) { checkClient(name, client) }
        checkUnique(\.networks, "networks")
        checkUnique(\.certificates, "certificates")
        if !radius.listen.isEmpty, radius.clients.values.allSatisfy(\.networks.isEmpty), problems.isEmpty {
            refuse(
                "doors.radius.clients", near: "doors.radius.listen",
                "nobody may ask: give each access point, concentrator or proxy a name with its networks, secret-file and service"
            )
        }
        if !radius.tlsListen.isEmpty, radius.clientIssuers == nil {
            refuse(
                "doors.radius.client-issuers", near: "doors.radius.tls-listen",
                "doors.radius.tls-listen needs the issuers of the clients' certificates: give a file of them in PEM")
        }
        for service in radius.replies.keys.sorted()
        where !radius.clients.values.contains(where: { $0.service?.name == service }) {
            refuse(
                "doors.radius.replies.\(service)", near: "doors.radius.clients",
                "no client is for the service \(service): write the service of one of doors.radius.clients")
        }
    }

    private mutating func checkClient(_ name: String, _ client: Settings.RADIUS.Client) {
        let path = "doors.radius.clients.\(name)"
        func isMissing(_ key: String) -> Bool { places["\(path).\(key)"] == nil }
        if isMissing("networks"), isMissing("certificates") {
            refuse(
                "\(path).networks", near: path,
                "nothing says which one it is: give the networks its packets come from, or the names in its certificate"
            )
        }
        if isMissing("secret-file"), !client.networks.isEmpty {
            refuse(
                "\(path).secret-file", near: path,
                "it has no shared secret: name a file that holds at least 16 characters, as openssl rand -hex 16 makes them"
            )
        }
        if isMissing("service") {
            refuse("\(path).service", near: path, "nothing says what is signed in to through it: write vpn or wifi")
        }
    }

    /// A network, or a name, is one client's.
    private mutating func checkUnique<Value: Hashable & CustomStringConvertible>(
        _ field: KeyPath<Settings.RADIUS.Client, [Value]>, _ key: String
    ) {
        var taken: [Value: String] = [:]
        for (name, client) in settings.doors.radius.clients.sorted(by: { $0.key < $1.key }) {
            let path = "doors.radius.clients.\(name).\(key)"
            for value in client[keyPath: field] {
                if let other = taken.updateValue(path, forKey: value) {
                    refuse(path, near: other, "\(value) is in \(other) already: it can be one client's only")
                }
            }
        }
    }
}
