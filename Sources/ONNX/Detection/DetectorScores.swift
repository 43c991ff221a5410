/// Where a detector's class scores are computed, and which feature maps they depend on: what the gradients of boxes begin
/// and end at.
package struct DetectorScores: Sendable {
    /// Where gradients begin: one for each of the head's scales.
    package let sources: [ScoreSource]
    /// The maps of features that the head reads, the finest first: for each scale the last one on which its boxes and its
    /// class scores depend alike.
    package let levels: [Layer]
    private let scores: String
    private let trace: ScoreTrace

    /// - Parameters:
    ///   - scores: the tensor in which decoders find the class scores, such as `[1, N, 5 + classes]`, `[1, 4 + classes, N]`
    ///     or `[1, N, classes]`; the longer axis counts candidates.
    ///   - types: of the tensors before the scores, as the engine infers them.
    /// - Throws: `.scoresNotTraced`, `.noLevels`.
    package init(_ detector: DetectorGraph, scores: String, types: [String: TensorType]) throws(ONNXError) {
        let graph = detector.graph
        func fail(_ problem: ONNXError.Problem) -> ONNXError { ONNXError(file: graph.file, problem: problem) }
        guard let type = types[scores], type.isManageable, let rows = CandidateRows(type.shape) else {
            throw fail(.scoresNotTraced(scores))
        }
        trace = ScoreTrace(graph: graph, types: types)
        self.scores = scores
        var (logits, boxes): ([String], [String]) = ([], detector.outputs.filter { $0 != scores })
        for row in 0..<rows.count {
            for (element, isClass) in [(rows.last(row), true), (rows.first(row), false)] {
                let origin = trace.origin(of: .init(tensor: scores, element: element)).tensor
                if isClass, !logits.contains(origin) { logits.append(origin) }
                if !isClass, !boxes.contains(origin) { boxes.append(origin) }
            }
        }
        guard !logits.contains(scores), logits.allSatisfy({ graph.producer(of: $0) != nil }) else {
            throw fail(.scoresNotTraced(scores))
        }
        let search = LevelSearch(graph, logits: logits, boxes: boxes, before: scores, types: types)
        let levels = search.levels
        guard !levels.isEmpty else { throw fail(.noLevels(scores)) }
        self.levels = levels
        sources = logits.map { logits in ScoreSource(logits, graph, types, levels: levels, reach: search.reach(logits))
        }
    }

    /// Where the gradient of a class score begins.
    ///
    /// - Parameter element: of the scores, row-major.
    /// - Returns: nil: the element is no class score.
    package func origin(of element: Int) -> (source: Int, element: Int)? {
        let place = trace.origin(of: .init(tensor: scores, element: element))
        return sources.firstIndex { $0.logits == place.tensor }.map { ($0, place.element) }
    }
}

/// How a tensor of scores counts candidates: all but one of its axes longer than 1 are two.
private struct CandidateRows {
    let count: Int
    private let width: Int
    private let isRow: Bool

    init?(_ shape: [Int]) {
        var sizes = shape
        while sizes.count > 2, sizes.first == 1 { sizes.removeFirst() }
        guard sizes.count == 2, sizes.allSatisfy({ $0 > 0 }) else { return nil }
        isRow = sizes[0] >= sizes[1]
        (count, width) = isRow ? (sizes[0], sizes[1]) : (sizes[1], sizes[0])
    }

    /// A candidate's last number is a class in all layouts.
    func last(_ row: Int) -> Int { isRow ? row * width + width - 1 : (width - 1) * count + row }

    /// Its first one belongs to the box, where scores and boxes are one tensor.
    func first(_ row: Int) -> Int { isRow ? row * width : row }
}
