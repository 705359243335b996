import LatchkeyCore
import Testing

@Suite("Where a server is reached")
struct EndpointTests {
    @Test("an endpoint reads what it writes", arguments: ["192.0.2.10:143", "[2001:db8::10]:65535", "127.0.0.1:1"])
    func reading(text: String) throws {
        #expect(try #require(Endpoint(text)).description == text)
    }

    @Test(
        "anything but an address with a port is none",
        arguments: [
            "", ":", "192.0.2.10", "192.0.2.10:", "192.0.2.10:0", "192.0.2.10:65536", "192.0.2.10:+1", "192.0.2.10:1 ",
            "mail.example.com:143", "localhost:143", "2001:db8::10:143", "[192.0.2.10]:143", "[2001:db8::10]", "[]:1",
            "[fe80::1%eth0]:143", "192.0.2:143", "unix:/run/a:1", "192.0.2.10:143\r\n", "192.0.2.10\0:143",
        ])
    func refusing(text: String) {
        #expect(Endpoint(text) == nil)
    }
}
