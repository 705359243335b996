import Accounts
import Hummingbird
import LatchkeyCore
import Logging

/// Turns what went wrong into a page that says what to do.
struct ErrorPages: RouterMiddleware {
    typealias Context = PortalContext

    let renderer: Renderer

    func handle(
        _ request: Request, context: PortalContext, next: (Request, PortalContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let detour as Detour {
            return .redirect(to: detour.location)
        } catch is StepUpRequired {
            // Between a page's own check and the act the five minutes ran out.
            return .redirect(to: "/confirm")
        } catch let error as HTTPError {
            return page(error.status, headers: error.headers)
        } catch is TooManySignIns {
            return page(.tooManyRequests, headers: [.retryAfter: "5"])
        } catch let error as StoreError {
            context.logger.error("The store did not answer", metadata: ["error": "\(error)"])
            return page(.serviceUnavailable)
        } catch let error as CancellationError {
            throw error
        } catch {
            // The route, not the path: that of a setup link is a secret.
            context.logger.error(
                "A page failed", metadata: ["error": "\(type(of: error))", "path": "\(context.endpointPath ?? "")"])
            return page(.internalServerError)
        }
    }

    private func page(_ status: HTTPResponse.Status, headers: HTTPFields = [:]) -> Response {
        let text = Texts.error(status)
        var response = renderer.page(
            ErrorView(heading: text.heading, explanation: text.explanation, code: status.code), title: text.heading,
            status: status)
        response.headers.append(contentsOf: headers)
        return response
    }
}

struct ErrorView: View {
    static let template = Template.error
    let heading: String
    let explanation: String
    let code: Int
}
