import Crypto
import Keyring
import LatchkeyCore
import LatchkeyTesting
import Storage
import Synchronization
import Testing

@testable import Accounts
@testable import OIDCClient

/// A provider that signs whatever a test has it say, and its half of each dialogue.
final class ScriptedProvider: HTTPFetching {
    static let issuer = "https://id.example.net"
    static let redirectURI = "https://keys.example.com/sign-in/callback/example"

    private let key = P256.Signing.PrivateKey()
    private let idToken = Mutex("")
    private let isAway = Mutex(false)

    /// What it answers the next code with.
    func say(_ claims: [String: String]) throws {
        let token = try compact(claims, type: "JWT")
        idToken.withLock { $0 = token }
    }

    func goAway() { isAway.withLock { $0 = true } }

    /// A JWS over claims in raw JSON.
    func compact(_ claims: [String: String], type: String) throws -> String {
        let header = #"{"alg":"ES256","kid":"one","typ":"\#(type)"}"#
        let payload = "{" + claims.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
        let input = "\(Base64URL.encode(header.utf8)).\(Base64URL.encode(payload.utf8))"
        return "\(input).\(Base64URL.encode(try key.signature(for: Array(input.utf8)).rawRepresentation))"
    }

    func fetch(_ request: FetchRequest) async throws(FetchFailure) -> FetchAnswer {
        await Task.yield()
        guard !isAway.withLock({ $0 }) else { throw .deadline }
        let point = key.publicKey.rawRepresentation
        let text =
            if request.url.hasSuffix("/.well-known/openid-configuration") {
                #"{"issuer":"\#(Self.issuer)","authorization_endpoint":"\#(Self.issuer)/authorize","token_endpoint":"\#(Self.issuer)/token","jwks_uri":"\#(Self.issuer)/keys","end_session_endpoint":"\#(Self.issuer)/logout"}"#
            } else if request.url.hasSuffix("/keys") {
                #"{"keys":[{"kty":"EC","crv":"P-256","kid":"one","x":"\#(Base64URL.encode(point.prefix(32)))","y":"\#(Base64URL.encode(point.suffix(32)))"}]}"#
            } else {
                #"{"id_token":"\#(idToken.withLock { $0 })","token_type":"Bearer"}"#
            }
        return FetchAnswer(status: 200, body: Array(text.utf8))
    }
}

/// Single sign-on in a house of its own, with one provider.
struct SignOnHouse {
    let house: House
    let script = ScriptedProvider()
    let signOn: SingleSignOn
    let provider: IdentityProvider
    let groups: SQLGroups
    let credentials: PortalCredentials
    let access: PortalAccess

    init(_ change: (inout IdentityProvider) -> Void = { _ in }) async throws {
        house = try await House()
        let issuer = try Issuer(ScriptedProvider.issuer)
        var provider = IdentityProvider(
            name: "example", title: "Example ID",
            provider: try Provider(issuer: issuer, clientID: "latchkey", authentication: .none))
        provider.newcomers = ["example.com"]
        change(&provider)
        self.provider = provider
        let trust = IdentityTrust([(issuer, provider.singleFactor)])
        groups = SQLGroups(house.database)
        let factors = SQLSecondFactors(house.database, trust: trust)
        let sessions = SQLSessions(house.database, trust: trust)
        access = PortalAccess(
            accounts: house.accounts, passwords: house.passwords, factors: factors,
            keys: SQLWebAuthnCredentials(house.database), sessions: sessions, audit: house.audit, hasher: house.hasher,
            keyring: house.keyring, limits: house.limits, defaultDomain: "example.com",
            now: { [clock = house.clock] in clock.now })
        credentials = PortalCredentials(
            accounts: house.accounts, passwords: house.passwords, factors: factors,
            keys: SQLWebAuthnCredentials(house.database), sessions: sessions, audit: house.audit, hasher: house.hasher,
            keyring: house.keyring, limits: house.limits, issuer: "Latchkey",
            now: { [clock = house.clock] in clock.now })
        signOn = SingleSignOn(
            [provider], access: access, groups: groups, identities: SQLIdentities(house.database, trust: trust),
            http: script)
    }

    /// Away to the provider; what the browser brings back is `state`.
    func leave(
        _ purpose: SingleSignOn.Purpose = .signIn, next: String? = nil, browser: Secret? = nil,
        from origin: Origin = House.home
    ) async throws -> Trip {
        let departure = try await signOn.begin(
            purpose, with: provider, redirectURI: ScriptedProvider.redirectURI, next: next, browser: browser,
            from: origin)
        let fields = try #require(
            FormEncoding.decode(String(departure.url.split(separator: "?", maxSplits: 1).last ?? "")))
        func value(_ name: String) -> String { fields.first { $0.0 == name }?.1 ?? "" }
        return Trip(
            state: value("state"), nonce: value("nonce"), browser: departure.browser,
            isStepUp: value("prompt") == "login" && value("max_age") == "60")
    }

    /// What the provider says of Alice, with `claims` in raw JSON above.
    func claims(_ trip: Trip, _ claims: [String: String?] = [:]) -> [String: String] {
        let now = house.clock.now.seconds
        var all: [String: String?] = [
            "iss": "\"\(ScriptedProvider.issuer)\"", "sub": "\"alice-1\"", "aud": "\"latchkey\"",
            "nonce": "\"\(trip.nonce)\"", "iat": "\(now)", "exp": "\(now + 300)", "auth_time": "\(now)",
            "email": "\"Alice@Example.com\"", "email_verified": "true", "name": "\"Alice Liddell\"",
            "amr": #"["pwd","mfa"]"#, "sid": "\"s-1\"",
        ]
        all.merge(claims) { $1 }
        return all.compactMapValues { $0 }
    }

    func comeBack(
        _ trip: Trip, _ changes: [String: String?] = [:], in session: Session? = nil, browser: Secret? = nil
    ) async throws -> SingleSignOn.Return {
        try script.say(claims(trip, changes))
        return try await signOn.finish(
            query: "code=c&state=\(trip.state)", from: provider, browser: browser ?? trip.browser, in: session,
            from: House.home)
    }

    func signIn(_ changes: [String: String?] = [:]) async throws -> Homecoming {
        try await comeBack(try await leave(), changes).homecoming
    }

    func addGroup(_ name: String) async throws -> Group {
        var rng = SystemRandomNumberGenerator()
        let group = Group(
            id: GroupID(at: house.clock.now, using: &rng), name: try #require(GroupName(name)),
            created: house.clock.now)
        try await groups.insert(group, event: AuditEvent(time: house.clock.now, action: .groupCreated, actor: .system))
        return group
    }
}

struct Trip {
    let state: String
    let nonce: String
    let browser: Secret
    let isStepUp: Bool
}

extension Homecoming {
    var session: Session? {
        switch self {
        case .signedIn(_, let session), .confirmed(_, let session), .linked(_, let session): session
        case .refused: nil
        }
    }

    var refusal: SignOnRefusal? {
        if case .refused(let refusal) = self { refusal } else { nil }
    }
}
