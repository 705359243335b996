/// One CBOR data item (RFC 8949), of the kinds that WebAuthn and COSE keys are made of. Tags, floating-point numbers and
/// other simple values are in none of what a relying party reads, and are refused.
enum CBOR: Hashable, Sendable {
    case integer(Int64)
    case octets([UInt8])
    case text(String)
    case array([CBOR])
    /// Keys are integers or texts, each there once.
    case map([CBOR: CBOR])
    case bool(Bool)
    case null
}

/// Why octets are not the CBOR that an authenticator writes.
public enum CBORError: String, Error, Hashable, Sendable, CustomStringConvertible {
    case tooLong = "it is too long"
    case truncated = "it ends within an item"
    case trailingOctets = "something follows its last item"
    case indefiniteLength = "a length is indefinite"
    case notShortest = "a number is written longer than it needs to be"
    case outOfRange = "a number does not fit into 64 bits"
    case unsupportedKind = "a tag, a floating-point number or a simple value is in it"
    case unsupportedKey = "a key is neither a number nor a text"
    case duplicateKey = "a key is there twice"
    case invalidText = "a text is not UTF-8"
    case tooDeep = "it is nested too deeply"
    case tooManyItems = "an array or a map has too many items"

    public var description: String { rawValue }
}
