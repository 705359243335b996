import ArgumentParser
import Foundation
import Storage

/// The doors that are measured.
enum MeasuredDoor: String, CaseIterable, ExpressibleByArgument {
    case dovecot, ldap, http, radius, saslauthd

    /// What the peers' own documentation calls it.
    var title: String {
        switch self {
        case .dovecot: "Dovecot SASL, over a Unix socket"
        case .ldap: "LDAP simple bind, over TCP"
        case .http: "HTTP Basic, over TCP connections that are kept"
        case .radius: "RADIUS PAP, over UDP"
        case .saslauthd: "saslauthd, over a Unix socket, a connection each"
        }
    }

    func dialogue(_ credentials: [Credentials]) -> any Dialogue {
        switch self {
        case .dovecot: DovecotDialogue(credentials)
        case .ldap: LDAPDialogue(credentials)
        case .http: HTTPDialogue(credentials)
        case .radius: RADIUSDialogue(credentials)
        case .saslauthd: SaslauthdDialogue(credentials)
        }
    }

    /// Where ours is to listen.
    func endpoint(named name: String, in home: Seed) throws -> Endpoint {
        switch self {
        case .dovecot, .saslauthd: .unix(path: home.directory.appending(path: name).path)
        case .ldap, .http: try .freeTCP()
        case .radius: try .freeUDP()
        }
    }

    var shapes: [Shape] {
        switch self {
        case .dovecot: [Shape(1, 1), Shape(8, 1), Shape(64, 1), Shape(8, 16)]
        case .ldap, .radius: [Shape(1, 1), Shape(8, 1), Shape(64, 1)]
        case .http: [Shape(8, 1), Shape(64, 1)]
        case .saslauthd: [Shape(8, 1)]
        }
    }

    /// Whether a sign-in is answered before its record is on the disk, or after. Both are told where the difference is the subject.
    var durabilities: [GroupCommitJournal.Durability] { self == .dovecot ? [.relaxed, .strict] : [.relaxed] }

    func peers(accounts: Int) -> [any PeerServer] {
        switch self {
        case .dovecot:
            [DovecotPeer(accounts: accounts, isCached: false), DovecotPeer(accounts: accounts, isCached: true)]
        case .ldap: [SlapdPeer(accounts: accounts)]
        case .http: [NginxPeer(accounts: min(accounts, 100))]
        case .radius: [FreeRADIUSPeer(accounts: accounts)]
        case .saslauthd: [SaslauthdPeer(accounts: min(accounts, 100))]
        }
    }

    /// A new connection each is dear on both sides: fewer tell as much.
    func count(of requests: Int) -> Int { self == .saslauthd ? max(1, requests / 4) : requests }
}

/// How many ask at once.
struct Shape {
    let connections: Int
    /// Requests that each connection has under way.
    let inFlight: Int

    init(_ connections: Int, _ inFlight: Int) {
        self.connections = connections
        self.inFlight = inFlight
    }

    var atOnce: Int { connections * inFlight }
}
