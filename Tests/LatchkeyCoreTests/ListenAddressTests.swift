import LatchkeyCore
import Testing

@Suite("Listen addresses")
struct ListenAddressTests {
    @Test(
        "an address reads as it is written", arguments: ["unix:/run/a", "127.0.0.1:0", "[::1]:8090", "localhost:65535"])
    func read(text: String) throws {
        #expect(try ListenAddress(text).description == text)
    }

    @Test(
        "brackets hold an IPv6 address, and a path is one line of text",
        arguments: ["[I:nt\0\0]:1", "[:]:1", "[a:b\nc]:1", "[[::1]]:1", "unix:/a\nb", "unix:/a\u{1b}[2Jb", "unix:/\0"])
    func refused(text: String) {
        let error = #expect(throws: ListenAddressError.self) { try ListenAddress(text) }
        #expect(error?.description.utf8.contains { $0 < 0x20 } == false)
    }
}
