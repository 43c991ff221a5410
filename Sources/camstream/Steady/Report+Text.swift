import Foundation
import Overlay
import Pipeline
import Steadiness

extension Report {
    /// For a terminal.
    var table: String {
        let head = ["clip", "metric", "goal", against, "steady", "ratio", "met"]
        let cells = rows.map { row in
            [
                row.clip, row.metric.rawValue + (row.unit.isEmpty ? "" : " (\(row.unit))"), row.goal?.text ?? "",
                Self.text(row.raw, row.metric), Self.text(row.steady, row.metric),
                row.ratio.map { Self.digits($0, 2) } ?? "", row.isMet.map { $0 ? "yes" : "no" } ?? "",
            ]
        }
        return TextTable([head] + cells).lines.joined(separator: "\n")
    }

    func json() throws -> String {
        try JSONText.pretty.text(self) + "\n"
    }

    var chart: Chart {
        Chart(
            title: "Steadiness", remark: "\(input), \(model), \(method)", names: (against, "steady"),
            panels: series.map { part in
                let row = rows.first { $0.clip == part.clip }
                let detail = row.map { "\(Self.text($0.raw, $0.metric)) : \(Self.text($0.steady, $0.metric))" }
                return Chart.Panel(
                    title: "\(part.clip): \(part.metric)", detail: detail ?? "", times: part.times, first: part.raw,
                    second: part.steady)
            })
    }

    private static func text(_ value: Double?, _ metric: Metric) -> String {
        guard let value else {
            switch metric {
            case .lag, .cutLag: return "never"
            default: return "-"
            }
        }
        let digitCount =
            switch metric {
            case .flicker, .warpedError, .change: 4
            case .correlation, .agreement, .insertion, .deletion, .lag: 3
            case .switches, .objectsBegun, .peakInBox, .lookedAt: 1
            case .cutLag, .labelDelay: 0
            }
        return digits(value, digitCount)
    }

    private static func digits(_ value: Double, _ count: Int) -> String { String(format: "%.\(count)f", value) }
}
