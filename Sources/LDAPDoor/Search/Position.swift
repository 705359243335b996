/// How far a search has come in the order of the tree: the cookie of a page (RFC 2696).
///
/// It is all that a later page needs, so nothing is kept for a client that does not come back. It gives no rights: each page is searched anew
/// for whoever asks, and the name in it is one that they have been shown.
struct Position: Hashable, Sendable {
    /// The parts of the tree, in the order in which they are searched.
    enum Section: Int, CaseIterable, Sendable {
        case suffix, people, persons, groups, group, services, service
    }

    let section: Section
    /// Of the last entry; empty for an entry that is alone in its section.
    let name: String

    init(_ section: Section, _ name: String = "") {
        self.section = section
        self.name = name
    }

    var cookie: [UInt8] { Array("\(section.rawValue):\(name)".utf8) }

    /// Nil if it is none of ours.
    init?(cookie: [UInt8]) {
        guard cookie.count >= 2, cookie[1] == UInt8(ascii: ":"),
            let section = Section(rawValue: Int(cookie[0]) - Int(UInt8(ascii: "0"))),
            let name = String(validating: cookie[2...], as: UTF8.self)
        else { return nil }
        self.init(section, name)
    }

    /// Whether the whole section has been searched.
    func isPast(_ other: Section) -> Bool {
        section.rawValue > other.rawValue || (section == other && name.isEmpty)
    }

    /// The name to go on after in `other`; nil if it has not been begun.
    func name(in other: Section) -> String? { section == other ? name : nil }
}
