import Testing

@testable import OIDCClient

struct AssuranceTests {
    @Test(
        "silence and unlisted words mean one factor",
        arguments: [[], ["pwd"], ["otp"], ["MFA"], ["mfa "], ["pwd", "sms"]])
    func single(amr: [String]) {
        #expect(AssurancePolicy().assurance(amr: amr, acr: nil) == .singleFactor)
        #expect(AssurancePolicy().assurance(amr: amr, acr: "mfa") == .singleFactor)
    }

    @Test("a listed method or context means several")
    func multi() {
        #expect(AssurancePolicy().assurance(amr: ["pwd", "mfa"], acr: nil) == .multiFactor)
        let policy = AssurancePolicy(methods: ["hwk", "fido"], contexts: ["phr"])
        #expect(policy.assurance(amr: ["fido"], acr: nil) == .multiFactor)
        #expect(policy.assurance(amr: [], acr: "phr") == .multiFactor)
        #expect(policy.assurance(amr: ["mfa"], acr: "phrh") == .singleFactor)
        #expect(AssurancePolicy(methods: [], contexts: []).assurance(amr: ["mfa"], acr: "") == .singleFactor)
    }
}
