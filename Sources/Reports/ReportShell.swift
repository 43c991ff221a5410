package import Foundation
import Pipeline

/// What all reports have in common: one HTML file in which everything is, and nothing from elsewhere. It has no script but one
/// that is named, which the browser knows by its hash.
package struct ReportShell {
    private let title: HTMLText
    private let header: HTMLText
    private let main: HTMLText
    private let script: String?

    /// - Parameters:
    ///   - title: of the window.
    ///   - header: what stands above all.
    ///   - main: sections, one below the other.
    ///   - script: of our own, which must not have "</script"; nil: none.
    package init(title: HTMLText, header: HTMLText, main: HTMLText, script: String? = nil) {
        (self.title, self.header, self.main, self.script) = (title, header, main, script)
    }

    /// UTF-8.
    package var data: Data { Data(text.utf8) }

    package var text: String {
        let (policy, end): (HTMLText, HTMLText) =
            script.map { script in
                (
                    "; script-src 'sha256-\(Checksum.base64(of: Array(script.utf8)))'",
                    "<script>\(HTMLText(stringLiteral: script))</script>\n"
                )
            } ?? ("", "")
        let style = String(decoding: PackageResources.report_css, as: UTF8.self)
        let page: HTMLText = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'\(policy)">
            <meta name="referrer" content="no-referrer">
            <title>\(title)</title>
            <style>
            \(HTMLText(stringLiteral: style))</style>
            </head>
            <body>
            \(header)
            <main>
            \(main)
            </main>
            \(end)</body>
            </html>

            """
        return page.markup
    }

    package static func section(_ title: HTMLText, _ content: HTMLText) -> HTMLText {
        "<section class=\"card\"><h2>\(title)</h2>\(content)</section>\n"
    }

    /// A table that is longer than a screen is opened by whoever wants it.
    package static func folded(_ table: HTMLText, rows: Int) -> HTMLText {
        rows <= 12 ? table : "<details><summary>All \(rows)</summary>\(table)</details>"
    }

    /// A JPEG file within the page.
    package static func picture(_ jpeg: Data, alt: HTMLText) -> HTMLText {
        "<img src=\"data:image/jpeg;base64,\(HTMLText(stringLiteral: jpeg.base64EncodedString()))\" alt=\"\(alt)\">"
    }
}
