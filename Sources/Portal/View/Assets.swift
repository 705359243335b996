import Crypto
import HTTPTypes
import Hummingbird
import LatchkeyCore
import NIOCore

/// Style sheet, script and icons. Their URLs hold a hash of their content, so a browser asks for each only once.
struct Assets: Sendable {
    static let prefix = "/assets/"

    struct File: Sendable {
        let url: String
        let type: String
        let content: ByteBuffer

        /// `name` without its ending, which decides nothing: the type does.
        init(_ name: String, _ ending: String, type: String, _ content: [UInt8]) {
            let hash = Hex.encode(SHA256.hash(data: content).prefix(8))
            url = "\(Assets.prefix)\(name).\(hash).\(ending)"
            self.type = type
            self.content = ByteBuffer(bytes: content)
        }
    }

    let style = File("portal", "css", type: "text/css; charset=utf-8", PackageResources.portal_css)
    let script = File("portal", "js", type: "text/javascript; charset=utf-8", PackageResources.portal_js)
    let icons = File("icons", "svg", type: "image/svg+xml", PackageResources.icons_svg)
    let favicon = File("favicon", "svg", type: "image/svg+xml", PackageResources.favicon_svg)

    var all: [File] { [style, script, icons, favicon] }

    func response(to request: Request) throws -> Response {
        guard let file = all.first(where: { $0.url == request.uri.path }) else { throw HTTPError(.notFound) }
        return Response(
            status: .ok,
            headers: [.contentType: file.type, .cacheControl: "public, max-age=31536000, immutable"],
            body: ResponseBody(byteBuffer: file.content))
    }
}
