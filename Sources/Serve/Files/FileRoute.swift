import HTTPTypes
import HummingbirdCore
import NIOCore

/// The one route of a server that shows files.
struct FileRoute: Sendable {
    let files: any ServedFiles
    /// Browsers hold a connection for a video, and load the rest by others.
    private let answer = FileAnswer(most: 64)

    var route: Route {
        Route(
            method: .get, path: "/", access: .view, summary: "A file of a page", type: "application/octet-stream",
            refusals: FileAnswer.refusals + [
                .init(.partialContent, "The part that Range asks for."),
                .init(.rangeNotSatisfiable, "Nothing of the file lies where Range says.", type: nil),
                .init(.notFound, "There is no such file, or it cannot be looked at."),
            ], answer: .process(respond))
    }

    @Sendable private func respond(_ request: Request, _ channel: any NIOCore.Channel) async throws -> Response {
        do {
            guard let file = try await files.file(at: request.uri.path) else {
                return .text("there is nothing of this name here\n", status: .notFound)
            }
            // A page and its scripts are all there is, whatever names and labels may hold.
            let headers: HTTPFields = [
                .contentSecurityPolicy:
                    "default-src 'none'; script-src 'self'; style-src 'self'; media-src 'self'; img-src 'self' data: blob:; "
                    + "base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
                .acceptRanges: "bytes",
            ]
            return try await answer(
                file.path, named: file.path.split(separator: "/").last.map(String.init) ?? "file", type: file.type,
                isShown: true, headers: headers, range: request.headers[.range])
        } catch let problem as ServedProblem {
            return .text(problem.text + "\n", status: .notFound)
        }
    }
}
