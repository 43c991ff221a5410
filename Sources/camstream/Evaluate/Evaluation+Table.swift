import Evaluate
import Foundation

extension Evaluation {
    /// For a terminal: a row a method, and what one should know.
    var table: String {
        (table(of: metrics) + remarks + (costRemark.map { [""] + costTable + [$0] } ?? [])).joined(separator: "\n")
    }

    private var costTable: [String] {
        let rows = methods.compactMap { method in
            cost(of: method.method).map { [name(method.method), $0.time, $0.forwardPasses, "\($0.backward)"] }
        }
        return TextTable([["method", "ms a map", "forward", "backward"]] + rows).lines
    }

    /// The same of some figures, a line each, without what one should know.
    func table(of metrics: [Metric]) -> [String] {
        let head = ["method"] + metrics.map(\.title)
        let rows = methods.map { method in
            [method.method.isBaseline ? "(\(method.method.title))" : name(method.method)]
                + metrics.map { metric in
                    guard let figure = method.figures[metric.key] else { return "-" }
                    let mark = method.below[metric.key] == nil ? "" : " ▼"
                    return EvaluationText.value(figure, metric) + Self.margin(figure, metric) + mark
                }
        }
        var lines = TextTable([head] + rows).lines
        if !metrics.isEmpty {
            lines.append("")
            lines.append(
                options.draws > 0
                    ? "± half the width of the bounds (95 %); ▼ a baseline, in parentheses, is better"
                    : "▼ a baseline, in parentheses, is better")
        }
        if let accuracy = summary.accuracy {
            lines.append("recognised: \(String(format: "%.1f", 100 * accuracy.value)) % of \(summary.judged) images")
        }
        return lines
    }

    private func name(_ method: RunFacts.Method) -> String {
        method.key.contains("@") ? "\(method.title) \(method.layers.joined(separator: "+"))" : method.title
    }

    private static func margin(_ figure: Estimate, _ metric: Metric) -> String {
        guard let low = figure.low, let high = figure.high else { return "" }
        return String(format: " ±%.\(metric.digits)f", (high - low) / 2 * (metric.isShare ? 100 : 1))
    }
}
