import Accounts
import Foundation
import LatchkeyCore
import Mustache
import NIOCore
import Testing

@testable import Portal

@Suite("Templates")
struct TemplateTests {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sources/Portal/Templates")

    @Test("every template file is one of the catalogue, and each parses")
    func catalogue() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(Set(files) == Set(Template.allCases.map { "\($0.rawValue).mustache" }))
        let library = try Template.library()
        for template in Template.allCases { #expect(library.getTemplate(named: template.rawValue) != nil) }
    }

    @Test(
        "no template holds a style, a script, a handler, unescaped output or another host", arguments: Template.allCases
    )
    func nothingInline(template: Template) throws {
        let text = String(decoding: template.source, as: UTF8.self)
        for forbidden in [
            #"\sstyle\s*="#, "<style", #"\son[a-z]+\s*="#, "javascript:", #"\{\{\{"#, #"\{\{&"#, "https?://",
            #"(src|href|action)="//"#, #"<script(?![^>]*\ssrc=)"#, "CONTENT_TYPE",
        ] {
            #expect(text.firstMatch(of: try Regex(forbidden)) == nil, "\(template) holds what it must not")
        }
    }

    @Test("every link and asset of the templates is a path of our own or a value")
    func targets() {
        for template in Template.allCases {
            for match in String(decoding: template.source, as: UTF8.self).matches(of: #/(?:href|src|action)="([^"]*)"/#)
            {
                let target = match.output.1
                #expect(
                    target.hasPrefix("/") || target.hasPrefix("{{") || target.hasPrefix("#"), "\(template): \(target)")
            }
        }
    }

    @Test(
        "hostile text stays text, also behind a combining accent",
        arguments: [
            "<script>alert(1)</script>", "\" autofocus onfocus=\"alert(1)", "\"\u{301} formaction=\"//evil.example",
            "'\u{20dd}><b>", "<\u{338}img src=x>", "{{login}}", "&amp;",
        ])
    func escaping(hostile: String) throws {
        let renderer = try Renderer(domain: hostile)
        let html = renderer.html(
            SignInView(
                failure: hostile, next: hostile,
                fields: [Field("login", hostile, value: hostile, hint: hostile, problem: hostile)],
                key: KeyView(using: Ceremony(options: hostile, challenge: hostile), label: hostile)),
            title: hostile, frame: .init(notice: NoticeView(message: hostile)))
        #expect(html.contains(HTMLEscaping().escapeText(hostile)))
        // By octets, because a quotation mark with an accent is no "\"" to String.
        let innocent = try Renderer(domain: "x").html(
            SignInView(
                failure: "x", next: "x", fields: [Field("login", "x", value: "x", hint: "x", problem: "x")],
                key: KeyView(using: Ceremony(options: "x", challenge: "x"), label: "x")),
            title: "x", frame: .init(notice: NoticeView(message: "x")))
        for mark in [UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "'")] {
            #expect(html.utf8.count { $0 == mark } == innocent.utf8.count { $0 == mark })
        }
    }

    @Test("every page has one main heading, a language, a landmark and unique ids, and weighs less than 60 KB")
    func structure() throws {
        let renderer = try Renderer(domain: "example.org")
        let weight = renderer.assets.all.map(\.content.readableBytes).reduce(0, +)
        for (name, html) in try Samples(renderer: renderer).pages() {
            #expect(html.matches(of: #/<h1/#).count == 1, "\(name)")
            #expect(html.contains("<html lang=\"en\">") && html.contains("<main id=\"main\""), "\(name)")
            let ids = html.matches(of: #/\sid="([^"]*)"/#).map { String($0.output.1) }
            #expect(ids.count == Set(ids).count, "\(name)")
            #expect(html.utf8.count + weight < 60_000, "\(name)")
            #expect(!html.contains("{{"), "\(name)")
        }
    }

    @Test("every label and description belongs to something on its page")
    func references() throws {
        let renderer = try Renderer(domain: nil)
        for (name, html) in try Samples(renderer: renderer).pages() {
            let ids = Set(html.matches(of: #/\sid="([^"]*)"/#).map { String($0.output.1) })
            for match in html.matches(of: #/\s(?:for|aria-describedby|aria-labelledby|data-copy)="([^"]*)"/#) {
                for id in match.output.1.split(separator: " ") {
                    #expect(ids.contains(String(id)), "\(name) points to #\(id)")
                }
            }
        }
    }

    @Test("every icon that a page uses is among the icons")
    func icons() throws {
        let renderer = try Renderer(domain: nil)
        let symbols = String(buffer: renderer.assets.icons.content)
        for (name, html) in try Samples(renderer: renderer).pages() {
            for match in html.matches(of: #/#([a-z-]+)"><\/use>/#) {
                #expect(symbols.contains("id=\"\(match.output.1)\""), "\(name): \(match.output.1)")
            }
        }
    }
}
