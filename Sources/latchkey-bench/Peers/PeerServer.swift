import Foundation

/// A server from the system's packages that does what one of our doors does, set up in a directory of its own.
protocol PeerServer {
    /// Debian's name of what it comes from.
    static var package: String { get }
    /// Its program. Not there: not installed.
    static var program: String { get }

    /// As the table calls it, with what passwords it checks.
    var name: String { get }
    /// How many it knows. Each has the first app password of the same account of ours as its password.
    var accounts: Int { get }

    /// Starts it in `home`, an empty directory.
    func start(in home: URL) throws -> (ServerProcess, Endpoint)
}

extension PeerServer {
    var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: Self.program) }
}
