/// A search as it was asked (RFC 4511 §4.5.1).
struct SearchRequest: Sendable {
    /// Attributes that may be asked for by name. Directory clients of operating systems ask for some forty.
    static let maximumAttributes = 1_024

    enum Scope: Int32, Sendable {
        case base = 0
        case one = 1
        case subtree = 2
        /// Everything below, without the base itself (draft-sermersheim-ldap-subordinate-scope).
        case children = 3
    }

    /// Why a search is none that can be carried out.
    enum Unreadable: Error {
        case malformed
        case beyondLimits
    }

    let base: String
    let scope: Scope
    /// Entries; 0 is as many as there are.
    let sizeLimit: Int32
    /// Seconds; 0 is as long as it takes.
    let timeLimit: Int32
    let typesOnly: Bool
    let filter: Filter
    let attributes: [String]
}

extension SearchRequest {
    init(_ content: Octets) throws(Unreadable) {
        var reader = BERReader(content)
        do {
            base = try reader.readText()
            guard let scope = Scope(rawValue: try reader.readInteger(BERTag.enumerated)) else {
                throw Unreadable.malformed
            }
            self.scope = scope
            _ = try reader.readInteger(BERTag.enumerated)  // there are no aliases to dereference
            sizeLimit = try reader.readInteger()
            timeLimit = try reader.readInteger()
            guard sizeLimit >= 0, timeLimit >= 0 else { throw Unreadable.malformed }
            typesOnly = try reader.readBoolean()
            filter = try Filter(&reader)
            var list = BERReader(try reader.read(BERTag.sequence))
            var names: [String] = []
            while !list.isAtEnd {
                guard names.count < Self.maximumAttributes else { throw Unreadable.beyondLimits }
                names.append(try list.readText())
            }
            attributes = names
        } catch let unreadable as Unreadable {
            throw unreadable
        } catch {
            throw .malformed
        }
    }
}
