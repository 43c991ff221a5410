import Overlay
import Pipeline

/// What is written on a sheet of a detector's boxes, and where its panels stand.
struct BoxSheetText {
    /// Best first.
    let things: [Observation]
    let model: String
    /// What the model computes in, such as "f32".
    let precision: String
    /// How long finding the boxes takes without a map.
    let alone: Duration
    let format: VideoFormat
    /// Of the frame, in seconds; nil: none was asked for.
    let time: Double?
    let maps: [ComparedMap]

    /// In the title.
    private static let mostNamed = 4

    var sheet: Sheet {
        Sheet(
            title: title, remark: remark, cells: [.picture(format, at: time)] + maps.map { $0.cell(isOfLayers: false) },
            footnotes: maps.footnotes, things: things)
    }

    private var title: String {
        let named = things.prefix(Self.mostNamed).map {
            "\($0.prediction.label) \($0.prediction.probability.hundredths)"
        }
        let rest = things.count - named.count
        return named.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }

    private var remark: String {
        let boxes = things.count == 1 ? "its box" : "its \(things.count) boxes"
        return "\(model), computed in \(precision). Times are those of one image and the maps of \(boxes); "
            + "finding boxes alone takes \(TimedMap.text(alone))."
    }
}
