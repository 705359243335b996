/// "Firefox on Windows", as far as a User-Agent says so. A guess for people, never a decision.
public struct BrowserName: Hashable, Sendable {
    public let text: String

    /// Looked for in this order: several browsers also name those that they resemble.
    private static let browsers = [
        ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    ]
    private static let systems = [
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "Mac"),
        ("CrOS", "Chromebook"), ("Linux", "Linux"),
    ]

    public init?(agent: String) {
        guard let browser = Self.browsers.first(where: { agent.contains($0.0) })?.1 else { return nil }
        let system = Self.systems.first { agent.contains($0.0) }?.1
        text = system.map { "\(browser) on \($0)" } ?? browser
    }
}
