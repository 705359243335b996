import HTTPTypes

extension HTTPFields {
    /// Fields that the HTTPTypes library has no constant for, by their name.
    func values(named name: String) -> [String] {
        HTTPField.Name(name).map { self[values: $0] } ?? []
    }

    /// Sets the one field of this name.
    mutating func set(_ name: String, _ value: String) {
        guard let name = HTTPField.Name(name) else { return }
        self[name] = value
    }
}
