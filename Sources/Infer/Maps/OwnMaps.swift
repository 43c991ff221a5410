import ONNX
import Pipeline
import Tracking

/// The map that a model gives out for a class: its channel, as it is.
struct ClassMap: CAMMethod {
    static let name = "map"
    static let title = "model output"
    static let needs: MethodNeeds = []
    static let mayBeEmpty = true

    init(_ options: MethodOptions) {}

    func map(_ subject: Subject) throws(InferError) -> RawMap {
        let shape = subject.shape
        let channels = subject.passes.activations(of: subject.layer)
        var values = [Float](repeating: 0, count: shape.area)
        for term in subject.target.terms {
            let start = min(term.element, shape.channels - 1) * shape.area
            for cell in values.indices { values[cell] += term.weight * channels[start + cell] }
        }
        return RawMap(height: shape.height, width: shape.width, values: values)
    }
}

extension Passes {
    /// Where classes are: the box around the largest part in which a class is more probable than not.
    ///
    /// - Parameters:
    ///   - region: of the picture, that the map covers.
    ///   - width: of the picture, as `height`.
    func boxes(of classes: [Int], region: Region, width: Int, height: Int) -> [Int: PixelBox] {
        let shape = classifier.layers[0]
        let channels = activations(of: 0)
        var boxes: [Int: PixelBox] = [:]
        for classID in classes where classID < shape.channels {
            var map = Heatmap(
                height: shape.height, width: shape.width,
                values: Array(channels[classID * shape.area..<(classID + 1) * shape.area]), region: region)
            map.level = 0.5
            boxes[classID] = map.hotBox(pictureWidth: width, pictureHeight: height)
        }
        return boxes
    }
}

/// The anomaly map, which is the same whether the picture is called normal or not.
struct AnomalyMap: CAMMethod {
    static let name = ClassMap.name
    static let title = ClassMap.title
    static let needs: MethodNeeds = []
    static let mayBeEmpty = true
    static let isClassDiscriminative = false

    init(_ options: MethodOptions) {}

    func map(_ subject: Subject) throws(InferError) -> RawMap {
        let shape = subject.shape
        let scaling = subject.passes.classifier.anomaly?.places
        let values = subject.passes.tensor(of: subject.layer).map { scaling?($0) ?? $0 }
        return RawMap(height: shape.height, width: shape.width, values: values)
    }
}

/// How an anomaly model's numbers become 0...1 with the threshold at 0.5.
struct AnomalyReading: Equatable {
    /// Of the map's values; nil: they are so already.
    var places: Scaling?
    /// Of the picture's score, likewise.
    var picture: Scaling?
    /// Whether the model gives a score; else the map's largest value is it.
    var hasScore: Bool

    /// (x - threshold) / scale + 0.5, clipped: anomalib's `normalize_min_max`.
    struct Scaling: Equatable {
        let threshold: Float
        let scale: Float

        func callAsFunction(_ value: Float) -> Float {
            guard value.isFinite else { return value }
            return min(max((value - threshold) / scale + 0.5, 0), 1)
        }
    }

    /// The picture's score; not a number where the map has places that are none, whatever the model makes of them.
    ///
    /// - Parameter score: what the model gives out; used where it does.
    func score(_ score: Float?, map: UnsafeBufferPointer<Float>) -> Float {
        guard map.allSatisfy(\.isFinite) else { return .nan }
        let value = (hasScore ? score : map.max()) ?? .nan
        return picture?(value) ?? (value.isFinite ? min(max(value, 0), 1) : value)
    }
}
