/// The ISO/IEC 7064 hybrid system MOD 27,26: one check letter over letters.
///
/// It catches every substitution of one letter. Of the adjacent transpositions it misses those few pairs that the
/// standard's recursion maps onto each other (about 0.3 %, counted by a test).
enum CheckLetter {
    private static let alphabet = 26

    /// The letter that completes `values`, all 0 to 25.
    static func compute(over values: [UInt8]) -> UInt8 {
        UInt8((alphabet + 1 - carry(over: values[...])) % alphabet)
    }

    /// Whether the last of `values`, all 0 to 25, is the check letter of those before it.
    static func verifies(_ values: [UInt8]) -> Bool {
        guard let last = values.last else { return false }
        return (carry(over: values.dropLast()) + Int(last)) % alphabet == 1
    }

    /// The standard's running product P, 1 to 26.
    private static func carry(over values: ArraySlice<UInt8>) -> Int {
        values.reduce(alphabet) { product, value in
            let sum = (product + Int(value)) % alphabet
            return (sum == 0 ? alphabet : sum) * 2 % (alphabet + 1)
        }
    }
}
