import HTTPTypes
import HummingbirdCore
import NIOCore

/// The page of a camera.
struct PageRoute: Sendable {
    private let page = Page(PackageResources.page_html)
    private let pictures: PictureRoutes

    init(_ pictures: PictureRoutes) { self.pictures = pictures }

    /// The page, or with `?action=` what mjpg-streamer answers there.
    @Sendable func answer(_ camera: ServedCamera, _ request: Request, _ channel: any Channel) async -> Response {
        switch Query(request)["action"] {
        case nil: break
        case "stream": return await pictures.stream(camera, request, channel)
        case "snapshot": return await pictures.snapshot(camera, request, channel)
        case .some(let action):
            return .problem(.notFound, "there is no action '\(action)'; there are stream and snapshot")
        }
        let name = camera.name
        guard !name.isEmpty else { return page.answer(["title": "camstream", "heading": "<h1>camstream</h1>"]) }
        return page.answer([
            "title": "\(name) – camstream", "camera": name, "root": "../../",
            "heading": #"<h1>\#(name)</h1><a class="back" href="../../">All cameras</a>"#,
        ])
    }

    /// Addresses on the page are relative to its own, which ends with a slash.
    @Sendable func addSlash(_ camera: ServedCamera, _ request: Request, _ channel: any Channel) async -> Response {
        Response(
            status: .permanentRedirect,
            headers: [
                .location: camera.name + "/" + (request.uri.query.map { "?\($0)" } ?? ""), .cacheControl: "no-store",
            ])
    }
}
