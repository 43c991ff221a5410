import Foundation

/// Choosing the tensor that is mapped.
extension Graph {
    /// The tensors that can be mapped, in the data's order.
    ///
    /// Listed are those that people look at (`Landmarks`) and on whose places the scores depend: behind the last attention
    /// of a head that reads the class token, patches have no gradient.
    ///
    /// - Parameters:
    ///   - types: of the tensors before the scores, as the engine infers them.
    package func layers(before scores: String, types: [String: TensorType]) -> [Layer] {
        found(before: scores, types: types).layers
    }

    private func found(before scores: String, types: [String: TensorType]) -> (layers: [Layer], reach: TokenReach) {
        let types = types.filter { $0.value.isManageable }
        let tracking = AxisTracking(self, before: scores, types: types)
        let reach = TokenReach(self, before: scores, tracking: tracking, types: types)
        func layer(_ tensor: String, _ node: Node, isListed: Bool) -> Layer? {
            guard let type = types[tensor], type.elementType.isFloat, let axes = tracking.axes[tensor] else {
                return nil
            }
            return Layer(tensor: tensor, op: node.op, shape: type.shape, axes: axes, isListed: isListed)
        }
        let landmarks = Landmarks(graph: self) { tensor in
            producer(of: tensor).flatMap { layer(tensor, $0, isListed: false) } != nil
        }
        let layers = tracking.nodes.flatMap { node in
            node.outputs.compactMap { tensor in
                layer(
                    tensor, node,
                    isListed: landmarks.contains(tensor, of: node) && reach.includesPlaces(of: tensor))
            }
        }
        return (layers, reach)
    }

    /// What is mapped unless a layer is named: the last tensor with spatial extent before the scores.
    ///
    /// Of a map and the map that is pooled from it, the larger one, which shows more. Where the head reads the class
    /// token alone, the patches' tokens behind the last attention have no gradient; then it is the last listed tensor
    /// before that, which is the block's first normalisation.
    package func defaultLayer(before scores: String, types: [String: TensorType]) -> Layer? {
        let (all, reach) = found(before: scores, types: types)
        guard let last = all.last else { return nil }
        guard reach.includesPlaces(of: last.tensor) else {
            return all.last(where: \.isListed) ?? all.last { reach.includesPlaces(of: $0.tensor) } ?? last
        }
        let byName = Dictionary(all.map { ($0.tensor, $0) }, uniquingKeysWith: { $1 })
        var layer = last
        while let node = producer(of: layer.tensor), passedOn.contains(node.op),
            let before = node.input(0).flatMap({ byName[$0] })
        { layer = before }
        return layer
    }

    /// The layer that a user means.
    ///
    /// - Parameters:
    ///   - wanted: a tensor's name or a unique node's; -1 for the last listed layer, -2 for the one before it, and so on;
    ///     a module's name, such as "layer4", which means its last listed layer (else its last one); or a unique part of the
    ///     name of a listed layer (else of any).
    ///   - layers: all of them, in the data's order.
    /// - Throws: `.layerNotFound`, `.layerIsNoMap`, `.ambiguousLayer`, `.noSuchLayerIndex`.
    package func layer(_ wanted: String, among layers: [Layer]) throws(ONNXError) -> Layer {
        if hasTensor(wanted) || nodes.filter({ $0.name == wanted }).count == 1, !wanted.isEmpty {
            let tensor = try tensor(named: wanted)
            if let layer = layers.first(where: { $0.tensor == tensor }) { return layer }
            throw ONNXError(file: file, problem: .layerIsNoMap(wanted))
        }
        let listed = layers.filter(\.isListed)
        if let index = Int(wanted), index < 0 {
            guard index >= -listed.count else {
                throw ONNXError(file: file, problem: .noSuchLayerIndex(index, count: listed.count))
            }
            return listed[listed.count + index]
        }
        let module = ModulePath(wanted)
        if let last = module.last(of: listed) ?? module.last(of: layers) { return last }
        let isMeant = { (layer: Layer) in
            !wanted.isEmpty && layer.tensor.range(of: wanted, options: .caseInsensitive) != nil
        }
        let found = listed.filter(isMeant)
        let matches = found.isEmpty ? layers.filter(isMeant) : found
        switch matches.count {
        case 1: return matches[0]
        case 0:
            let last = listed.suffix(5).reversed().map(\.tensor)
            throw ONNXError(file: file, problem: .noSuchLayer(wanted, last: last))
        default: throw ONNXError(file: file, problem: .ambiguousLayer(wanted, matches: matches.map(\.inWords)))
        }
    }
}

/// Operators behind which a map is the same one, or smaller.
private let passedOn: Set<String> = [
    "MaxPool", "AveragePool", "Identity", "Dropout", "Cast", "Transpose", "Reshape", "Flatten", "Squeeze", "Unsqueeze",
    "Slice",
]
