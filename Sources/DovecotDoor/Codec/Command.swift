import LatchkeyCore
import SASL

/// A line from the client.
enum Command {
    case version(major: UInt32, minor: UInt32)
    /// CPID. The number is not kept: it repeats between hosts.
    case processID
    /// `response` is what follows `resp=`, still base64; nil if there is none.
    case auth(AuthRequest, response: Octets?)
    /// `response` is still base64.
    case cont(id: UInt32, response: Octets)
    case cancel(id: UInt32)

    init(_ line: Octets) throws(CloseReason) {
        var fields = Fields(line)
        let name = fields.next() ?? line
        if name == "AUTH" {
            self = try Self.auth(&fields)
        } else if name == "CONT" {
            guard let id = fields.nextID(), let response = fields.next() else { throw .malformedCommand }
            self = .cont(id: id, response: response)
        } else if name == "CANCEL" {
            guard let id = fields.nextID() else { throw .malformedCommand }
            self = .cancel(id: id)
        } else if name == "VERSION" {
            guard let major = fields.next()?.number, let minor = fields.next()?.number else { throw .malformedCommand }
            self = .version(major: major, minor: minor)
        } else if name == "CPID" {
            guard fields.nextID() != nil else { throw .malformedCommand }
            self = .processID
        } else {
            throw .unknownCommand
        }
    }

    private static func auth(_ fields: inout Fields) throws(CloseReason) -> Command {
        guard let id = fields.nextID(), let mechanism = fields.next() else { throw .malformedCommand }
        var parameters = AuthParameters()
        var response: Octets?
        while let field = fields.next() {
            // A name with a TAB in it, passed on unescaped, must not be able to add a parameter.
            guard response == nil else { throw .responseNotLast }
            response = field.value(after: "resp=")
            if response == nil { parameters.read(field) }
        }
        guard let service = parameters.service, !service.isEmpty else { throw .serviceMissing }
        return .auth(
            AuthRequest(id: id, mechanism: Mechanism(name: mechanism), service: service, parameters),
            response: response)
    }
}
