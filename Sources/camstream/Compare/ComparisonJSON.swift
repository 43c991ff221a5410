import Capture
import Encode
import Evaluate
import Infer
import Live
import Pipeline

/// What `camstream compare` found, for programs. What has no value is left out; times in milliseconds.
struct ComparisonJSON: Encodable {
    var sheet: String
    var input: String
    /// Of a video's frame, in seconds.
    var time: Double?
    var model: String
    var precision: String
    /// The model's forward pass alone, with what scales the picture for it.
    var forward: Double
    /// What is explained; none of a detector.
    var `class`: Seen?
    var versus: Seen?
    /// What a detector found.
    var boxes: [Seen]?
    var maps: [Map]
    /// Of `--data`.
    var evaluation: Evaluation?

    struct Seen: Encodable {
        var id: Int
        var label: String
        var probability: Float?

        init(_ prediction: Prediction) {
            (id, label, probability) = (prediction.classID, prediction.label, prediction.probability)
        }
    }

    struct Map: Encodable {
        var method: String
        var layer: String?
        var time: Double?
        /// Methods whose maps nobody could tell from this one, with their times.
        var equals: [String]?
        /// Why there is no map, or nothing in it.
        var problem: String?

        init(_ map: ComparedMap) {
            (method, layer, equals) = (map.method, map.layer, map.equals.isEmpty ? nil : map.equals)
            switch map.result {
            case .success(let timed): (time, problem) = (ComparisonJSON.milliseconds(timed.time), map.trouble)
            case .failure(let error): problem = error.description
            }
        }
    }

    init(
        _ model: String, _ precision: String, forward: Duration, _ comparison: Comparison, _ maps: [ComparedMap],
        class seen: Prediction? = nil, versus: Prediction? = nil, boxes: [Prediction]? = nil,
        evaluation: Evaluation? = nil
    ) {
        (sheet, input) = (comparison.config.encode.output, redacted(comparison.config.capture.input))
        (time, self.model, self.precision) = (comparison.time, model, precision)
        self.forward = Self.milliseconds(forward)
        (`class`, self.versus, self.boxes) = (seen.map(Seen.init), versus.map(Seen.init), boxes?.map(Seen.init))
        self.maps = maps.map(Map.init)
        self.evaluation = evaluation
    }

    static func milliseconds(_ time: Duration) -> Double { (time / .microseconds(1)).rounded() / 1000 }

    var text: String {
        get throws { Printable.json(try JSONText.pretty.text(self)) }
    }
}
