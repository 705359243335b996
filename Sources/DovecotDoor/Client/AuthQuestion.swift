public import LatchkeyCore
import SASL

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The protocol from its other side, for one question: may this name with this secret use this service?
public struct AuthQuestion: Sendable {
    static let id: UInt32 = 1

    private let authcid: String
    private let secret: Secret
    private let service: Service
    private let address: IPAddress?

    /// Nil for a name or secret that PLAIN cannot carry, or that is longer than any: it need not be asked about.
    public init?(authcid: String, secret: Secret, service: Service, address: IPAddress? = nil) {
        let isName = Array(authcid.utf8).withUnsafeBytes { Authcid.read($0) != nil }
        let isSecret = (1...Attempt.maximumSecretLength).contains(secret.count) && secret.withBytes { !$0.contains(0) }
        guard isName, isSecret else { return nil }
        self.authcid = authcid
        self.secret = secret
        self.service = service
        self.address = address
    }

    /// Lends all that the client says, which waits for nothing from the server, and wipes it.
    public func withOctets<R>(processID: UInt32, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        var line = Array("VERSION\t1\t2\nCPID\t\(processID)\nAUTH\t\(Self.id)\tPLAIN\tservice=\(service)".utf8)
        if let address { line += Array("\trip=\(address)".utf8) }
        line += Array("\tresp=".utf8)
        var response = encodedResponse()
        // One allocation at its final size: growing would leave copies that are not wiped.
        line.reserveCapacity(line.count + response.count + 1)
        line += response
        line.append(UInt8(ascii: "\n"))
        defer {
            wipe(&response)
            wipe(&line)
        }
        return line.withUnsafeBytes(body)
    }

    /// RFC 4616 §2, without an authzid, in base64.
    private func encodedResponse() -> [UInt8] {
        var message: [UInt8] = []
        message.reserveCapacity(authcid.utf8.count + secret.count + 2)
        message.append(0)
        message += authcid.utf8
        message.append(0)
        secret.withBytes { message.append(contentsOf: $0) }
        defer { wipe(&message) }
        return Base64.encode(message)
    }
}

private func wipe(_ octets: inout [UInt8]) {
    octets.withUnsafeMutableBytes { if let base = $0.baseAddress { explicit_bzero(base, $0.count) } }
}
