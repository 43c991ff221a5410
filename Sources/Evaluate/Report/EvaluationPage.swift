package import Foundation
import Reports

/// The page of an evaluation, from what matters most to what is looked up.
package struct EvaluationPage {
    let evaluation: Evaluation
    private let panels: [Panel: Data]

    /// A picture of a method's map.
    package struct Panel: Hashable, Sendable {
        /// The method's key.
        let method: String
        let picture: String
        let label: String

        package init(method: String, _ extreme: Evaluation.Extreme) {
            (self.method, picture, label) = (method, extreme.picture, extreme.label)
        }
    }

    /// - Parameter panels: JPEG files; what cannot be drawn is missing.
    package init(_ evaluation: Evaluation, panels: [Panel: Data]) {
        (self.evaluation, self.panels) = (evaluation, panels)
    }

    /// One HTML file in which everything is: no script, nothing from elsewhere. UTF-8.
    package var data: Data { Data(text.utf8) }

    var text: String {
        ReportShell(
            title: "\(evaluation.facts.model): is the heat right?", header: header,
            main: "\(cards)\(remarks)\(table)\(ranks)\(costs)\(charts)\(pictures)\(making)\(leftOut)"
        ).text
    }

    private var header: HTMLText {
        """
        <header>
        <h1>\(evaluation.facts.model): is the heat right?</h1>
        <p class="quiet">\(evaluation.summary.judged) images of \(evaluation.facts.data). \(evaluation.facts.program), \
        \(evaluation.summary.date).</p>
        \(evaluation.summary.isFinished ? "" : "<p class=\"bad\">Unfinished: it was stopped after these images.</p>" as HTMLText)
        </header>
        """
    }

    private var cards: HTMLText {
        var cards: [HTMLText] = [
            """
            <div class="card"><b>\(evaluation.summary.judged)</b><span>images judged</span>
            <span class="quiet">of \(evaluation.facts.pictures); \(evaluation.leftOut.count) left out</span></div>
            """
        ]
        if let accuracy = evaluation.summary.accuracy {
            cards.append(
                """
                <div class="card"><b>\(percent(accuracy.value))</b><span>of images recognised</span>
                <span class="quiet">\(EvaluationText.interval(accuracy, isShare: true, digits: 1))</span></div>
                """)
        }
        if let lead = evaluation.lead, let best = evaluation.best(by: lead), let figure = best.figures[lead.key] {
            cards.append(
                """
                <div class="card main"><b>\(best.method.title)</b><span>has the best \(lead.title)</span>
                <span class="quiet">\(EvaluationText.value(figure, lead)), \(EvaluationText.interval(figure, lead))</span></div>
                """)
        }
        return "<section class=\"figures\" aria-label=\"Figures\">\(HTMLText(joining: cards))</section>"
    }

    private var remarks: HTMLText {
        let items = HTMLText(joining: evaluation.remarks.map { "<li>\($0)</li>" })
        return ReportShell.section("To know first", "<ul class=\"remarks\">\(items)</ul>")
    }

    // MARK: Tables

    private var heads: HTMLText {
        HTMLText(
            joining: evaluation.metrics.map { metric in
                """
                <th scope="col"><abbr title="\(metric.meaning)">\(metric.title)</abbr>\(metric.higherIsBetter ? "" : " ↓" as HTMLText)</th>
                """
            })
    }

    private var table: HTMLText {
        let rows = evaluation.methods.map { method -> HTMLText in
            let cells = evaluation.metrics.map { metric -> HTMLText in
                guard let figure = method.figures[metric.key] else { return "<td>-</td>" }
                let isBest = !method.method.isBaseline && evaluation.best(by: metric)?.method == method.method
                let below = method.below[metric.key].map { key -> HTMLText in
                    " <abbr class=\"said\" title=\"\(evaluation.title(of: key)) is better\">▼</abbr>"
                }
                return """
                    <td\(isBest ? " class=\"best\"" : "" as HTMLText)>\(EvaluationText.value(figure, metric))\(below ?? "")<span class="quiet">\
                    \(EvaluationText.interval(figure, metric))</span></td>
                    """
            }
            return """
                <tr\(method.method.isBaseline ? " class=\"baseline\"" : "" as HTMLText)><th scope="row">\(method.method.title)\
                \(layers(method))\
                </th>\(HTMLText(joining: cells))</tr>
                """
        }
        return ReportShell.section(
            "Figures",
            """
            <div class="wide"><table class="evaluation"><thead><tr><th scope="col">method</th>\(heads)</tr></thead>\
            <tbody>\(HTMLText(joining: rows))</tbody></table></div>
            <p class="quiet">Below each figure the bounds between which it lies with 95 % of \(evaluation.options.draws) draws of the \
            images. Bold: the best method. ▼: a baseline, which knows nothing of the model, is better.</p>
            """)
    }

    /// Where methods differ in it.
    private func layers(_ method: Evaluation.Method) -> HTMLText {
        let own = method.method.layers
        return allLayers.count < 2 || own.isEmpty
            ? "" : "<span class=\"quiet path\">\(own.joined(separator: ", "))</span>"
    }

    private var allLayers: Set<[String]> {
        Set(evaluation.facts.methods.map(\.layers).filter { !$0.isEmpty })
    }

    private var ranks: HTMLText {
        let rows = evaluation.methods.map { method -> HTMLText in
            let cells = evaluation.metrics.map { metric -> HTMLText in
                guard let rank = method.ranks[metric.key] else { return "<td>-</td>" }
                return "<td\(rank == 1 ? " class=\"best\"" : "" as HTMLText)>\(rank)</td>"
            }
            return """
                <tr\(method.method.isBaseline ? " class=\"baseline\"" : "" as HTMLText)><th scope="row">\(method.method.title)</th>\
                \(HTMLText(joining: cells))</tr>
                """
        }
        return ReportShell.section(
            "Ranks",
            """
            <p class="quiet">Metrics ask different things, and may contradict each other: there is no sum of them. Ranks of methods whose \
            bounds overlap may be chance; the JSON report has the differences between any two, image by image.</p>
            <div class="wide"><table class="evaluation"><thead><tr><th scope="col">method</th>\(heads)</tr></thead>\
            <tbody>\(HTMLText(joining: rows))</tbody></table></div>
            """)
    }

    private var costs: HTMLText {
        guard let remark = evaluation.costRemark else { return "" }
        let rows = evaluation.methods.compactMap { method -> HTMLText? in
            evaluation.cost(of: method.method).map { cost in
                """
                <tr><th scope="row">\(method.method.title)\(layers(method))</th><td>\(cost.time)</td><td>\(cost.forwardPasses)</td>\
                <td>\(cost.backward)</td></tr>
                """
            }
        }
        return ReportShell.section(
            "Cost",
            """
            <p class="quiet">\(remark)</p>
            <div class="wide"><table class="evaluation"><thead><tr><th scope="col">method</th><th scope="col">ms a map</th>\
            <th scope="col">forward</th><th scope="col">backward</th></tr></thead><tbody>\(HTMLText(joining: rows))</tbody></table></div>
            """)
    }

    // MARK: Curves and pictures

    private var pictures: HTMLText {
        guard let lead = evaluation.lead else { return "" }
        let sheets = evaluation.methods.filter { !$0.method.isBaseline && !$0.best.isEmpty }.map { method -> HTMLText in
            """
            <h3>\(method.method.title)</h3>
            <div class="sheet small eight">\(figures(method, method.worst, areBest: false, lead))\(figures(method, method.best, areBest: true, lead))</div>
            """
        }
        guard !sheets.isEmpty else { return "" }
        return ReportShell.section(
            "Worst and best images",
            "<p class=\"quiet\">By \(lead.title), the worst ones first.</p>\(HTMLText(joining: sheets))")
    }

    private func figures(
        _ method: Evaluation.Method, _ extremes: [Evaluation.Extreme], areBest: Bool, _ lead: Metric
    ) -> HTMLText {
        HTMLText(
            joining: extremes.map { extreme in
                let picture: HTMLText =
                    panels[Panel(method: method.method.key, extreme)].map {
                        ReportShell.picture($0, alt: "\(extreme.picture) with its heat")
                    } ?? "<div class=\"nothing\">no image</div>"
                let figure = EvaluationText.value(Estimate(value: extreme.figure, low: nil, high: nil), lead)
                return """
                    <figure>\(picture)<figcaption><span class="\(areBest ? "is" : "said")">\(areBest ? "best" : "worst") \(figure)</span>
                    <span>\(extreme.explained), \(percent(extreme.probability))</span>
                    <span class="quiet path">\(extreme.picture)</span></figcaption></figure>
                    """
            })
    }

    // MARK: How it was made

    private var making: HTMLText {
        let (facts, options) = (evaluation.facts, evaluation.options)
        var rows: [(String, HTMLText)] = [
            ("Model", "\(facts.model) <code>\(facts.modelChecksum)</code> (SHA-256)"),
            ("Card", facts.cardChecksum.map { "<code>\($0)</code> (SHA-256)" } ?? "none beside the model"),
            ("Computed", "in \(facts.precision), on \(facts.machine)"),
            (
                "Data",
                "\(facts.data), \(facts.layout.rawValue); \(counted(facts.classes.count, "class", "classes")) matched"
            ),
            ("List of the data", "<code>\(facts.dataChecksum)</code> (SHA-256)"),
            ("Explained", facts.target == "top" ? "the most probable class" : "the class of the label"),
            (
                "Thresholds",
                options.tuneShare > 0
                    ? "chosen on \(evaluation.summary.tuned) other images of these data"
                    : "the best ones on these very images"
            ),
            ("Draws", "\(options.draws), seed \(String(facts.seed))"),
            ("Time", "\(evaluation.summary.seconds, digits: 1) s"),
        ]
        if allLayers.count == 1, let layers = allLayers.first {
            rows.append(("Layers of all methods", "<code>\(layers.joined(separator: ", "))</code>"))
        }
        if facts.ignoredBoxes > 0 {
            rows.append(("Boxes that do not count", "\(facts.ignoredBoxes) (crowds, difficult ones)"))
        }
        for (name, value) in facts.options.sorted(by: { $0.key < $1.key }) { rows.append((name, "\(value)")) }
        let items = rows.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" as HTMLText }
        return ReportShell.section("How it was made", "<dl>\(HTMLText(joining: items))</dl>")
    }

    private var leftOut: HTMLText {
        guard !evaluation.leftOut.isEmpty else { return "" }
        let shown = evaluation.leftOut.prefix(200)
        let rows = shown.map {
            "<tr><th scope=\"row\"><span class=\"path\">\($0.name)</span></th><td class=\"words\">\($0.reason)</td></tr>"
                as HTMLText
        }
        let others = evaluation.leftOut.count - shown.count
        let more: HTMLText = others > 0 ? "<p class=\"quiet\">and \(others) more</p>" : ""
        return ReportShell.section(
            "Left out",
            ReportShell.folded(
                "<div class=\"wide\"><table><tbody>\(HTMLText(joining: rows))</tbody></table></div>\(more)",
                rows: evaluation.leftOut.count))
    }
}
