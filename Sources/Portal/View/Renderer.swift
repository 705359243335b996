import Accounts
import HTTPTypes
import Hummingbird
import LatchkeyCore
import Mustache
import NIOCore

/// Makes pages of views.
struct Renderer: Sendable {
    let library: MustacheLibrary
    let assets: Assets
    /// The organisation's domain, in the page's head.
    let domain: String?

    init(domain: String?) throws {
        library = try Template.library()
        assets = Assets()
        self.domain = domain
    }

    /// Who looks at a page, what is to be said first, and how the page is framed.
    struct Frame: Sendable {
        enum Width: Sendable { case task, list }
        enum Section: Sendable { case security, activity, helpdesk }

        var visitor: Visitor?
        var notice: NoticeView?
        var width = Width.task
        var section: Section?
    }

    func page<V: View>(_ view: V, title: String, frame: Frame = Frame(), status: HTTPResponse.Status = .ok) -> Response
    {
        Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: html(view, title: title, frame: frame))))
    }

    func html<V: View>(_ view: V, title: String, frame: Frame) -> String {
        let signedIn = frame.visitor.flatMap { $0.session.stage == .signedIn ? $0 : nil }
        let layout = Layout(
            title: title, domain: domain, style: assets.style.url, script: assets.script.url, icons: assets.icons.url,
            favicon: assets.favicon.url,
            person: signedIn.map { PersonView(login: $0.account.login.text, isHelper: $0.account.mayHelp) },
            leaving: signedIn == nil && frame.visitor != nil, notice: frame.notice, isWide: frame.width == .list,
            atSecurity: frame.section == .security, atActivity: frame.section == .activity,
            atHelpdesk: frame.section == .helpdesk, view: view)
        return library.render(layout, withTemplate: V.template.rawValue) ?? ""
    }

    /// A part of a page by itself, for the live panel.
    func fragment<V: View>(_ view: V) -> String {
        var text = library.render(view, withTemplate: V.template.rawValue) ?? ""
        while text.last?.isNewline == true { text.removeLast() }
        return text
    }
}

/// What the layout shows around every page. A page's own names are looked up in its view first.
private struct Layout<V: View> {
    let title: String
    let domain: String?
    let style: String
    let script: String
    let icons: String
    let favicon: String
    let person: PersonView?
    /// Somebody half signed in: may leave, but go nowhere else.
    let leaving: Bool
    let notice: NoticeView?
    let isWide: Bool
    let atSecurity: Bool
    let atActivity: Bool
    let atHelpdesk: Bool
    let view: V
}

struct PersonView: Sendable {
    let login: String
    /// Whether there is a helpdesk for them.
    let isHelper: Bool
}

struct NoticeView: Sendable {
    let message: String
}
