import Foundation
import Testing

@testable import WebAuthn

/// What a real browser sent: see Vectors/README.md.
private struct Recordings: Decodable {
    struct Ceremonies: Decodable, Sendable, CustomTestStringConvertible {
        let name: String
        let registration: String
        let authentications: [String]

        var testDescription: String { name }
    }

    let origin: String
    let relyingPartyID: String
    let browser: String
    let ceremonies: [Ceremonies]

    static func load() throws -> Recordings {
        let url = try #require(
            Bundle.module.url(forResource: "chromium", withExtension: "json", subdirectory: "Vectors"))
        return try JSONDecoder().decode(Recordings.self, from: Data(contentsOf: url))
    }
}

struct BrowserTests {
    @Test("what Chromium sends registers and signs in", arguments: try Recordings.load().ceremonies)
    private func chromium(ceremonies: Recordings.Ceremonies) async throws {
        let recordings = try Recordings.load()
        let relyingParty = RelyingParty(id: recordings.relyingPartyID, name: "Latchkey", origins: [recordings.origin])
        let challenge = try #require(SoftwareAuthenticator.challenge)
        let owner = try #require(UserHandle([9, 9, 9]))
        let isU2F = ceremonies.name.hasPrefix("U2F")
        let userVerification: UserVerification = isU2F ? .discouraged : .required

        let registration = try await relyingParty.verify(
            registration: RegistrationResponse(json: Array(ceremonies.registration.utf8)), challenge: challenge,
            userVerification: userVerification, at: Vectors.now)
        #expect(registration.isUserVerified == !isU2F)
        #expect(registration.isDiscoverable == !isU2F)
        #expect(registration.credential.attestation == (ceremonies.name.hasSuffix("direct") ? .basicUntrusted : .none))
        #expect(registration.credential.transports == [ceremonies.name.hasPrefix("platform") ? .internal : .usb])

        var credential = registration.credential
        let responses = try ceremonies.authentications.map { try AuthenticationResponse(json: Array($0.utf8)) }
        #expect(responses.count == 2)
        for (place, response) in responses.enumerated() {
            // The first was made without a list of credentials, where the authenticator remembers any.
            let identification: Identification =
                place == 0 && !isU2F ? .byResponse : .beforehand(allowed: [credential.id])
            let authentication = try relyingParty.verify(
                authentication: response, challenge: challenge, credential: credential, owner: owner,
                identification: identification, userVerification: userVerification)
            #expect(authentication.credential.signCount > credential.signCount)
            credential = authentication.credential
        }
        // Both again, now that they are old.
        for response in responses {
            #expect(throws: AuthenticationError.self) {
                try relyingParty.verify(
                    authentication: response, challenge: challenge, credential: credential, owner: owner,
                    identification: .beforehand(allowed: []), userVerification: userVerification)
            }
        }
    }
}
