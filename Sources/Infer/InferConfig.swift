import Foundation
package import Pipeline
package import Tracking

/// The settings of the inference stage: the key `infer` of a config file.
package struct InferConfig: Decodable, Sendable, Equatable {
    /// An ONNX file, or a model card that names one.
    package var model: String?
    /// A model card that stands elsewhere than beside the model.
    package var card: String?
    /// The model's output to explain, or a tensor before it; nil: the one that the card names, or that looks like scores.
    package var outputTensor: String?
    /// How maps are made.
    package var method = MethodName.auto
    package var methodOptions = MethodOptions()
    /// The tensors or nodes whose activations are mapped; none: found from the graph.
    package var layers: [String] = []
    /// How the maps of several layers become one.
    package var layerFusion = LayerFusion.mean
    /// Whose map: a class's number, name or a unique part of its name; nil: the most probable class of each frame.
    package var explainedClass: String?
    package var precision = Precision.auto
    package var pace = Pace.picture
    /// How maps are smoothed over time.
    package var filter = MapFilter.oneEuro
    /// Time constant of maps that stand still, in seconds; 0: neither maps nor classes are smoothed.
    package var smoothing = 0.4
    /// Below this probability the label says that nothing is recognised; 0: never.
    package var labelFloor = ShownClasses.usualFloor
    /// What is no heat and full heat; nil: as suits what is shown, else running.
    package var scale: ScaleChoice?
    /// Whether maps follow the picture's motion.
    package var motion = MotionChoice.auto
    /// The classifier looks at one picture of so many; in between, its maps follow the motion.
    package var camEvery = 1

    package enum Precision: String, Decodable, Sendable, CaseIterable {
        /// What is measured to be the fastest on this processor, with the same scores but for rounding.
        case auto
        case f32
        case bf16
        case f16
    }

    /// What the classifier is run for, which decides how it is fastest. No setting: it follows from the input.
    package enum Pace: String, Sendable {
        /// One picture.
        case picture
        /// All pictures, several at once.
        case video
        /// The newest picture, one at a time.
        case live
    }

    package init() {}

    private enum Key: String, CodingKey, CaseIterable {
        case model, card, method, channels, samples, seed, layer, precision, filter, smoothing, scale, motion
        case outputTensor = "output-tensor"
        case explainedClass = "class"
        case layerFusion = "fuse"
        case camEvery = "cam-every"
        case labelFloor = "label-floor"
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.strictContainer(keyedBy: Key.self)
        model = try fields.decodeIfPresent(String.self, forKey: .model)
        card = try fields.decodeIfPresent(String.self, forKey: .card)
        outputTensor = try fields.decodeIfPresent(String.self, forKey: .outputTensor)
        method = try fields.decodeChoiceIfPresent(MethodName.self, forKey: .method) ?? method
        if let channels = try fields.decodeIfPresent(ChannelSelection.self, forKey: .channels) {
            methodOptions.channels = channels
        }
        methodOptions.samples = try fields.decodeIfPresent(Int.self, forKey: .samples)
        methodOptions.seed = try fields.decodeIfPresent(Int.self, forKey: .seed) ?? methodOptions.seed
        layers = try fields.decodeIfPresent(String.self, forKey: .layer).map { Self.layers($0) } ?? layers
        layerFusion = try fields.decodeChoiceIfPresent(LayerFusion.self, forKey: .layerFusion) ?? layerFusion
        explainedClass = try fields.decodeIfPresent(String.self, forKey: .explainedClass)
        precision = try fields.decodeChoiceIfPresent(Precision.self, forKey: .precision) ?? precision
        filter = try fields.decodeChoiceIfPresent(MapFilter.self, forKey: .filter) ?? filter
        scale = try fields.decodeIfPresent(ScaleChoice.self, forKey: .scale)
        motion = try fields.decodeChoiceIfPresent(MotionChoice.self, forKey: .motion) ?? motion
        camEvery = try fields.decodeIfPresent(Int.self, forKey: .camEvery) ?? camEvery
        labelFloor = try fields.decodeIfPresent(Double.self, forKey: .labelFloor) ?? labelFloor
        smoothing = try fields.decodeIfPresent(Double.self, forKey: .smoothing) ?? smoothing
    }

    /// Motion is followed no further back.
    private static let camEveryRange = 1...30

    /// - Parameter text: names with commas between them.
    package static func layers(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    package func validate() throws(ConfigError) {
        if let samples = methodOptions.samples, !(1...1_000_000).contains(samples) {
            throw .outOfRange(key: "infer.samples", value: "\(samples)", allowed: "1 to 1000000")
        }
        guard Self.camEveryRange.contains(camEvery) else {
            throw .outOfRange(
                key: "infer.cam-every", value: "\(camEvery)",
                allowed: "\(Self.camEveryRange.lowerBound) to \(Self.camEveryRange.upperBound) frames")
        }
        guard (0...1).contains(labelFloor) else {
            throw .outOfRange(key: "infer.label-floor", value: "\(labelFloor)", allowed: "0 to 1")
        }
        guard smoothing.isFinite, (0...60).contains(smoothing) else {
            throw .outOfRange(key: "infer.smoothing", value: "\(smoothing)", allowed: "0 to 60 seconds")
        }
    }
}
