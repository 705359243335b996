import Foundation
import Testing

struct SingleSignOnTests {
    private let tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47"

    @Test("a tenant that two providers have is refused, as one would lend the other its trust")
    func tenantTwice() throws {
        let place = try Place()
        let file = URL(filePath: place.data + "/latchkey.yaml")
        let settings = try String(contentsOf: file, encoding: .utf8)
        func list(tenants: String) throws -> Program.Outcome {
            let sso = """

                sso:
                  providers:
                    one: {issuer: entra, tenants: [\(tenants)], client-id: a, authentication: none}
                    two: {issuer: "https://login.microsoftonline.com/\(tenant)/v2.0", client-id: b, authentication: none}

                """
            try (settings + sso).write(to: file, atomically: true, encoding: .utf8)
            return try place.run("account", "list")
        }
        let refused = try list(tenants: tenant.uppercased())
        #expect(refused.code != 0)
        #expect(refused.errors.contains("sso.providers.two.issuer: some of its people are another provider's"))
        #expect(try list(tenants: "11111111-2222-3333-4444-555555555555").code == 0)
    }
}
