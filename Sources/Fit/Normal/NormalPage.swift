package import Foundation
import Reports

extension NormalReport {
    /// One HTML file in which everything is: no script, nothing from elsewhere. UTF-8.
    package func html() -> Data { Data(NormalPage(report: self).text.utf8) }
}

/// The page of a report on a model of good parts, from what matters most to what is looked up.
struct NormalPage {
    let report: NormalReport

    var text: String {
        ReportShell(
            title: "\(report.model.file): how it does", header: header,
            main: "\(figures)\(remarks)\(test)\(scores)\(pictures)\(making)\(skipped)"
        ).text
    }

    private var header: HTMLText {
        """
        <header>
        <h1>\(report.model.file)</h1>
        <p class="quiet">Good parts from \(report.data.source), on the features of \(report.model.backbone). \
        \(report.program), \(report.date).</p>
        </header>
        """
    }

    private var figures: HTMLText {
        let held = report.heldOut.count
        var cards: [HTMLText] = []
        if let test = report.test {
            let pixels = test.all.pixelAUROC.map { fixed($0, digits: 3) } ?? "-"
            cards.append(
                """
                <div class="card main"><b>\(fixed(test.all.imageAUROC, digits: 3))</b><span>AUROC of images</span>
                <span class="quiet">of pixels \(pixels)</span></div>
                <div class="card"><b>\(test.all.found) of \(test.all.pictures)</b><span>defects found</span>
                <span class="quiet">\(test.falseAlarms) of \(test.good) good ones taken for defects</span></div>
                """)
        }
        cards.append(
            """
            <div class="card"><b>\(report.threshold.heldOutAbove) of \(held)</b><span>good images held out lie above</span>
            <span class="quiet">the threshold</span></div>
            <div class="card"><b>\(report.data.learnt)</b><span>images learnt from</span>
            <span class="quiet">\(report.model.rows) rows remembered</span></div>
            """)
        return "<section class=\"figures\" aria-label=\"Figures\">\(HTMLText(joining: cards))</section>"
    }

    private var remarks: HTMLText {
        let items = HTMLText(joining: report.remarks.map { "<li>\($0)</li>" })
        return ReportShell.section("To know first", "<ul class=\"remarks\">\(items)</ul>")
    }

    // MARK: The test

    private var test: HTMLText {
        guard let test = report.test else { return "" }
        let rows = (test.kinds.count > 1 ? test.kinds + [test.all] : test.kinds).map { kind -> HTMLText in
            """
            <tr><th scope="row">\(kind.name)</th><td>\(kind.found) of \(kind.pictures)</td>\
            <td>\(kind.imageAUROC, digits: 3)</td><td>\(kind.pixelAUROC.map { fixed($0, digits: 3) } ?? "-")</td></tr>
            """
        }
        let panels = test.hardest.map { panel($0.score, $0.kind) }
        return ReportShell.section(
            "Defects",
            """
            <div class="wide"><table><thead><tr><th scope="col">kind</th><th scope="col">found</th>\
            <th scope="col"><abbr title="How often an image of it scores above a good one.">AUROC, images</abbr></th>\
            <th scope="col"><abbr title="How often a pixel of it scores above a good one.">AUROC, pixels</abbr></th></tr></thead>\
            <tbody>\(HTMLText(joining: rows))</tbody></table></div>
            <p class="quiet">Tested on \(test.source). Below, of each kind those with the lowest scores, and the good ones with the \
            highest.</p><div class="sheet">\(HTMLText(joining: panels))</div>
            """)
    }

    // MARK: Good pictures

    private var scores: HTMLText {
        ReportShell.section(
            "Good images that were held out",
            "<p class=\"quiet\">How many have which score; the line is the threshold.</p>" + ScoreChart(report).html)
    }

    private var pictures: HTMLText {
        let panels = report.heldOut.filter { $0.panel != nil }.map { panel($0, nil) }
        return ReportShell.section(
            "The good images with the highest scores",
            """
            <p class="quiet">If there is a defect in one, take it out and fit again. Scores and heat are of models that have not learnt it.</p>
            <div class="sheet">\(HTMLText(joining: panels))</div>
            """)
    }

    private func panel(_ score: NormalReport.Score, _ kind: String?) -> HTMLText {
        let picture: HTMLText =
            score.panel.map { ReportShell.picture($0, alt: "\(score.picture), with its heat") }
            ?? "<div class=\"nothing\">no image</div>"
        let isAbove = score.score > report.threshold.distance
        return """
            <figure>\(picture)<figcaption>\(kind.map { "<span class=\"is\">\($0)</span>" as HTMLText } ?? "")
            <span class="\(isAbove ? "said" : "quiet")">\(value(score.score)) \(isAbove ? "anomalous" : "normal")</span>
            <span class="quiet path">\(score.picture)</span></figcaption></figure>
            """
    }

    /// As the model writes it.
    private func value(_ distance: Float) -> String {
        let (low, threshold) = (report.threshold.usual, report.threshold.distance)
        return fixed(Double(min(1, max(0, 0.5 + 0.5 * (distance - threshold) / (threshold - low)))), digits: 2)
    }

    // MARK: How it was made

    private var making: HTMLText {
        let (data, model) = (report.data, report.model)
        let facts: [(String, HTMLText)] = [
            (
                "Pictures",
                "\(data.photographs) photographs, \(data.frames) frames of \(counted(data.clips, "clip", "clips")); \(data.placesOfEach) of \(model.places[0] * model.places[1]) places of each"
            ),
            (
                "Features",
                "\(model.features) of \(model.layers.joined(separator: " and ")), of \(model.backbone) (\(model.licence ?? "licence unknown"))\(model.compared < model.features ? ", projected to \(model.compared)" : "")"
            ),
            ("Remembered", "\(model.rows) rows, by greedy k-center"),
            ("Map", "\(model.map[0])x\(model.map[1]), of \(model.places[0])x\(model.places[1]) places"),
            (
                "Distances",
                "0 in the map is \(Double(report.threshold.usual), digits: 3), 0.5 is \(Double(report.threshold.distance), digits: 3)"
            ),
            ("List of the data", "<code>\(data.hash)</code> (SHA-256)"),
            ("Time", "\(report.seconds, digits: 1) s"),
        ]
        let rows = facts.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" as HTMLText }
        return ReportShell.section("How it was made", "<dl>\(HTMLText(joining: rows))</dl>")
    }

    private var skipped: HTMLText { ReportPage.skipped(report.skipped) }
}
