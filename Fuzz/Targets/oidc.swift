@testable import OIDCClient

private let now = NumericDate(seconds: 1_800_000_000)
private let tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47"
private let one = configured { () throws(ConfigurationFault) in try Issuer("https://id.example.test") }
private let several = configured { () throws(ConfigurationFault) in try Issuer.entra(tenants: [tenant]) }
private let keys = (try? KeySet(Array(#"{"keys":[{"kid":"k"}]}"#.utf8)))!

private func configured(_ issuer: () throws(ConfigurationFault) -> Issuer) -> Provider {
    (try? Provider(issuer: issuer(), clientID: "latchkey", authentication: .none))!
}

/// The readers of the relying party. The first octet says which; the rest is what it reads.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    guard let reader = input.first else { return 0 }
    let octets = Array(input.dropFirst())
    let text = String(decoding: octets, as: UTF8.self)
    switch reader {
    case UInt8(ascii: "J"): _ = JSONValue(octets)
    case UInt8(ascii: "C"): readToken(text)
    case UInt8(ascii: "T"): readSigned(octets)
    case UInt8(ascii: "D"): readMetadata(octets)
    case UInt8(ascii: "K"): _ = try? KeySet(octets)
    case UInt8(ascii: "A"): _ = try? TokenAnswer(FetchAnswer(status: octets.count % 2 == 0 ? 200 : 400, body: octets))
    case UInt8(ascii: "Q"): readQuery(text)
    case UInt8(ascii: "U"): readURL(text)
    case UInt8(ascii: "B"):
        if let decoded = Base64URL.decode(octets), Base64URL.encode(decoded) != text {
            fatalError("two texts for one value")
        }
    default: break
    }
    return 0
}

/// A header and claims, a line each, as somebody with the key would sign them.
private func readSigned(_ octets: [UInt8]) {
    let lines = octets.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
    guard lines.count == 2 else { return }
    readToken("\(Base64URL.encode(lines[0])).\(Base64URL.encode(lines[1])).AAAA")
}

private func readToken(_ text: String) {
    for provider in [one, several] {
        let rules = TokenRules(provider: provider, now: now)
        let pending = PendingAuthorization(
            issuer: provider.issuer.identifier, redirectURI: "https://keys.example.test/", state: Confidential("s"),
            nonce: Confidential("n"), codeVerifier: Confidential("v"), maximumAge: nil, started: now)
        let verification = IDTokenVerification(rules: rules, pending: pending, accessToken: Confidential("a"))
        let identity = try? verification.identity(from: Confidential(text), keys: keys)
        let notice = try? LogoutTokenVerification(rules: rules).notice(from: Confidential(text), keys: keys)
        guard identity == nil || notice == nil else { fatalError("a token is for both") }
        for issuer in [identity?.issuer, notice?.issuer].compactMap({ $0 }) {
            guard provider.issuer.covers(issuer) else { fatalError("somebody else's token") }
        }
        if let identity { check(identity) }
    }
}

private func check(_ identity: Identity) {
    for text in [identity.key.subject, identity.subject] {
        guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else {
            fatalError("a subject that is none")
        }
    }
    for line in [identity.name, identity.email, identity.preferredUsername].compactMap({ $0 }) {
        guard line.utf8.count <= 255, !line.utf8.contains(where: { $0 < 0x20 }) else {
            fatalError("a name that is no line")
        }
    }
    guard !identity.emailVerified || identity.email != nil else { fatalError("no address is verified") }
}

private func readMetadata(_ octets: [UInt8]) {
    for provider in [one, several] {
        guard let metadata = try? ProviderMetadata(octets, of: provider.issuer) else { continue }
        for url in [metadata.authorizationEndpoint, metadata.tokenEndpoint, metadata.keySet] where url.isPlain {
            fatalError("an endpoint in the clear")
        }
    }
}

private func readQuery(_ text: String) {
    if let fields = FormEncoding.decode(text) {
        guard let again = FormEncoding.decode(FormEncoding.encode(fields)), again.elementsEqual(fields, by: ==) else {
            fatalError("a form is read otherwise than it is written")
        }
    }
    guard let response = try? AuthorizationResponse(query: text) else { return }
    guard !response.state.revealed.isEmpty else { fatalError("no state") }
}

private func readURL(_ text: String) {
    guard let url = SecureURL(text) else { return }
    guard url.text.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "#") }),
        url.text.hasPrefix(url.isPlain ? "http://" : "https://"),
        url.text.utf8.count > SecureURL.maximumLength - 10 || SecureURL(url.adding([("a", "b c")])) != nil
    else { fatalError("a URL that is none") }
}
