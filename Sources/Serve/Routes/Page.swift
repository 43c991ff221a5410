import HTTPTypes
import HummingbirdCore
import NIOCore

/// A page, which is part of the program: no file has to be found, nothing comes from elsewhere. Names in double braces are
/// filled in for each request.
struct Page: Sendable {
    /// What is before each name, and the name; "" at the end.
    private let pieces: [(text: Substring, name: Substring)]
    /// What pages are put together of: what they have in common, and what is an idea of its own.
    private static let parts = [
        ("head", PackageResources.head_html), ("style", PackageResources.style_css),
        ("video", PackageResources.video_js), ("teach", PackageResources.teach_html),
        ("teach-style", PackageResources.teach_css),
        ("teach-set", PackageResources.teach_set_js), ("teach-hold", PackageResources.teach_hold_js),
        ("teach-examples", PackageResources.teach_examples_js), ("teach-panel", PackageResources.teach_panel_js),
    ].map { ("{{\($0.0)}}", String(decoding: $0.1, as: UTF8.self)) }

    init(_ bytes: [UInt8]) {
        let text = Self.parts.reduce(String(decoding: bytes, as: UTF8.self)) { $0.replacing($1.0, with: $1.1) }
        var pieces: [(Substring, Substring)] = []
        var rest = text[...]
        while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
            pieces.append((rest[..<open.lowerBound], rest[open.upperBound..<close.lowerBound]))
            rest = rest[close.upperBound...]
        }
        self.pieces = pieces + [(rest, "")]
    }

    /// - Parameter values: HTML, by its name in the page; a name without one is left out.
    func answer(_ values: [Substring: String]) -> Response {
        // Only the page's own script and styles run, whatever a label or a file's name may hold.
        var generator = SystemRandomNumberGenerator()
        let nonce = String(generator.next(), radix: 36) + String(generator.next(), radix: 36)
        var values = values
        values["nonce"] = nonce
        let text = pieces.map { $0.text + (values[$0.name] ?? "") }.joined()
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
                .contentSecurityPolicy:
                    "default-src 'none'; img-src 'self' blob: data:; media-src 'self'; connect-src 'self'; style-src 'nonce-\(nonce)'; "
                    + "script-src 'nonce-\(nonce)'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
            ], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
