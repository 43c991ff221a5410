import Pipeline
import Tracking

/// The method's map of a target: of each layer by itself, then fused. Keeps what methods want to know of the frame before.
struct LayerMaps {
    private let method: any CAMMethod
    /// Positions among the classifier's layers; none: the method looks at none.
    private let layers: [Int]
    private let fusion: LayerFusion
    /// Raw maps of the frame before, for methods that look at them.
    private var previous: [Question: [Float]] = [:]

    private struct Question: Hashable {
        let target: ExplanationTarget
        let layer: Int
    }

    init(_ method: MethodOnLayers, _ fusion: LayerFusion) {
        self.method = method.method
        layers = method.layers
        self.fusion = fusion
    }

    mutating func map(of target: ExplanationTarget, _ passes: Passes) throws(InferError) -> RawMap {
        let needsPrevious = type(of: method).needs.contains(.previous)
        var maps: [RawMap] = []
        // A method that looks at no layer is asked once.
        for layer in layers.isEmpty ? [0] : layers {
            let question = Question(target: target, layer: layer)
            var map = try method.map(
                Subject(target: target, layer: layer, passes: passes, previous: previous[question]))
            if needsPrevious { previous[question] = map.values }
            if layers.count > 1, case let zero = type(of: method).zero.value(of: map.values), zero != 0 {
                // Only evidence can be fused.
                map.values = map.values.map { $0 - zero }
            }
            maps.append(map)
        }
        return fusion.fused(maps)
    }

    /// Forgets the frame before.
    mutating func forget() { previous = [:] }
}
