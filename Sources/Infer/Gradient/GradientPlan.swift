import ONNX

/// What gradients a method needs of a classifier.
struct GradientPlan {
    private(set) var kinds: [GradientKind] = []
    /// One for each kind.
    private(set) var wishes: [GradientWish] = []
    /// Of the tensors before the scores, those included that were added.
    private(set) var types: [String: TensorType]
    /// Where Full-Grad is planned: what its targets behind the picture add.
    private(set) var biases: [BiasedTensor] = []

    /// Methods to offer where no gradient can be had.
    static let alternatives = camMethods.filter {
        $0.needs.isDisjoint(with: .anyGradient) && !$0.needs.contains(.head)
    }.map { $0.name }

    /// - Parameters:
    ///   - picture: the model's input tensor.
    ///   - graph: gets the operators of Shapley-CAM's score.
    init(
        _ needs: MethodNeeds, layers: [Layer], picture: String, scores: String, types: [String: TensorType],
        in graph: inout Graph
    ) throws(ONNXError) {
        self.types = types
        var added = scores
        if needs.contains(.hessian) { added = try Self.addReST(of: scores, &self.types, in: &graph) }
        for kind in GradientKind.all(needs, layers: layers.count) {
            kinds.append(kind)
            switch kind {
            case .layers:
                wishes.append(GradientWish(targets: layers.map(\.tensor), scores: scores))
            case .input:
                wishes.append(GradientWish(targets: [picture], scores: scores))
            case .guidedInput:
                wishes.append(GradientWish(targets: [picture], scores: scores, rectifier: .guided))
            case .biases:
                // What is added to the scores themselves has no place in the picture.
                biases = graph.biases(before: scores, types: types).filter { $0.tensor != scores }
                wishes.append(GradientWish(targets: [picture] + biases.map(\.tensor), scores: scores))
            case .hessian(let layer):
                wishes.append(GradientWish(targets: [layers[layer].tensor], scores: added, order: .second))
            }
        }
    }

    /// - Returns: the tensor of Shapley-CAM's score.
    private static func addReST(
        of scores: String, _ types: inout [String: TensorType], in graph: inout Graph
    ) throws(ONNXError) -> String {
        guard let type = types[scores] else { throw ONNXError(file: graph.file, problem: .shapeUnknown(scores)) }
        let added = try graph.addReST(of: scores, type: type)
        for tensor in added { types[tensor] = type }
        return added.last!
    }
}
