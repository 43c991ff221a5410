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
            cells: [Sheet.Cell(title: .name(time.map { "At \($0) s" } ?? "Picture"), detail: size, .picture)]
                + maps.map { $0.cell(isOfLayers: isOfLayers) },
            footnotes: maps.filter { !$0.equals.isEmpty }.map { map in
                "The same map as \(map.method): \(map.equals.joined(separator: ", "))."
            })
    }

    private var title: String {
        "\(seen.label)  \(percent)" + (versus.map { "  versus \($0.label)" } ?? "")
    }

    private var percent: String {
        let permille = Int((Double(seen.probability) * 1000).rounded())
        return "\(permille / 10).\(permille % 10) %"
    }

    private var size: String { "\(format.width)x\(format.height)" }

    private func remark(_ isOfLayers: Bool) -> String {
        let method = isOfLayers ? "\(maps[0].method), " : ""
        return "\(method)\(model), computed in \(precision). Times are those of one picture and its map; "
            + "classifying alone takes \(TimedMap.text(alone))."
    }
}
