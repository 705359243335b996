import Accounts
import HTTPTypes
import Hummingbird
import LatchkeyCore
import NIOCore

/// The field for a password that somebody is choosing, with a word on how hard it is to guess: once more with every form that comes back,
/// and while it is typed where there is a script. The password is only ever in the body of a request of our own page.
struct ChoosingPassword {
    let label: String
    /// The path that the script asks.
    let path: String

    func field(_ invalid: InvalidInput, advice: PasswordAdvice?) -> Field {
        var field = Field(
            "password", label, .password, autocomplete: "new-password", hint: Texts.choosePasswordHint,
            problem: invalid.text(for: "password"), maximumLength: Attempt.maximumSecretLength)
        // A refusal stands there as the problem already.
        let words: String? = if case .guessed = advice { advice.map(Texts.advice) } else { nil }
        field.strength = Field.Strength(href: path, words: words ?? "")
        return field
    }
}

extension Response {
    /// The answer to the script: one sentence as plain text, or none.
    static func advice(_ advice: PasswordAdvice?) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: advice.map(Texts.advice) ?? "")))
    }
}
