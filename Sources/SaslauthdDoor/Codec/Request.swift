import LatchkeyCore
import SASL

/// Octets lent by whoever read them: valid only until the call they were passed to returns.
typealias Octets = UnsafeRawBufferPointer

/// One question: four strings, each behind its length in two octets, and in clients of the development branch a fifth
/// (Cyrus SASL, `saslauthd/ipc_unix.c` and `lib/checkpw.c`).
struct Request: Sendable {
    /// Octets of one string. saslauthd itself stops at 256, which a passphrase may exceed.
    static let maximumStringLength = 1_024

    let login: String
    let password: Secret
    /// Nil if the name given is no service name.
    let service: Service?
    /// Nil if it is empty.
    let realm: String?
    /// From the fifth string: the client's own address.
    let address: IPAddress?

    /// Why a request is answered with NO without being looked at further.
    enum Fault: Error {
        case longString
        /// Empty, longer than any name, not UTF-8, or with control characters.
        case badName
        case badPassword
    }

    fileprivate init(
        login: Octets, password: Octets, service: Octets, realm: Octets, client: Octets?
    ) throws(Fault) {
        guard let name = Authcid.read(login) else { throw .badName }
        let realmName = Authcid.read(realm)
        guard realm.isEmpty || realmName != nil else { throw .badName }
        // Where C's strings end at a NUL, `secret` and what follows the NUL must not pass for `secret`.
        guard !password.isEmpty, !password.contains(0) else { throw .badPassword }
        self.login = name
        self.password = Secret(password)
        self.service = Service(asked: service)
        self.realm = realmName
        address = client.flatMap { IPAddress(endpoint: $0) }
    }
}

/// What has come of a request so far.
enum Reading {
    /// Fewer than four strings.
    case begun
    case request(Request, client: ClientString)
    case faulty(Request.Fault)

    /// The fifth string. Nothing announces whether there will be one.
    enum ClientString {
        case absent, begun, whole
    }

    /// Reads all that has come; what follows the fifth string is not looked at.
    init(_ octets: Octets) {
        do throws(Request.Fault) {
            self = try Self.read(octets)
        } catch {
            self = .faulty(error)
        }
    }

    private static func read(_ octets: Octets) throws(Request.Fault) -> Reading {
        var strings = Strings(octets)
        // In a row: the first that is too long is told before the next has come.
        guard let login = try strings.next(), let password = try strings.next(), let service = try strings.next(),
            let realm = try strings.next()
        else { return .begun }
        let isBegun = strings.hasMore
        let client = try strings.next()
        let request = try Request(login: login, password: password, service: service, realm: realm, client: client)
        return .request(request, client: client != nil ? .whole : isBegun ? .begun : .absent)
    }
}

/// Strings behind their lengths.
private struct Strings {
    private let octets: Octets
    private var place = 0

    init(_ octets: Octets) {
        self.octets = octets
    }

    var hasMore: Bool { place < octets.count }

    /// Nil if it is not there as a whole yet.
    mutating func next() throws(Request.Fault) -> Octets? {
        guard octets.count - place >= 2 else { return nil }
        let length = Int(octets[place]) << 8 | Int(octets[place + 1])
        guard length <= Request.maximumStringLength else { throw .longString }
        let start = place + 2
        guard octets.count - start >= length else { return nil }
        place = start + length
        return Octets(rebasing: octets[start..<place])
    }
}

extension Service {
    /// Cyrus IMAP's POP3 server calls itself `pop`. The common ones without an allocation.
    fileprivate init?(asked name: Octets) {
        if name.elementsEqual("smtp".utf8) {
            self = .smtp
        } else if name.elementsEqual("imap".utf8) {
            self = .imap
        } else {
            guard let service = Service(String(decoding: name, as: UTF8.self)) else { return nil }
            self = service.name == "pop" ? .pop3 : service
        }
    }
}

extension IPAddress {
    /// `192.0.2.7;51234`, the form of libsasl's `SASL_IPREMOTEPORT`.
    fileprivate init?(endpoint: Octets) {
        guard let end = endpoint.lastIndex(of: UInt8(ascii: ";")) else { return nil }
        self.init(String(decoding: endpoint[..<end], as: UTF8.self))
    }
}
