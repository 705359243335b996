import Testing

@testable import latchkey

struct PortalCheckTests {
    @Test(
        "doctor knows at what addresses browsers keep cookies and passkeys",
        arguments: [
            (nil, "warning"), ("https://keys.example.com", "good"), ("https://keys.example.com:8443", "good"),
            ("http://localhost:8080", "good"), ("http://keys.example.com", "bad"), ("http://192.0.2.7", "bad"),
            ("https://192.0.2.7", "warning"), ("https://[2001:db8::7]:443", "warning"),
        ] as [(String?, String)])
    func address(url: String?, state: String) {
        let finding = PortalCheck(url: url).run()
        #expect(finding.state.rawValue == state)
        #expect((finding.fix == nil) == (state == "good"))
    }
}
