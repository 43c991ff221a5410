package import Foundation

/// What all reports have in common: one HTML file in which everything is, with no script and nothing from elsewhere.
package struct ReportShell {
    private let title: HTMLText
    private let header: HTMLText
    private let main: HTMLText

    /// - Parameters:
    ///   - title: of the window.
    ///   - header: what stands above all.
    ///   - main: sections, one below the other.
    package init(title: HTMLText, header: HTMLText, main: HTMLText) {
        (self.title, self.header, self.main) = (title, header, main)
    }

    /// UTF-8.
    package var data: Data { Data(text.utf8) }

    package var text: String {
        let style = String(decoding: PackageResources.report_css, as: UTF8.self)
        let page: HTMLText = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
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
            </body>
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
