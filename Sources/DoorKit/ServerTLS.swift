public import LatchkeyCore
public import NIOCore
import NIOSSL
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A server's certificate and key, and the TLS made of them: 1.2 and later. Read again when the files change, so that a
/// renewed certificate needs no restart; connections that are open keep theirs.
public final class ServerTLS: Sendable {
    public struct Files: Hashable, Sendable {
        /// A PEM file: the certificate first, then those that lead to its issuer.
        public var certificate: String
        /// A PEM file, unencrypted.
        public var key: String
        /// A PEM file of issuers: clients must then show a certificate of one of them.
        public var clientIssuers: String?

        public init(certificate: String, key: String, clientIssuers: String? = nil) {
            self.certificate = certificate
            self.key = key
            self.clientIssuers = clientIssuers
        }
    }

    private struct Loaded {
        let context: NIOSSLContext
        let expires: Timestamp
        let versions: [FileVersion]
    }

    public let files: Files
    private let loaded: Mutex<Loaded>

    /// Blocks while it reads the files.
    public init(_ files: Files) throws(TLSFilesError) {
        self.files = files
        loaded = Mutex(try Self.load(files))
    }

    /// When the certificate stops being good.
    public var expires: Timestamp { loaded.withLock { $0.expires } }

    /// Encrypts `channel` from its next octet on. To be called on the channel's event loop.
    ///
    /// In the middle of a connection (StartTLS), what was received before must not be left to be read, or it would pass for what came
    /// encrypted: the handlers that are there already stand behind the encryption.
    public func encrypt(_ channel: any Channel) throws {
        try channel.pipeline.syncOperations.addHandlers(handlers(), position: .first)
    }

    func handlers() -> [any ChannelHandler] {
        [NIOSSLServerHandler(context: loaded.withLock { $0.context }), HandshakeDeadline()]
    }

    /// True if the files had changed and are now in use. While they cannot be read the old ones are kept.
    public func reload(always: Bool = false) throws(TLSFilesError) -> Bool {
        let current = loaded.withLock { $0.versions }
        guard always || Self.versions(files) != current else { return false }
        let fresh = try Self.load(files)
        loaded.withLock { $0 = fresh }
        return true
    }

    private static func load(_ files: Files) throws(TLSFilesError) -> Loaded {
        // Before the files, so that a change while they are read is seen at the next look.
        let versions = versions(files)
        let chain = try certificates(files.certificate)
        let key: NIOSSLPrivateKey
        do {
            key = try NIOSSLPrivateKey(file: files.key, format: .pem)
        } catch {
            throw .unreadable(files.key, "an unencrypted private key in PEM")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        if let issuers = files.clientIssuers {
            configuration.trustRoots = .certificates(try certificates(issuers))
            configuration.certificateVerification = .noHostnameVerification
        }
        do {
            let expires = chain.first.map { Timestamp(seconds: Int64($0.notValidAfter)) }
            return Loaded(
                context: try NIOSSLContext(configuration: configuration), expires: expires ?? Timestamp(seconds: 0),
                versions: versions)
        } catch {
            throw .mismatched(certificate: files.certificate, key: files.key)
        }
    }

    private static func certificates(_ path: String) throws(TLSFilesError) -> [NIOSSLCertificate] {
        let found: [NIOSSLCertificate]
        do {
            found = try NIOSSLCertificate.fromPEMFile(path)
        } catch {
            throw .unreadable(path, "a certificate in PEM")
        }
        guard !found.isEmpty else { throw .unreadable(path, "a certificate in PEM") }
        return found
    }

    private static func versions(_ files: Files) -> [FileVersion] {
        [files.certificate, files.key, files.clientIssuers].compactMap(\.self).map { FileVersion($0) }
    }
}

/// Tells a file from what it was: by its time, size and number, since a renewal often replaces it.
private struct FileVersion: Hashable {
    private let numbers: [Int]

    init(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            numbers = []
            return
        }
        numbers = [
            Int(status.st_mtim.tv_sec), Int(status.st_mtim.tv_nsec), Int(status.st_size), Int(status.st_ino),
        ]
    }
}

/// Why a certificate cannot be used, as one line.
public enum TLSFilesError: Error, Hashable, Sendable, CustomStringConvertible {
    case unreadable(String, String)
    case mismatched(certificate: String, key: String)

    public var description: String {
        switch self {
        case .unreadable(let path, let what):
            "\(path) cannot be read as \(what): check that it exists, may be read by this user, and is complete"
        case .mismatched(let certificate, let key):
            "\(key) is not the key of the first certificate in \(certificate): give the two that belong together"
        }
    }
}
