import HTTPTypes
import Hummingbird

typealias Handler = @Sendable (Request, PortalContext) async throws -> Response

/// A page, or a few that belong together.
protocol Page: Sendable {
    init(desk: Desk)
    func register(on routes: Routes)
}

/// The portal's paths. A path that exists answers every other method with 405 and says which it knows.
struct Routes {
    let router: Router<PortalContext>

    func at(_ path: RouterPath, get: Handler? = nil, post: Handler? = nil) {
        var allowed: [String] = []
        if let get {
            router.get(path, use: get)
            router.head(path) { request, context in
                let response = try await get(request, context)
                return Response(status: response.status, headers: response.headers)
            }
            allowed += ["GET", "HEAD"]
        }
        if let post {
            router.post(path, use: post)
            allowed.append("POST")
        }
        let allow = allowed.joined(separator: ", ")
        for method in [HTTPRequest.Method.get, .head, .post, .put, .patch, .delete, .options, .trace]
        where !allowed.contains(method.rawValue) {
            router.on(path, method: method) { _, _ -> Response in
                throw HTTPError(.methodNotAllowed, headers: [.allow: allow])
            }
        }
    }
}
