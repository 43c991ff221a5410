import Reports

/// What is drawn of figures.
extension EvaluationPage {
    var charts: HTMLText {
        section("Over the threshold", "", thresholds.map(\.html))
            + section(
                "While the image changes",
                """
                The probability of the class on average, while the hottest pixels come into the blurred image, or become the mean colour. \
                Around a line its bounds; of more than three methods, where it is pointed at.
                """, curves { ["insertion", "deletion"].contains($0.key) }.map(\.html))
            + section(
                "While the model forgets",
                """
                How like maps are to those of the model as it was when layers are drawn anew, from the head to the image, or one \
                by itself. A map that depends on what the model has learnt falls; the verdict is made where half of the layers are \
                drawn anew.
                """, curves { !["insertion", "deletion"].contains($0.key) }.map(\.html))
            + section("Two methods, image by image", "", scatters.map(\.html))
    }

    /// Nothing where there are no charts.
    private func section(_ title: HTMLText, _ text: HTMLText, _ charts: [HTMLText]) -> HTMLText {
        guard !charts.isEmpty else { return "" }
        let words: HTMLText = text.markup.isEmpty ? "" : "<p class=\"quiet\">\(text)</p>"
        return ReportShell.section(title, "\(words)<div class=\"sweepers\">\(HTMLText(joining: charts))</div>")
    }

    private var thresholds: [LineChart] {
        func chart(_ title: String, _ curve: KeyPath<Evaluation.Method, [Double]?>) -> LineChart {
            let lines = evaluation.methods.compactMap { method in
                method[keyPath: curve].map { values in
                    LineChart.Line(
                        name: method.method.title, isBaseline: method.method.isBaseline,
                        places: values.indices.map { Double($0) / Double(BoxSweep.thresholds) }, values: values)
                }
            }
            return LineChart(title, over: "threshold, of the hottest pixel", areShares: true, lines)
        }
        return [
            chart("Boxes that are right (IoU 0.5)", \.boxCurve), chart("Overlap with the mask (IoU)", \.maskCurve),
        ].filter { !$0.lines.isEmpty }
    }

    private func curves(_ isWanted: (Series) -> Bool) -> [LineChart] {
        evaluation.facts.series.filter(isWanted).map { series in
            LineChart(
                series.title, over: series.scale, areShares: false,
                evaluation.methods.compactMap { method in
                    method.curves[series.key].map { curve in
                        LineChart.Line(
                            name: method.method.title, isBaseline: method.method.isBaseline, places: series.positions,
                            values: curve.values, low: curve.low, high: curve.high)
                    }
                })
        }.filter { !$0.lines.isEmpty }
    }

    private var scatters: [ScatterChart] {
        evaluation.scatters.map { scatter in
            ScatterChart(
                metric: scatter.metric, across: evaluation.title(of: scatter.across),
                up: evaluation.title(of: scatter.up), points: scatter.points)
        }
    }
}
