extension Settings {
    /// Every key with its variable, form, default and meaning, as Markdown: for `latchkey check-config --reference` and
    /// docs/configuration.md.
    public static var reference: String {
        Key.all.map { key in
            """
            ### `\(key.path)`

            \(key.meaning)

            - Write: \(key.isList ? "a list, each " : "")\(key.form)
            - Default: \(key.initial.map { "`\($0)`" } ?? "none")
            - Variable: \(variable(of: key))
            """
        }.joined(separator: "\n\n")
    }

    private static func variable(of key: Key) -> String {
        guard let variable = key.variable else { return "none; the `*` is a name that you choose" }
        return "`\(variable)`\(key.isList ? ", its values with commas between them" : "")"
    }
}
