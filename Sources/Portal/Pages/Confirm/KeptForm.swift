import Accounts
import Hummingbird
import LatchkeyCore

extension LocalPath {
    private static let keptFormItem = "kept="

    /// This path with the kept form `id` in its query.
    static func path(_ text: String, keptForm id: String?) -> LocalPath? {
        LocalPath(id.map { "\(text)\(text.contains("?") ? "&" : "?")\(keptFormItem)\($0)" } ?? text)
    }

    var namesKeptForm: Bool { text.contains("&" + Self.keptFormItem) || text.contains("?" + Self.keptFormItem) }
}

extension Desk {
    /// Keeps fields of a form whose sender leaves to confirm; nil if there are none, or no more is kept.
    func keep(_ fields: [(name: String, value: String)], in visitor: Visitor) async throws -> String? {
        guard !fields.isEmpty, let singleSignOn else { return nil }
        return try await singleSignOn.keep(fields, in: visitor.session)?.reveal()
    }

    /// The form that `request` says was kept for the visitor's return, and what to tell them about it; nil if it speaks of none.
    func keptForm(_ request: Request, of visitor: Visitor) async throws -> (form: Form?, notice: Notice)? {
        let id = try Form(query: request).text("kept")
        guard !id.isEmpty, let singleSignOn else { return nil }
        guard let fields = try await singleSignOn.kept(Secret(id), in: visitor.session) else {
            return (nil, Notice(.formGone))
        }
        return (Form(fields), Notice(.formKept))
    }
}
