/// Finds the maps of features that a detector's head reads.
///
/// For each scale it is the last map on which both boxes and class scores depend, with weights still to come. Where only
/// convolutions of single places lie between that and a map that other scales read, too (YOLOX's stems), it is the latter:
/// through it a coarse box's gradient reaches the finer maps, which know better where things are. Where the head attends
/// to tokens (DETR), it is the map before all attention.
struct LevelSearch {
    /// The finest first.
    private(set) var levels: [Layer] = []
    private let graph: Graph
    private let reaches: [String: Set<String>]
    private let layers: [Layer]

    /// - Parameters:
    ///   - logits: tensors of class scores.
    ///   - boxes: tensors that boxes come of.
    init(_ graph: Graph, logits: [String], boxes: [String], before scores: String, types: [String: TensorType]) {
        self.graph = graph
        layers = graph.layers(before: scores, types: types)
        reaches = Dictionary(uniqueKeysWithValues: logits.map { ($0, Self.weighted(graph, before: $0)) })
        let boxed = Self.boxed(graph, boxes, logits: Set(logits), layers)
        for tensor in logits {
            let others = logits.filter { $0 != tensor }.map { reaches[$0]! }
            let isMap = types[tensor]?.shape.count == 4
            guard let level = level(reaches[tensor]!.intersection(boxed), others, isMap: isMap) else { continue }
            if !levels.contains(level) { levels.append(level) }
        }
        levels.sort { $0.area > $1.area }
    }

    /// Tensors that a score depends on by way of weights.
    func reach(_ logits: String) -> Set<String> { reaches[logits]! }

    private func level(_ shared: Set<String>, _ others: [Set<String>], isMap: Bool) -> Layer? {
        let candidates = layers.filter { shared.contains($0.tensor) }
        guard let last = candidates.last else { return nil }
        if !isMap, graph.dependsOnAttention(last.tensor) || graph.dependsOnAttention(shared) {
            let unattended = candidates.filter { !graph.dependsOnAttention($0.tensor) }
            return unattended.last { $0.shape.count == 4 } ?? unattended.last ?? last
        }
        var level = last
        while true {
            if others.contains(where: { $0.contains(level.tensor) }) { return level }
            guard let input = pointwiseInput(level.tensor), let before = candidates.first(where: { $0.tensor == input })
            else { return last }
            level = before
        }
    }

    /// Tensors that boxes depend on. Where boxes and classes went through one tensor in between, and came apart again, the
    /// way back must not take the classes' turn; where they come of the same convolution (YOLOv5), there is no other.
    private static func boxed(
        _ graph: Graph, _ boxes: [String], logits: Set<String>, _ layers: [Layer]
    ) -> Set<String> {
        let apart = boxes.reduce(into: Set<String>()) { $0.formUnion(graph.tensors(reaching: $1, butNot: logits)) }
        if layers.contains(where: { apart.contains($0.tensor) }) { return apart }
        return boxes.reduce(into: []) { $0.formUnion(graph.tensors(reaching: $1)) }
    }

    /// What a tensor is made of, place by place.
    private func pointwiseInput(_ tensor: String) -> String? {
        guard let node = graph.producer(of: tensor) else { return nil }
        let variable = node.inputs.filter { !$0.isEmpty && !graph.isFixed($0) }
        if variable.count == 1 {
            switch node.op {
            case "Conv":
                let kernel = node.input(1).flatMap { graph.initialiser($0)?.shape } ?? []
                return node.isPointwise && kernel.dropFirst(2).allSatisfy { $0 == 1 } ? variable[0] : nil
            case "BatchNormalization", "Relu", "LeakyRelu", "HardSwish", "Mish", "Clip", "Swish", "Add", "Mul",
                "Identity":
                return variable[0]
            default: return nil
            }
        }
        // x · sigmoid(x)
        guard node.op == "Mul", variable.count == 2 else { return nil }
        return variable.first { whole in
            variable.contains { gate in
                guard let maker = graph.producer(of: gate), gate != whole else { return false }
                return ["Sigmoid", "HardSigmoid"].contains(maker.op) && maker.input(0) == whole
            }
        }
    }

    private static func weighted(_ graph: Graph, before logits: String) -> Set<String> {
        var found: Set<String> = []
        var (waiting, seen): ([String], Set<String>) = ([logits], [])
        while let tensor = waiting.popLast() {
            guard seen.insert(tensor).inserted, let node = graph.producer(of: tensor) else { continue }
            if ["Conv", "ConvTranspose", "MatMul", "Gemm", "Einsum"].contains(node.op) {
                for input in node.inputs { found.formUnion(graph.tensors(reaching: input)) }
            } else {
                waiting += node.inputs
            }
        }
        return found
    }
}

extension Graph {
    /// Tensors that one depends on, itself included.
    ///
    /// - Parameter excluded: tensors that are not passed.
    fileprivate func tensors(reaching tensor: String, butNot excluded: Set<String> = []) -> Set<String> {
        var found: Set<String> = []
        var waiting = [tensor]
        while let tensor = waiting.popLast() {
            guard !tensor.isEmpty, !excluded.contains(tensor), found.insert(tensor).inserted else { continue }
            waiting += producer(of: tensor)?.inputs ?? []
        }
        return found
    }

    fileprivate func dependsOnAttention(_ tensor: String) -> Bool {
        reached(from: tensor).contains { nodes[$0].op == "Softmax" }
    }

    fileprivate func dependsOnAttention(_ tensors: Set<String>) -> Bool {
        tensors.contains { producer(of: $0)?.op == "Softmax" }
    }
}
