import Foundation
import HTTPTypes
import HummingbirdCore
import NIOCore

/// The page, which is part of the program: no file has to be found, nothing comes from elsewhere.
struct PageRoute: Sendable {
    private let pieces: [String]
    private let pictures: PictureRoutes

    init(_ pictures: PictureRoutes) {
        self.pictures = pictures
        pieces = String(decoding: PackageResources.page_html, as: UTF8.self).components(separatedBy: "{{nonce}}")
    }

    /// The page, or with `?action=` what mjpg-streamer answers there.
    @Sendable func answer(_ camera: ServedCamera, _ request: Request, _ channel: any Channel) async -> Response {
        switch Query(request)["action"] {
        case nil: break
        case "stream": return await pictures.stream(camera, request, channel)
        case "snapshot": return await pictures.snapshot(camera, request, channel)
        case .some(let action):
            return .problem(.notFound, "there is no action '\(action)'; there are stream and snapshot")
        }
        // Only the page's own script and styles run, whatever a label or a file's name may hold.
        var generator = SystemRandomNumberGenerator()
        let nonce = String(generator.next(), radix: 36) + String(generator.next(), radix: 36)
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
                .contentSecurityPolicy:
                    "default-src 'none'; img-src 'self' blob: data:; connect-src 'self'; style-src 'nonce-\(nonce)'; "
                    + "script-src 'nonce-\(nonce)'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
            ], body: ResponseBody(byteBuffer: ByteBuffer(string: pieces.joined(separator: nonce))))
    }
}
