import Hummingbird
import LatchkeyCore

/// One sentence about what was just done, said on the next page and then forgotten. Travels in a cookie of its own, as a
/// word from this list, so that no link can put words into the portal's mouth.
struct Notice: Hashable, Sendable {
    enum Event: String, Sendable {
        case revoked, networkApproved, networkDenied, alertsChanged
        case passwordChanged, passwordAdded, passwordRemoved, authenticatorReplaced, authenticatorRemoved
        case mailboxEnrolled, mailboxRemoved
        case passkeyAdded, securityKeyAdded, keyRenamed, keyRemoved
        case identityLinked, identityUnlinked
        case formKept, formGone
        case sessionEnded, sessionsEnded, signedOut
    }

    let event: Event
    /// The app password it is about.
    var appPassword: AppPasswordID?

    private static let cookieName = "__Host-latchkey-notice"
    static let clearedCookie = "\(cookieName)=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax"

    var cookie: String {
        let subject = appPassword.map { ".\($0)" } ?? ""
        return "\(Self.cookieName)=\(event.rawValue)\(subject); Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Lax"
    }

    init(_ event: Event, about appPassword: AppPasswordID? = nil) {
        self.event = event
        self.appPassword = appPassword
    }

    init?(in request: Request) {
        guard let value = request.cookies[Self.cookieName]?.value else { return nil }
        let parts = value.split(separator: ".", maxSplits: 1)
        guard let event = parts.first.flatMap({ Event(rawValue: String($0)) }) else { return nil }
        self.init(event, about: parts.dropFirst().first.flatMap { AppPasswordID($0) })
    }
}

extension Response {
    /// A redirect whose target says `notice`.
    static func redirect(to location: String, saying notice: Notice) -> Response {
        Response.redirect(to: location).adding(cookie: notice.cookie)
    }
}
