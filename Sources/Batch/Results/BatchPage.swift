package import Foundation
import Pipeline
import Reports

/// The page of a batch: figures, then a table of all recordings that a browser sorts and searches. Its rows are data that a
/// script draws, so many at a time, as ten thousand of them would keep a browser busy.
package struct BatchPage {
    private let table: BatchTable
    private let rows: [BatchTable.Row]

    package init(_ table: BatchTable) { (self.table, rows) = (table, table.rows) }

    /// UTF-8.
    package func html() throws -> Data {
        let script = String(decoding: PackageResources.batch_js, as: UTF8.self)
        return ReportShell(
            title: "What was seen in \(counted(rows.count, "recording", "recordings"))", header: header,
            main: "\(figures)\(classes)\(try recordings)\(making)", script: script
        ).data
    }

    private func count(_ state: BatchTable.Row.State) -> Int { rows.count { $0.state == state } }

    private var header: HTMLText {
        let length = rows.reduce(0) { $0 + ($1.seen == nil ? 0 : $1.duration ?? 0) }
        return """
            <header><h1>\(counted(rows.count, "recording", "recordings"))</h1>
            <p class="quiet">\(clock(length)) that were looked at. camstream \(table.head.camstream).</p></header>
            """
    }

    private var figures: HTMLText {
        let frames = rows.reduce(0) { $0 + ($1.frames ?? 0) }
        let seconds = rows.reduce(0) { $0 + ($1.frames == nil ? 0 : $1.seconds ?? 0) }
        let open = count(.missing) + count(.stale)
        let recognised = rows.reduce(0) { $0 + ($1.seen?.recognised ?? 0) }
        let length = rows.reduce(0) { $0 + ($1.seen == nil ? 0 : $1.duration ?? 0) }
        return """
            <section class="figures" aria-label="Figures">
            <div class="card"><b>\(count(.done))</b><span>done</span><span class="quiet">\(open) to be done</span></div>
            <div class="card"><b>\(count(.bad))</b><span>bad</span><span class="quiet">their files cannot be used</span></div>
            <div class="card"><b>\(length > 0 ? percent(recognised / length) : "-")</b><span>of the time recognised</span>\
            <span class="quiet">as more than a guess</span></div>
            <div class="card"><b>\(seconds > 0 ? fixed(Double(frames) / seconds, digits: 0) : "-")</b><span>frames a second</span>\
            <span class="quiet">of each recording, \(frames) in all</span></div>
            </section>
            """
    }

    private struct Total {
        var shown = 0.0
        var recordings = 0
    }

    /// Over all recordings.
    private var classes: HTMLText {
        var totals: [String: Total] = [:]
        for row in rows {
            for seen in row.seen?.classes ?? [] {
                totals[seen.name, default: Total()].shown += seen.shown
                totals[seen.name, default: Total()].recordings += 1
            }
        }
        guard !totals.isEmpty else { return "" }
        let sorted = totals.sorted { ($0.value.shown, $1.key) > ($1.value.shown, $0.key) }
        let lines = sorted.map { name, total -> HTMLText in
            """
            <tr><th scope="row">\(name)</th><td>\(clock(total.shown))</td><td>\(total.recordings)</td></tr>
            """
        }
        let table: HTMLText = """
            <div class="wide"><table><thead><tr><th scope="col">class</th><th scope="col">on screen</th>\
            <th scope="col">recordings</th></tr></thead><tbody>\(HTMLText(joining: lines))</tbody></table></div>
            """
        return ReportShell.section("The classes, the longest first", ReportShell.folded(table, rows: lines.count))
    }

    /// What the script draws of a recording.
    private struct Line: Encodable {
        var name: String
        var state: String
        var problem: String?
        var duration: Double?
        var classes: [[JSONValue]]
        var more: Int
        var recognised: Double?
        var hot: Double?
        var changes: Int?
        var wavering: Int?
        var rate: Double?
        var picture: String?
    }

    private var recordings: HTMLText {
        get throws {
            let root = commonFolder
            let lines = rows.map { row in
                Line(
                    name: String(row.input.dropFirst(root.count)), state: row.state.rawValue, problem: row.problem,
                    duration: row.duration,
                    classes: (row.seen?.classes ?? []).prefix(4).map { seen in
                        [
                            .text(seen.name), .number(seen.shown), .number(seen.first), .number(seen.last),
                            .number(seen.mean),
                        ]
                    },
                    more: max((row.seen?.count ?? 0) - 4, 0), recognised: row.seen?.recognised, hot: row.seen?.hot,
                    changes: row.seen?.changes, wavering: row.seen?.wavering,
                    rate: row.frames.flatMap { frames in
                        row.seconds.map { ($0 > 0 ? Double(frames) / $0 * 10 : 0).rounded() / 10 }
                    },
                    picture: row.seen?.picture?.base64EncodedString())
            }
            // Within a script's element only "<" could end it.
            let data = try JSONText.compact.text(lines).replacing("<", with: "\\u003c")
            let place: HTMLText = root.isEmpty ? "" : "<p class=\"quiet\">All are in <code>\(root)</code>.</p>"
            return ReportShell.section(
                "The recordings",
                """
                \(place)<noscript><p>This table is drawn by a script in this file. <code>camstream batch report --out report.csv</code> \
                has the same.</p></noscript>
                <div id="batch"></div>
                <script type="application/json" id="recordings">\(HTMLText(stringLiteral: data))</script>
                """)
        }
    }

    /// The folders that all inputs begin with.
    private var commonFolder: String {
        guard rows.count > 1, var common = rows.first?.input else { return "" }
        for row in rows { common = common.commonPrefix(with: row.input) }
        return common.lastIndex(of: "/").map { String(common[...$0]) } ?? ""
    }

    private var making: HTMLText {
        let files = table.head.model.files.map { file -> HTMLText in
            "<dt>\(file.path.split(separator: "/").last.map(String.init) ?? "")</dt><dd><code>\(file.sha256)</code> (SHA-256)</dd>"
        }
        var settings: [HTMLText] = []
        if case .object(let stages) = table.head.settings {
            for (stage, values) in stages.sorted(by: { $0.key < $1.key }) {
                guard case .object(let values) = values else { continue }
                settings += values.sorted { $0.key < $1.key }.map {
                    "<dt>\("\(stage).\($0.key)")</dt><dd>\($0.value.description)</dd>"
                }
            }
        }
        return ReportShell.section(
            "How it was made",
            """
            <dl>\(HTMLText(joining: files))</dl><details><summary>All settings</summary><dl>\(HTMLText(joining: settings))</dl></details>
            """)
    }
}
