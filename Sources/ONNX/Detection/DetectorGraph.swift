/// A detector's graph as decoders read it: cut before the operators that choose boxes, so that all candidates come out,
/// the choice is ours, and each class score stays at a fixed place.
package struct DetectorGraph: Sendable {
    /// Gives out `outputs` and nothing else.
    package let graph: Graph
    /// What a decoder reads: where the graph was cut, boxes and then class scores, else as the file has them.
    package let outputs: [String]
    package let choice: BoxChoice
}

/// What in a detector's graph chooses among its boxes.
package enum BoxChoice: Sendable, Equatable {
    /// Nothing: all candidates come out.
    case none
    /// TopK stood at the end (YOLOv10 and later: "end-to-end"); it was cut off. Boxes are `[1, N, 4]` as x1, y1, x2, y2 in
    /// pixels of the input, scores `[1, N, classes]`; no overlapping ones are left to suppress.
    case topK
    /// NonMaxSuppression stood at the end; it was cut off. Boxes are `[1, N, 4]` in this order, scores `[1, classes, N]`.
    case suppression(BoxOrder)
    /// It stays in the graph, and so no score has a fixed place, and boxes have no maps. `reason`: why it stays.
    case kept(reason: String)
}

/// What the four numbers of a box are.
package enum BoxOrder: Sendable, Equatable {
    case xyxy, yxyx
    /// Centre, width and height.
    case cxcywh
}

extension Graph {
    /// The graph of a detector, cut before TopK or NonMaxSuppression where these stand at its end.
    ///
    /// - Parameter producer: the program that wrote the file, as it names itself. NonMaxSuppression takes any two corners:
    ///   PyTorch's users give x first, where the operator's definition and TensorFlow have y first.
    package func detector(producer: String = "") throws(ONNXError) -> DetectorGraph {
        let names = outputs.map(\.name)
        let end = FinalChoice(self)
        switch end.found {
        case .nothing: return DetectorGraph(graph: self, outputs: names, choice: .none)
        case .kept(let reason): return DetectorGraph(graph: self, outputs: names, choice: .kept(reason: reason))
        case .topK(let boxes, let scores):
            return DetectorGraph(graph: try giving(only: [boxes, scores]), outputs: [boxes, scores], choice: .topK)
        case .suppression(let boxes, let scores, let isCentred):
            let corners: BoxOrder = producer.lowercased().contains("pytorch") ? .xyxy : .yxyx
            return DetectorGraph(
                graph: try giving(only: [boxes, scores]), outputs: [boxes, scores],
                choice: .suppression(isCentred ? .cxcywh : corners))
        }
    }

    /// What gives out some tensors and nothing else.
    private func giving(only tensors: [String]) throws(ONNXError) -> Graph {
        let kept = tensors.reduce(into: Set<Int>()) { $0.formUnion(reached(from: $1)) }
        return try Graph(cut(to: tensors, kept), operatorSets: operatorSets, file: file)
    }
}
