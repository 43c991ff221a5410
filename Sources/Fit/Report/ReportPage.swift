package import Foundation
import Reports

extension FitReport {
    /// One HTML file in which everything is: no script, nothing from elsewhere. UTF-8.
    package func html() -> Data { Data(ReportPage(self).text.utf8) }
}

/// The page of a report, from what matters most to what is looked up.
struct ReportPage {
    let report: FitReport

    init(_ report: FitReport) { self.report = report }

    var text: String {
        ReportShell(
            title: "\(report.model.file): how it does", header: header,
            main: """
                \(figures)\(remarks)\(errors)\(confusion)\(classes)\(calibration)\(lookAlikes)\(nearDuplicates)\(making)\(skipped)
                """
        ).text
    }

    // MARK: First screen

    private var header: HTMLText {
        """
        <header>
        <h1>\(report.model.file)</h1>
        <p class="quiet">\(counted(report.classes.count, "class", "classes")) from \(report.data.source), on the features of \
        \(report.model.backbone). \(report.program), \(report.date).</p>
        </header>
        """
    }

    private var figures: HTMLText {
        guard let test = report.test else { return "" }
        let interval = "\(percent(test.accuracyInterval.low)) to \(percent(test.accuracyInterval.high))"
        let calibration = test.calibration.error.map(percent) ?? "-"
        return """
            <section class="figures" aria-label="Figures">
            <div class="card main"><b>\(percent(test.accuracy))</b><span>right: \(test.right) of \(test.count)</span>
            <span class="quiet">with 95 % certainty \(interval)</span></div>
            <div class="card"><b>\(percent(test.classMeanAccuracy))</b><span>mean of the classes</span>
            <span class="quiet">each counts the same</span></div>
            <div class="card"><b>\(calibration)</b><span>calibration error</span>
            <span class="quiet">how far probabilities are off</span></div>
            <div class="card"><b>\(report.classes.reduce(0) { $0 + $1.learnt })</b><span>examples learnt from</span>
            <span class="quiet">\(kind(test.kind))</span></div>
            </section>
            """
    }

    private func kind(_ kind: FitReport.Test.Kind) -> HTMLText {
        switch kind {
        case .heldOut: "tested on others, held out"
        case .named(let name): "tested on \(name)"
        case .crossValidation(let folds): "\(folds)-fold cross-validation"
        }
    }

    private var remarks: HTMLText {
        guard !report.remarks.isEmpty else { return "" }
        let items = HTMLText(joining: report.remarks.map { "<li>\($0)</li>" })
        return "<section class=\"card\"><h2>To know first</h2><ul class=\"remarks\">\(items)</ul></section>"
    }

    // MARK: Errors

    private var errors: HTMLText {
        guard let test = report.test else { return "" }
        let wrong = test.count - test.right
        guard wrong > 0 else {
            return section("The worst errors", "<p>None: all \(test.count) tested examples are right.</p>")
        }
        let panels = HTMLText(joining: report.errors.map(panel))
        let said =
            "Those first that the model was surest of. The heat is on what made it say so; nothing of it was learnt from."
        return section(
            "The worst errors",
            "<p class=\"quiet\">\(report.errors.count) of \(wrong). \(said)</p><div class=\"sheet\">\(panels)</div>")
    }

    private func panel(_ mistake: FitReport.Mistake) -> HTMLText {
        let picture: HTMLText =
            mistake.picture.map {
                ReportShell.picture($0, alt: "\(mistake.label), with the heat of \(mistake.predicted)")
            } ?? "<div class=\"nothing\">no image</div>"
        return """
            <figure>\(picture)<figcaption><span class="is">\(mistake.label)</span>
            <span class="said">said \(mistake.predicted), \(percent(mistake.probability))</span>
            <span class="quiet">\(percent(mistake.trueProbability)) for what it is</span>
            <span class="quiet path">\(mistake.example)</span></figcaption></figure>
            """
    }

    // MARK: Tables

    private var confusion: HTMLText {
        guard let test = report.test else { return "" }
        return section(
            "What was taken for what",
            "<p class=\"quiet\">A row is what it is, a column what the model says.</p>"
                + ConfusionChart(names: report.classes.map(\.name), counts: test.confusion).html)
    }

    private var classes: HTMLText {
        let ordered = report.classes.enumerated().sorted {
            ($0.element.recall ?? 2, $0.offset) < ($1.element.recall ?? 2, $1.offset)
        }
        let rows = ordered.map { _, facts -> HTMLText in
            let interval = facts.recallInterval.map { "\(percent($0.low)) to \(percent($0.high))" } ?? ""
            let negative: HTMLText = facts.isNegative ? " <span class=\"quiet\">(everything else)</span>" : ""
            return """
                <tr><th scope="row">\(facts.name)\(negative)</th><td>\(facts.recall.map(percent) ?? "-")</td>\
                <td class="quiet">\(interval)</td><td>\(facts.precision.map(percent) ?? "-")</td>\
                <td>\(facts.tested)</td><td>\(facts.learnt)</td></tr>
                """
        }
        let table: HTMLText = """
            <div class="wide"><table><thead><tr><th scope="col">class</th>\
            <th scope="col"><abbr title="Of those that are it, the share that is called so.">recall</abbr></th>\
            <th scope="col">95 %</th>\
            <th scope="col"><abbr title="Of those that are called so, the share that is.">precision</abbr></th>\
            <th scope="col">tested</th><th scope="col">learnt</th></tr></thead><tbody>\(HTMLText(joining: rows))</tbody></table></div>
            """
        return section("The classes, the weakest first", folded(table, rows: rows.count))
    }

    private var lookAlikes: HTMLText {
        guard !report.lookAlikes.isEmpty else { return "" }
        let rows = report.lookAlikes.map { pair -> HTMLText in
            """
            <tr><th scope="row">\(pair.first)</th><th scope="row">\(pair.second)</th><td>\(pair.firstAsSecond)</td>\
            <td>\(pair.secondAsFirst)</td><td>\(pair.cosine, digits: 2)</td></tr>
            """
        }
        let table: HTMLText = """
            <div class="wide"><table><thead><tr><th scope="col">class</th><th scope="col">and</th>\
            <th scope="col">first taken for second</th><th scope="col">second for first</th>\
            <th scope="col"><abbr title="Cosine of the classes' mean features: 1 is the same.">alike</abbr></th></tr></thead>\
            <tbody>\(HTMLText(joining: rows))</tbody></table></div>
            """
        return section("Classes that look alike", folded(table, rows: rows.count))
    }

    private var nearDuplicates: HTMLText {
        let facts = report.nearDuplicates
        guard facts.count > 0 else { return "" }
        let rows = facts.pairs.map { pair -> HTMLText in
            let labels: HTMLText =
                pair.firstLabel == pair.secondLabel
                ? "\(pair.firstLabel)" : "<span class=\"bad\">\(pair.firstLabel) and \(pair.secondLabel)</span>"
            let sides: HTMLText = pair.isAcrossSplit ? "<span class=\"bad\">learnt and tested</span>" : "one side"
            return """
                <tr><th scope="row" class="path">\(pair.first)</th><th scope="row" class="path">\(pair.second)</th>\
                <td>\(labels)</td><td>\(sides)</td><td>\(pair.cosine, digits: 3)</td></tr>
                """
        }
        let table: HTMLText = """
            <div class="wide"><table><thead><tr><th scope="col">image</th><th scope="col">and</th><th scope="col">class</th>\
            <th scope="col">split</th><th scope="col">cosine</th></tr></thead><tbody>\(HTMLText(joining: rows))</tbody></table></div>
            """
        let said =
            "\(counted(facts.count, "pair", "pairs")) with a cosine of \(fixed(facts.threshold, digits: 2)) or more; "
            + "\(rows.count) are shown."
        return section(
            "Nearly the same image", "<p class=\"quiet\">\(said)</p>" + folded(table, rows: rows.count))
    }

    private var skipped: HTMLText { Self.skipped(report.skipped) }

    /// Files that are left out, or nothing.
    static func skipped(_ files: [FitReport.Skipped]) -> HTMLText {
        guard !files.isEmpty else { return "" }
        // All of them are in the JSON.
        let rows = files.prefix(500).map { item -> HTMLText in
            "<tr><th scope=\"row\" class=\"path\">\(item.file)</th><td class=\"words\">\(item.reason)</td></tr>"
        }
        let table: HTMLText = """
            <div class="wide"><table><thead><tr><th scope="col">file</th><th scope="col">why</th></tr></thead>\
            <tbody>\(HTMLText(joining: rows))</tbody></table></div>
            """
        return ReportShell.section("Not used (\(files.count))", ReportShell.folded(table, rows: rows.count))
    }

    // MARK: How it was made

    private var calibration: HTMLText {
        guard let test = report.test else { return "" }
        return section(
            "Whether 80 % is 80 %",
            "<p class=\"quiet\">Bars are the share that was right of the answers with about such a probability; on the line "
                + "they would come true exactly. The number is how many answers there are.</p>"
                + ReliabilityChart(test.calibration).html)
    }

    private var making: HTMLText {
        let (data, fit) = (report.data, report.fit)
        var facts: [(String, HTMLText)] = [
            (
                "Pictures",
                "\(data.photographs) photographs, \(data.frames) frames of \(counted(data.clips, "clip", "clips"))"
            ),
            ("Views", "\(data.views) of each image that is learnt from"),
            (
                "Features",
                "\(report.model.features), of \(report.model.backbone) (\(report.model.licence ?? "licence unknown"))"
            ),
            (
                "Head",
                fit.folds > 0
                    ? "logistic regression; L2 \(fit.l2, digits: 4) and temperature \(fit.temperature, digits: 3) by \(fit.folds) folds"
                    : "logistic regression; L2 \(fit.l2, digits: 4), no temperature"
            ),
            ("List of the data", "<code>\(data.hash)</code> (SHA-256)"),
        ]
        if let seconds = fit.seconds { facts.append(("Time", "\(seconds, digits: 1) s")) }
        let rows = facts.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" as HTMLText }
        return section("How it was made", "<dl>\(HTMLText(joining: rows))</dl>" + trials)
    }

    private var trials: HTMLText {
        guard !report.fit.trials.isEmpty else { return "" }
        let rows = report.fit.trials.map { trial -> HTMLText in
            let mark: HTMLText = trial.l2 == report.fit.l2 ? " class=\"taken\"" : ""
            return """
                <tr\(mark)><td>\(trial.l2, digits: 4)</td><td>\(trial.logLoss, digits: 4)</td><td>\(percent(trial.accuracy))</td>\
                <td>\(trial.temperature, digits: 3)</td></tr>
                """
        }
        return """
            <details><summary>Strengths of L2 that were tried on what is learnt from</summary><div class="wide"><table><thead><tr>\
            <th scope="col">L2</th><th scope="col">log loss</th><th scope="col">right</th><th scope="col">temperature</th></tr>\
            </thead><tbody>\(HTMLText(joining: rows))</tbody></table></div></details>
            """
    }

    // MARK: Parts

    private func section(_ title: HTMLText, _ content: HTMLText) -> HTMLText { ReportShell.section(title, content) }

    private func folded(_ table: HTMLText, rows: Int) -> HTMLText { ReportShell.folded(table, rows: rows) }
}
