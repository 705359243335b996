/// Identifiers of OpenID Connect are the same if their octets are. Swift's `==` also takes texts that only look the same: the Kelvin sign
/// is a K to it.
extension String {
    func isSame(as other: String) -> Bool {
        utf8.elementsEqual(other.utf8)
    }

    /// Takes the same time wherever the first difference is; the length is not hidden.
    func isSameInConstantTime(as other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        var difference: UInt8 = 0
        for (mine, theirs) in zip(utf8, other.utf8) { difference |= mine ^ theirs }
        return difference == 0
    }
}
