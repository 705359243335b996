/// A JSON value (RFC 8259): what the browser's script sends and is sent.
enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    /// Nil for a number that is read and is not a whole one, or does not fit: none of WebAuthn's members is such.
    case number(Int?)
    case text(String)
    case array([JSON])
    case object([Member])

    struct Member: Hashable, Sendable {
        let name: String
        let value: JSON

        init(_ name: String, _ value: JSON) {
            self.name = name
            self.value = value
        }
    }

    /// The member `name` of an object; nil if there is none, or this is no object.
    subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name.isSame(as: name) }?.value
    }

    var text: String? {
        guard case .text(let text) = self else { return nil }
        return text
    }
}

extension String {
    /// Octet by octet, where `==` takes canonically equivalent texts for one.
    func isSame(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
