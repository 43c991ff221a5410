import Overlay
import Pipeline

/// What is written on a sheet, and where its panels stand.
struct SheetText {
    let seen: Prediction
    /// The class that it is told apart from; nil: none.
    let versus: Prediction?
    let model: String
    /// What the model computes in, such as "bf16".
    let precision: String
    /// How long classifying takes without a map.
    let alone: Duration
    let format: VideoFormat
    /// Of the frame, in seconds; nil: none was asked for.
    let time: Double?
    let maps: [ComparedMap]

    var sheet: Sheet {
        let isOfLayers = Set(maps.map(\.method)).count == 1 && maps.count > 1
        return Sheet(
            title: title, remark: remark(isOfLayers),
            cells: [.picture(format, at: time)] + maps.map { $0.cell(isOfLayers: isOfLayers) },
            footnotes: maps.footnotes)
    }

    private var title: String {
        "\(seen.label)  \(percent)" + (versus.map { "  versus \($0.label)" } ?? "")
    }

    private var percent: String {
        let permille = Int((Double(seen.probability) * 1000).rounded())
        return "\(permille / 10).\(permille % 10) %"
    }

    private func remark(_ isOfLayers: Bool) -> String {
        let method = isOfLayers ? "\(maps[0].method), " : ""
        return "\(method)\(model), computed in \(precision). Times are those of one image and its map; "
            + "classifying alone takes \(TimedMap.text(alone))."
    }
}

extension Sheet.Cell {
    /// The picture itself.
    ///
    /// - Parameter time: of the frame, in seconds; nil: none was asked for.
    static func picture(_ format: VideoFormat, at time: Double?) -> Sheet.Cell {
        let title = time.map { "At \($0) s" } ?? "Picture"
        return Sheet.Cell(title: .name(title), detail: "\(format.width)x\(format.height)", .picture)
    }
}

extension [ComparedMap] {
    /// Which others show the same, a line a map.
    var footnotes: [String] {
        filter { !$0.equals.isEmpty }.map { map in
            "The same map as \(map.method): \(map.equals.joined(separator: ", "))."
        }
    }
}
