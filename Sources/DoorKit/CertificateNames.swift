public import LatchkeyCore
public import NIOCore
import NIOSSL

/// Whom a peer's certificate is for: its subject alternative names (RFC 5280 §4.2.1.6). The subject itself names nobody.
public struct CertificateNames: Hashable, Sendable {
    /// In lower case.
    public let dnsNames: [String]
    public let addresses: [IPAddress]

    public init(dnsNames: [String] = [], addresses: [IPAddress] = []) {
        self.dnsNames = dnsNames.map { $0.lowercased() }
        self.addresses = addresses
    }

    /// Of the certificate that the peer of `channel` has shown; nil without one. To be called on the channel's event loop, after the
    /// handshake: once its first octets are read.
    public init?(of channel: any Channel) {
        // It throws where there is no TLS at all, and then there is no certificate.
        guard let certificate = try? channel.pipeline.syncOperations.nioSSL_peerCertificate() else { return nil }
        var dnsNames: [String] = []
        var addresses: [IPAddress] = []
        for name in certificate._subjectAlternativeNames() {
            let octets = Array(name.contents)
            switch name.nameType {
            case .dnsName where octets.allSatisfy({ (0x21...0x7e).contains($0) }):
                dnsNames.append(String(decoding: octets, as: UTF8.self))
            case .ipAddress:
                if let address = IPAddress(octets: octets) { addresses.append(address) }
            default: break
            }
        }
        self.init(dnsNames: dnsNames, addresses: addresses)
    }
}
