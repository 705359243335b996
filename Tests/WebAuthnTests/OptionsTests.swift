import Testing

@testable import WebAuthn

struct OptionsTests {
    private func text(_ octets: [UInt8]) -> String { String(decoding: octets, as: UTF8.self) }

    @Test("registration options are what parseCreationOptionsFromJSON reads")
    func registration() throws {
        let challenge = try #require(SoftwareAuthenticator.challenge)
        let user = RegistrationOptions.User(
            handle: try #require(UserHandle([1, 2, 3])), name: "alice@example.com", displayName: "Alice \"A\" </script>"
        )
        var options = SoftwareAuthenticator.relyingParty.registrationOptions(user: user, challenge: challenge)
        options.exclude = [
            CredentialDescriptor(id: try #require(CredentialID([0xfb, 0xff])), transports: [.internal, .hybrid])
        ]
        #expect(
            text(options.json) == """
                {"rp":{"id":"portal.example.com","name":"Latchkey"},\
                "user":{"id":"AQID","name":"alice@example.com","displayName":"Alice \\"A\\" \\u003c/script>"},\
                "challenge":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc",\
                "pubKeyCredParams":[{"type":"public-key","alg":-8},{"type":"public-key","alg":-7},\
                {"type":"public-key","alg":-257},{"type":"public-key","alg":-35},{"type":"public-key","alg":-36}],\
                "timeout":300000,\
                "excludeCredentials":[{"type":"public-key","id":"-_8","transports":["internal","hybrid"]}],\
                "authenticatorSelection":{"residentKey":"required","requireResidentKey":true,"userVerification":"required"},\
                "attestation":"none","extensions":{"credProps":true}}
                """)
        options.residentKey = .discouraged
        options.userVerification = .preferred
        options.attachment = .crossPlatform
        options.attestation = .direct
        #expect(
            text(options.json).contains(
                """
                "authenticatorSelection":{"residentKey":"discouraged","requireResidentKey":false,\
                "userVerification":"preferred","authenticatorAttachment":"cross-platform"},"attestation":"direct"
                """))
    }

    @Test("authentication options are what parseRequestOptionsFromJSON reads")
    func authentication() throws {
        var options = SoftwareAuthenticator.relyingParty.authenticationOptions(
            challenge: try #require(SoftwareAuthenticator.challenge))
        options.timeout = .milliseconds(1_500)
        #expect(
            text(options.json) == """
                {"challenge":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc","timeout":1500,"rpId":"portal.example.com",\
                "allowCredentials":[],"userVerification":"required"}
                """)
        options.allow = [SoftwareAuthenticator().stored.descriptor]
        #expect(
            text(options.json).contains(
                "\"allowCredentials\":[{\"type\":\"public-key\",\"id\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\"}]"
            ))
    }

    @Test("a response is what toJSON gives, whatever else is in it")
    func responses() throws {
        func read(_ text: String) throws(ResponseError) -> AuthenticationResponse {
            try AuthenticationResponse(json: Array(text.utf8))
        }
        let parts = "\"clientDataJSON\":\"AA\",\"authenticatorData\":\"AQ\",\"signature\":\"Ag\""
        let start = "{\"id\":\"AQID\",\"rawId\":\"AQID\",\"type\":\"public-key\""
        #expect(try read("\(start),\"response\":{\(parts)},\"more\":[1.5]}").userHandle == nil)
        #expect(try read("\(start),\"response\":{\(parts),\"userHandle\":null}}").userHandle == nil)
        #expect(try read("\(start),\"response\":{\(parts),\"userHandle\":\"\"}}").userHandle == nil)
        #expect(try read("\(start),\"response\":{\(parts),\"userHandle\":\"AQ\"}}").userHandle == UserHandle([1]))
        let long = Base64URL.encode([UInt8](repeating: 1, count: 65))
        for (text, name) in [
            ("\(start),\"response\":{\(parts),\"userHandle\":\"\(long)\"}}", "userHandle"),
            ("\(start),\"response\":{\(parts),\"userHandle\":7}}", "userHandle"), ("\(start)}", "clientDataJSON"),
            ("\(start),\"response\":{\"clientDataJSON\":\"AA\"}}", "authenticatorData"),
            ("\(start),\"response\":{\"clientDataJSON\":\"AA=\"}}", "clientDataJSON"),
            ("{\"id\":\"AQIE\",\"rawId\":\"AQID\",\"type\":\"public-key\"}", "id"),
            ("{\"id\":\"\",\"rawId\":\"\",\"type\":\"public-key\"}", "rawId"),
            ("{\"id\":\"AQID\",\"rawId\":\"AQID\",\"type\":\"password\"}", "type"), ("[]", "type"),
        ] {
            #expect(throws: ResponseError.missingMember(name), "\(text)") { try read(text) }
        }
        #expect(throws: ResponseError.malformed(.tooLong)) {
            try read(String(repeating: " ", count: ResponseReader.maximumLength + 1))
        }
    }

    @Test(
        "transports are names, in a list that is not too long",
        arguments: [
            "\"usb\"", "[1]", "[\"USB\"]", "[\"\"]", "[\"a b\"]",
            "[\(Array(repeating: "\"usb\"", count: 9).joined(separator: ","))]",
        ])
    func transports(json: String) {
        #expect(throws: ResponseError.missingMember("transports")) {
            try RegistrationResponse(json: registrationJSON(id: "AQID", clientData: [0], object: [0], transports: json))
        }
    }
}

struct ValueTests {
    @Test("a challenge is not so short that it could be guessed")
    func challenge() {
        #expect(Challenge([UInt8](repeating: 0, count: 15)) == nil)
        #expect(Challenge([UInt8](repeating: 0, count: Challenge.length)) != nil)
        #expect(Challenge([UInt8](repeating: 0, count: 129)) == nil)
    }

    @Test("an identifier reads as it is written")
    func credentialID() throws {
        let id = try #require(CredentialID((0..<1_023).map { UInt8(truncatingIfNeeded: $0) }))
        #expect(CredentialID(base64URL: id.description) == id)
        #expect(CredentialID(base64URL: "") == nil)
        #expect(CredentialID(base64URL: Base64URL.encode([UInt8](repeating: 0, count: 1_024))) == nil)
        #expect(UserHandle([]) == nil)
        #expect(UserHandle([UInt8](repeating: 0, count: 65)) == nil)
    }

    @Test("a model reads as it is written, in either case")
    func aaguid() throws {
        let text = "2fc0579f-8113-47ea-b116-bb5a8db9202a"
        let model = try #require(AAGUID(text))
        #expect(model.description == text)
        #expect(AAGUID(text.uppercased()) == model)
        #expect(AAGUID(model.octets) == model)
        #expect(AAGUID.unknown.description == "00000000-0000-0000-0000-000000000000")
        for other in [
            "", "2fc0579f811347eab116bb5a8db9202a", "2fc0579f-8113-47ea-b116-bb5a8db9202g", text + "0",
            "+fc0579f" + text.dropFirst(8),
        ] {
            #expect(AAGUID(other) == nil)
        }
    }

    @Test("every known model has one name")
    func names() throws {
        let models = try AuthenticatorNames.models.map { try #require(AAGUID($0.0), "\($0.0)") }
        #expect(Set(models).count == models.count)
        for (model, name) in zip(models, AuthenticatorNames.models.map(\.1)) {
            #expect(AuthenticatorNames.name(of: model) == name)
        }
        #expect(AuthenticatorNames.name(of: .unknown) == nil)
        #expect(
            try AuthenticatorNames.name(of: #require(AAGUID("2fc0579f-8113-47ea-b116-bb5a8db9202a"))) == "YubiKey 5 NFC"
        )
    }
}
