import Engine
import ONNX
import Pipeline
import Tracking

extension CompiledClassifier {
    /// What the numbers of a model's classes are, and how its maps are drawn.
    struct MapFacts {
        let reading: ScoreReading
        /// Whether its values lie in 0...1, and are drawn so.
        let isBounded: Bool
        /// For anomaly models.
        let anomaly: AnomalyReading?
        let method: any CAMMethod
        let classes: Int
        let layer: Layer
        let scores: ClassScores

        init(_ maps: MapOutputs, _ card: ModelCard, _ compiled: CompiledModel, model: String) throws(InferError) {
            let shape: [Int]
            do throws(OpenVINOError) {
                shape = try compiled.outputShape(maps.map)
            } catch {
                throw .engine(path: model, error)
            }
            layer = try Self.layer(maps, shape, model: model)
            let options = MethodOptions()
            isBounded = maps.isBounded
            scores = ClassScores(output: maps.output, logits: maps.scores ?? maps.map, activation: .none)
            switch maps.kind {
            case .anomaly:
                (reading, method, classes) = (.anomaly, AnomalyMap(options), 2)
                let scaling = maps.isNormalised ? nil : card.anomaly
                anomaly = AnomalyReading(
                    places: scaling.map { .init(threshold: Float($0.pixelThreshold), scale: Float($0.pixelScale)) },
                    picture: scaling.map { .init(threshold: Float($0.imageThreshold), scale: Float($0.imageScale)) },
                    hasScore: maps.scores != nil)
            case .classes:
                (reading, method, classes, anomaly) = (.share, ClassMap(options), layer.channels, nil)
            case .single:
                (reading, method, classes, anomaly) = (maps.isBounded ? .share : .none, ClassMap(options), 1, nil)
            }
        }

        /// - Parameter shape: of the map: rows and columns last, or the channels behind them.
        private static func layer(_ maps: MapOutputs, _ shape: [Int], model: String) throws(InferError) -> Layer {
            func fail(_ expected: String) -> InferError {
                .unexpectedShape(model: model, tensor: maps.map, shape: shape, expected: expected)
            }
            // Of one map, axes of 1 may stand anywhere.
            let shape = maps.kind == .anomaly ? shape.filter { $0 != 1 } : shape
            let isLast = maps.layout == .channelsLast && shape.count == 4
            let places = isLast ? shape[1...2] : shape.suffix(2)
            guard (2...4).contains(shape.count), let height = places.first, let width = places.last else {
                throw fail("[1, channels, height, width]")
            }
            let channels = shape.reduce(1, *) / max(height * width, 1)
            guard height > 0, width > 0, channels > 0 else { throw fail("[1, channels, height, width]") }
            if maps.kind == .anomaly, channels != 1 { throw fail("one map, [1, 1, height, width],") }
            return Layer(
                tensor: maps.map, op: "", layout: isLast ? .channelsLast : .channelsFirst, channels: channels,
                height: height, width: width)
        }

        /// The scale that fits, unless somebody names one: a map scaled by its own maximum would show good parts as hot.
        var scale: ScaleChoice? { isBounded ? .fixed(low: 0, high: 1) : nil }

        var notes: [String] {
            let kind =
                switch reading {
                case .anomaly: "anomaly map"
                case .share: classes > 1 ? "segmentation of \(classes) classes" : "one map"
                case .probability, .objects, .none: "one map, of whatever range"
                }
            var notes = ["method: model output (\(kind)), \(layer.width)x\(layer.height) of \(layer.tensor)"]
            if let scaling = anomaly?.places {
                notes.append(
                    "anomaly map: normalised by (x - \(scaling.threshold)) / \(scaling.scale) + 0.5, clipped to 0...1")
            } else if anomaly != nil {
                notes.append("anomaly map: normalised in the graph")
            }
            return notes
        }
    }

    /// What of settings holds for the model: where the range of its maps is known, there is no scale to follow.
    func held(_ settings: MapSettings) -> MapSettings {
        guard let scale = maps?.scale, settings.scale == .running else { return settings }
        var settings = settings
        settings.scale = scale
        return settings
    }

    /// Refuses what a model that makes its maps itself has no use for.
    static func checkMaps(_ config: InferConfig, model: String) throws(InferError) {
        if config.comparesMethods { throw .hasOwnMap(model: model, asked: "--layout compare") }
        if config.method != .auto, config.method.rawValue != MethodName.cheapest.rawValue {
            throw .hasOwnMap(model: model, asked: "--method \(config.method.rawValue)")
        }
        if !config.layers.isEmpty { throw .hasOwnMap(model: model, asked: "--layer") }
        if config.versus != nil { throw .hasOwnMap(model: model, asked: "--versus") }
    }
}
