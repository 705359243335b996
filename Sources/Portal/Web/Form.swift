import HTTPTypes
import Hummingbird
import LatchkeyCore
import NIOCore

/// The fields of a form (`application/x-www-form-urlencoded`) or of a query, in the order they were sent.
struct Form: Sendable {
    /// Octets of a whole form.
    static let maximumLength = 65_536
    static let maximumFields = 256
    /// Octets of one field, unless its page asks for fewer. Longer than what any field of ours lets a browser send.
    static let maximumFieldLength = 4_096

    private let fields: [(name: String, value: String)]

    /// Throws 413 for what is too large and 415 for what is no form.
    init(_ request: Request, maximumFieldLength: Int = maximumFieldLength) async throws {
        let type = request.headers[.contentType]?.lowercased() ?? ""
        guard type.hasPrefix("application/x-www-form-urlencoded") else { throw HTTPError(.unsupportedMediaType) }
        do {
            let body = try await request.body.collect(upTo: Self.maximumLength)
            try self.init(encoded: body.readableBytesView, maximumFieldLength)
        } catch is NIOTooManyBytesError {
            throw HTTPError(.contentTooLarge)
        }
    }

    init(_ fields: [(name: String, value: String)]) {
        self.fields = fields
    }

    init(query request: Request) throws {
        try self.init(encoded: (request.uri.query ?? "").utf8)
    }

    private init(encoded text: some Collection<UInt8>, _ maximumFieldLength: Int = maximumFieldLength) throws {
        let parts = text.split(separator: UInt8(ascii: "&"), maxSplits: Self.maximumFields)
        guard parts.count <= Self.maximumFields else { throw HTTPError(.contentTooLarge) }
        fields = parts.map { part in
            let halves = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            return (
                PercentEncoding.decode(halves[0]), halves.count > 1 ? PercentEncoding.decode(halves[1]) : ""
            )
        }
        guard fields.allSatisfy({ $0.value.utf8.count <= maximumFieldLength }) else {
            throw HTTPError(.contentTooLarge)
        }
    }

    /// The first field of that name, without blanks around it; empty if there is none.
    func text(_ name: String) -> String {
        let value = fields.first { $0.name == name }?.value ?? ""
        let start = value.drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }

    /// The first field of that name as it was typed, blanks included: they may be part of a password.
    func secret(_ name: String) -> Secret {
        Secret(fields.first { $0.name == name }?.value ?? "")
    }

    /// Every field of that name: ticked boxes.
    func all(_ name: String) -> [String] {
        fields.filter { $0.name == name }.map(\.value)
    }

    /// The fields of these names, in the order they were sent.
    func fields(named names: Set<String>) -> [(name: String, value: String)] {
        fields.filter { names.contains($0.name) }
    }

    func has(_ name: String) -> Bool {
        fields.contains { $0.name == name }
    }
}
