import DovecotDoor
import Glibc
import NIOCore

/// The running server, asked through its local socket. It blocks: a command has nothing else to do.
struct LocalServer {
    /// Seconds. A refusal is held for 3 at most.
    private static let patience = 10

    let socket: String

    /// Throws with 111 if nobody is there, or may not be asked.
    func answer(to question: AuthQuestion) throws(CommandFailure) -> AuthAnswer {
        let descriptor = try connected()
        defer { close(descriptor) }
        let isSent = question.withOctets(processID: UInt32(getpid())) { octets in
            // A line of some kilobytes fits the socket's buffer, or the server is in trouble.
            send(descriptor, octets.baseAddress, octets.count, CInt(MSG_NOSIGNAL)) == octets.count
        }
        guard isSent else { return .unavailable }
        var reader = AuthAnswerReader()
        return withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 1) { buffer in
            while true {
                let got = recv(descriptor, buffer.baseAddress, buffer.count, 0)
                if got < 0, errno == EINTR { continue }
                guard got > 0 else { return .unavailable }
                if let answer = reader.read(UnsafeRawBufferPointer(rebasing: buffer[..<got])) { return answer }
            }
        }
    }

    private func connected() throws(CommandFailure) -> CInt {
        guard let address = try? SocketAddress(unixDomainSocketPath: socket) else {  // empty, or too long
            throw temporary("“\(socket)” is no path of a socket")
        }
        let descriptor = Glibc.socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw temporary(String(cString: strerror(errno))) }
        var time = timeval(tv_sec: Self.patience, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
        }
        let result = address.withSockAddr { connect(descriptor, $0, socklen_t($1)) }
        guard result == 0 else {
            let code = errno
            close(descriptor)
            throw temporary(Self.words(for: code))
        }
        return descriptor
    }

    private func temporary(_ problem: String) -> CommandFailure {
        CommandFailure(text: "cannot ask \(socket): \(problem)", code: CheckOutcome.temporary.rawValue)
    }

    private static func words(for code: CInt) -> String {
        switch code {
        case ENOENT, ECONNREFUSED: "nobody listens there; start latchkey serve"
        case EACCES, EPERM: "permission denied; set check.socket and check.socket-group for this user"
        default: String(cString: strerror(code))
        }
    }
}
