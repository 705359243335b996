import LatchkeyCore

/// What a mail says, before it is text or HTML: a heading, facts, what to do.
struct Letter: Equatable, Sendable {
    struct Fact: Equatable, Sendable {
        let label: String
        let value: String
    }

    struct Link: Equatable, Sendable {
        let title: String
        let url: String
    }

    /// The subject, and the heading in HTML.
    let subject: String
    let sentence: String
    /// What is to be typed elsewhere, in large letters.
    var code: Secret?
    var facts: [Fact] = []
    /// What it means to somebody who did it, and to somebody who did not.
    var paragraphs: [String] = []
    /// The one thing to do if it was somebody else.
    var action: Link?
    /// What the action does, beside it.
    var actionNote: String?
    /// Why this mail came, and where to choose.
    var footer: [String] = []

    /// For programs without HTML, and for people who prefer it.
    var text: String {
        var blocks = [sentence]
        if let code = code?.reveal() { blocks.append("    \(code)") }
        if !facts.isEmpty { blocks.append(facts.map { "  \($0.label): \($0.value)" }.joined(separator: "\n")) }
        blocks += paragraphs
        if let action {
            blocks.append("\(action.title):\n\(action.url)" + (actionNote.map { "\n\($0)" } ?? ""))
        }
        return blocks.joined(separator: "\n\n") + "\n\n-- \n" + footer.joined(separator: "\n") + "\n"
    }

    /// Style stands in each element, for many programs throw away all other. Text has no colour of its own and nothing a background: so it is
    /// readable on light and on dark, whatever the program makes of it. Nothing is loaded from anywhere.
    var html: String {
        let paragraph = "margin:0 0 16px"
        var body = "<h1 style=\"margin:0 0 16px;font-size:20px;line-height:1.3\">\(escaped(subject))</h1>\n"
        body += "<p style=\"\(paragraph)\">\(escaped(sentence))</p>\n"
        if let code = code?.reveal() {
            body +=
                "<p style=\"margin:0 0 16px;font:600 28px/1.5 ui-monospace,Menlo,Consolas,monospace;letter-spacing:.05em;white-space:nowrap\">\(escaped(code))</p>\n"
        }
        if !facts.isEmpty {
            body += "<table role=\"presentation\" style=\"margin:0 0 16px;border-collapse:collapse;font-size:16px\">\n"
            for fact in facts {
                body +=
                    "<tr><td style=\"padding:4px 16px 4px 0;vertical-align:top;white-space:nowrap;opacity:.75\">\(escaped(fact.label))</td>"
                body += "<td style=\"padding:4px 0;vertical-align:top\"><bdi>\(escaped(fact.value))</bdi></td></tr>\n"
            }
            body += "</table>\n"
        }
        for text in paragraphs { body += "<p style=\"\(paragraph)\">\(escaped(text))</p>\n" }
        if let action {
            let button =
                "display:inline-block;padding:10px 20px;border-radius:10px;background:#0b6763;color:#ffffff;font-weight:600;text-decoration:none"
            body +=
                "<p style=\"\(paragraph)\"><a href=\"\(escaped(action.url))\" style=\"\(button)\">\(escaped(action.title))</a></p>\n"
            if let actionNote {
                body += "<p style=\"\(paragraph);font-size:14px\">\(escaped(actionNote))</p>\n"
            }
        }
        body += "<p style=\"margin:24px 0 0;padding:16px 0 0;border-top:1px solid #8d877c;font-size:14px\">"
        body += footer.map { linked(escaped($0)) }.joined(separator: "<br>\n") + "</p>\n"
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="supported-color-schemes" content="light dark">
            <title>\(escaped(subject))</title>
            </head>
            <body style="margin:0;padding:24px;color-scheme:light dark">
            <div role="main" style="max-width:560px;margin:0 auto;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;overflow-wrap:anywhere">
            \(body)</div>
            </body>
            </html>

            """
    }

    /// By scalars: a quotation mark with an accent on it is none to `Character`.
    private func escaped(_ text: String) -> String {
        var safe = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": safe += "&amp;"
            case "<": safe += "&lt;"
            case ">": safe += "&gt;"
            case "\"": safe += "&quot;"
            case "'": safe += "&#39;"
            default: safe.unicodeScalars.append(scalar)
            }
        }
        return safe
    }

    /// An address of ours at the end of a line, made one to follow. `text` is escaped already.
    private func linked(_ text: String) -> String {
        guard let start = text.firstRange(of: "https://") ?? text.firstRange(of: "http://") else { return text }
        let url = text[start.lowerBound...]
        return "\(text[..<start.lowerBound])<a href=\"\(url)\" style=\"color:inherit\">\(url)</a>"
    }
}
