import ONNX

/// The methods that explain the same pictures side by side, and what they ask the classifier for together: one forward pass
/// serves all.
struct MethodSet {
    private(set) var choices: [MethodChoice]

    /// - Parameter wanted: at least one.
    /// - Throws: `ONNXError` where CAM is asked for and the graph has no head for it.
    init(_ wanted: [MethodName], _ graph: Graph, layers: [String]) throws(ONNXError) {
        choices = try wanted.map { name throws(ONNXError) in try MethodChoice(name, graph, layers: layers) }
    }

    var needs: MethodNeeds {
        let union = choices.reduce(MethodNeeds()) { $0.union($1.method.needs) }
        // Without it, what some need of the picture would hide that others look at a layer.
        return mapsDefaultLayer && choices.count > 1 ? union.union(.activations) : union
    }

    /// For those that read the classifier's head.
    var head: CAMHead? { choices.lazy.compactMap(\.head).first }

    /// Whether none needs more than the head's weights and what it pools.
    var readsHeadAlone: Bool { choices.allSatisfy { $0.head != nil } }

    /// Whether any maps the layers that are named, or the default one.
    var mapsDefaultLayer: Bool { choices.contains { $0.head == nil && !$0.method.needs.isOfPicture } }

    /// As `MethodChoice.avoidGradient`, of all that are open.
    mutating func avoidGradient(after error: ONNXError) -> Bool {
        var hasChanged = false
        for index in choices.indices where choices[index].avoidGradient(after: error) { hasChanged = true }
        return hasChanged
    }

    /// Makes the methods, each on its layers among those that are compiled.
    ///
    /// - Parameter head: what the head pools.
    mutating func make(_ layers: [Layer], _ options: MethodOptions) -> [MethodOnLayers] {
        let pooled = layers.firstIndex { $0.tensor == head?.target }
        // With a head no more than one layer can be named; what only the head needs comes behind it.
        let others = head == nil ? Array(layers.indices) : [0]
        return choices.indices.map { index in
            choices[index].suit(layers)
            let choice = choices[index]
            let method = choice.method.init(options)
            if choice.head != nil { return MethodOnLayers(method: method, layers: pooled.map { [$0] } ?? []) }
            return MethodOnLayers(method: method, layers: choice.method.needs.isOfPicture ? [] : others)
        }
    }
}

/// A method, and what it maps.
struct MethodOnLayers: Sendable {
    let method: any CAMMethod
    /// Positions among the classifier's layers; none where the method maps the picture itself.
    let layers: [Int]
}
