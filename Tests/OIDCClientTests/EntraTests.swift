import Testing

@testable import OIDCClient

struct EntraTests {
    private let ours = "72f988bf-86f1-41af-91ab-2d7cd011db47"
    private let theirs = "11111111-2222-3333-4444-555555555555"

    private func entra(_ tenants: Set<String>) throws -> Provider { try provider(.entra(tenants: tenants)) }

    private func token(of tenant: String) -> Token {
        Token.id.with("iss", quoted("https://login.microsoftonline.com/\(tenant)/v2.0")).with("tid", quoted(tenant))
            .with("oid", #""object-1""#)
    }

    @Test("a person of an allowed tenant is known by the tenant's issuer and their object id")
    func allowed() throws {
        let identity = try verify(token(of: ours).compact(), provider: entra([ours]))
        let issuer = "https://login.microsoftonline.com/\(ours)/v2.0"
        #expect(identity.key == IdentityKey(issuer: issuer, subject: "object-1"))
        #expect(identity.subject == "alice-1")
        #expect(identity.tenant == ours)
    }

    @Test("of several tenants each has people of its own, and a third has none here")
    func several() throws {
        let third = "99999999-2222-3333-4444-555555555555"
        let configured = try entra([ours, theirs.uppercased()])
        let one = try verify(token(of: ours).compact(), provider: configured)
        let two = try verify(token(of: theirs).compact(), provider: configured)
        // The same object id and subject in two tenants are two people.
        #expect(one.key.subject == two.key.subject && one.key != two.key)
        #expect(configured.issuer.covers(one.issuer) && configured.issuer.covers(two.issuer))
        #expect(throws: TokenFault.tenantNotAllowed) { try verify(token(of: third).compact(), provider: configured) }
        // Neither allowed tenant speaks for the other.
        #expect(throws: TokenFault.otherIssuer) {
            try verify(token(of: ours).with("tid", quoted(theirs)).compact(), provider: configured)
        }
        #expect(throws: TokenFault.keyOfAnotherIssuer) {
            let keys = try KeySet(
                Array(
                    #"{"keys":[\#(Signer.p256.jwk(["issuer": quoted("https://login.microsoftonline.com/\(theirs)/v2.0")]))]}"#
                        .utf8))
            return try verify(token(of: ours).compact(), keys: keys, provider: configured)
        }
    }

    @Test("tenants that are not listed, not named, or not the issuer's are refused")
    func refused() throws {
        let configured = try entra([ours])
        #expect(throws: TokenFault.tenantNotAllowed) { try verify(token(of: theirs).compact(), provider: configured) }
        #expect(throws: TokenFault.otherIssuer) {
            try verify(token(of: theirs).with("tid", quoted(ours)).compact(), provider: configured)
        }
        #expect(throws: TokenFault.tenantNotAllowed) {
            try verify(token(of: ours).with("tid", quoted(theirs)).compact(), provider: configured)
        }
        #expect(throws: TokenFault.missingClaim(.tid)) {
            try verify(token(of: ours).with("tid", nil).compact(), provider: configured)
        }
        #expect(throws: TokenFault.otherIssuer) {
            try verify(
                token(of: ours).with("iss", quoted("https://login.microsoftonline.com/{tenantid}/v2.0")).compact(),
                provider: configured)
        }
        #expect(throws: TokenFault.missingClaim(.oid)) {
            try verify(token(of: ours).with("oid", nil).compact(), provider: configured)
        }
    }

    @Test("a key that speaks for another tenant signs nothing for this one")
    func keyIssuer() throws {
        func keys(_ issuer: String) throws -> KeySet {
            try KeySet(Array(#"{"keys":[\#(Signer.p256.jwk(["issuer": quoted(issuer)]))]}"#.utf8))
        }
        let template = "https://login.microsoftonline.com/{tenantid}/v2.0"
        let compact = try token(of: ours).compact()
        #expect(throws: Never.self) { try verify(compact, keys: keys(template), provider: entra([ours])) }
        #expect(throws: TokenFault.keyOfAnotherIssuer) {
            try verify(
                compact, keys: keys("https://login.microsoftonline.com/\(theirs)/v2.0"), provider: entra([ours]))
        }
    }

    @Test("groups that a token cannot hold are not taken for none")
    func overage() throws {
        let left = token(of: ours).with("_claim_names", #"{"groups":"src1"}"#)
        #expect(try verify(left.compact(), provider: entra([ours])).groupsOverage)
        let implicit = token(of: ours).with("hasgroups", "true")
        #expect(try verify(implicit.compact(), provider: entra([ours])).groupsOverage)
        let others = token(of: ours).with("_claim_names", #"{"other":"src1"}"#)
        #expect(try !verify(others.compact(), provider: entra([ours])).groupsOverage)
    }

    @Test("the discovery document is that of the kind of accounts that may sign in")
    func discovery() throws {
        func url(_ tenants: Set<String>) throws -> String { try Issuer.entra(tenants: tenants).discoveryURL }
        let end = "/v2.0/.well-known/openid-configuration"
        #expect(try url([ours]) == "https://login.microsoftonline.com/organizations" + end)
        #expect(try url([ours, Issuer.consumers]) == "https://login.microsoftonline.com/common" + end)
        #expect(try url([Issuer.consumers]) == "https://login.microsoftonline.com/consumers" + end)
        #expect(
            try Issuer("https://login.microsoftonline.com/\(ours)/v2.0").discoveryURL
                == "https://login.microsoftonline.com/\(ours)" + end)
    }

    @Test("a tenant by itself and among others is one and the same issuer")
    func overlap() throws {
        let several = try Issuer.entra(tenants: [ours, Issuer.consumers])
        let alone = try Issuer("https://login.microsoftonline.com/\(ours)/v2.0")
        let other = try Issuer("https://login.microsoftonline.com/\(theirs)/v2.0")
        #expect(several.overlaps(alone) && alone.overlaps(several) && alone.overlaps(alone))
        #expect(!several.overlaps(other) && !other.overlaps(several) && !alone.overlaps(other))
        #expect(try several.overlaps(.entra(tenants: [theirs, ours])) && !several.overlaps(.entra(tenants: [theirs])))
    }

    @Test("the metadata of several tenants names the template")
    func template() throws {
        let issuer = try Issuer.entra(tenants: [ours])
        let named = ScriptedHTTP.metadata(["issuer": #""https://login.microsoftonline.com/{tenantid}/v2.0""#])
        #expect(throws: Never.self) { try ProviderMetadata(Array(named.utf8), of: issuer) }
        let other = ScriptedHTTP.metadata(["issuer": quoted("https://login.microsoftonline.com/\(ours)/v2.0")])
        #expect(throws: ProviderFault.self) { try ProviderMetadata(Array(other.utf8), of: issuer) }
    }
}
