/// What is wrong with the configuration: every problem at once.
public struct InvalidSettings: Error, Hashable, Sendable, CustomStringConvertible {
    /// One problem, as one line: `latchkey.yaml:7: portal.listen: “foo” is no address: write 127.0.0.1:8080`.
    public struct Problem: Hashable, Sendable, CustomStringConvertible {
        /// Where the value came from: the file with its line, or the variable.
        public let place: String
        /// The key's path; nil if it is about the whole file, or if the place names the key already.
        public let key: String?
        /// What is wrong and what to do.
        public let text: String

        init(_ place: String, key: String? = nil, _ text: String) {
            self.place = place
            self.key = key
            self.text = text
        }

        public var description: String { "\(place): \(key.map { "\($0): " } ?? "")\(text)" }
    }

    public let problems: [Problem]

    /// A line for each problem.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
