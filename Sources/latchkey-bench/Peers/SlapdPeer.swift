import Crypto
import Foundation

/// OpenLDAP's slapd with an mdb database, loaded by slapadd.
struct SlapdPeer: PeerServer {
    static let package = "slapd"
    static let program = "/usr/sbin/slapd"

    let accounts: Int

    let name = "OpenLDAP slapd, mdb {SSHA}"

    func start(in home: URL) throws -> (ServerProcess, Endpoint) {
        let configuration = home.appending(path: "slapd.conf")
        let database = home.appending(path: "database")
        let entries = home.appending(path: "entries.ldif")
        try FileManager.default.createDirectory(at: database, withIntermediateDirectories: true)
        try Data(text(database: database.path).utf8).write(to: configuration)
        try Data(ldif.utf8).write(to: entries)
        try ServerProcess.finish(
            "/usr/sbin/slapadd", ["-q", "-f", configuration.path, "-l", entries.path], in: home)
        let endpoint = try Endpoint.freeTCP()
        let process = try ServerProcess(
            Self.program, ["-d", "0", "-f", configuration.path, "-h", "ldap://\(endpoint.listenAddress)/"], in: home)
        return (process, endpoint)
    }

    private func text(database: String) -> String {
        """
        include /etc/ldap/schema/core.schema
        include /etc/ldap/schema/cosine.schema
        modulepath /usr/lib/ldap
        moduleload back_mdb
        loglevel 0
        database mdb
        maxsize 4294967296
        suffix "dc=example,dc=com"
        directory \(database)
        access to attrs=userPassword by anonymous auth
        access to * by * none

        """
    }

    private var ldif: String {
        var text = """
            dn: dc=example,dc=com
            objectClass: domain
            dc: example

            dn: \(LDAPDialogue.people)
            objectClass: organizationalUnit
            ou: people


            """
        for account in 0..<accounts {
            text += """
                dn: uid=\(Seed.login(account)),\(LDAPDialogue.people)
                objectClass: account
                objectClass: simpleSecurityObject
                uid: \(Seed.login(account))
                userPassword: \(Self.saltedSHA(Seed.shown(account, 0), salt: account))


                """
        }
        return text
    }

    /// {SSHA}: SHA-1 of the password and a salt, then the salt.
    private static func saltedSHA(_ password: String, salt number: Int) -> String {
        let salt = withUnsafeBytes(of: number.bigEndian) { Array($0) }
        let digest = Array(Insecure.SHA1.hash(data: Array(password.utf8) + salt))
        return "{SSHA}" + Data(digest + salt).base64EncodedString()
    }
}
