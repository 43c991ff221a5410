import ONNX

/// Which graphs the maps of boxes take: the forward graph with what it must give out, and a backward graph for each of the
/// head's scales. So a box pays for its own scale only, and many of one scale are one pass.
struct BoxMapPlan {
    let scores: DetectorScores
    /// With levels and residuals among its outputs.
    let forward: Graph
    /// Of each source of scores; nil: no level lies before the seed's own.
    let gradients: [Gradient?]
    /// For the log.
    let notes: [String]

    init(_ read: ReadDetector, scores name: String, method: any EvidenceMethod.Type) throws(ONNXError) {
        let found = try DetectorScores(read.detector, scores: name, types: read.types)
        var graph = read.model.graph
        for level in found.levels { try graph.addOutput(level.tensor) }
        var gradients: [Gradient?] = []
        for source in found.sources {
            let targets = source.differentiated.map { found.levels[$0].tensor }
            guard method.needs.contains(.gradients), !targets.isEmpty else {
                gradients.append(nil)
                continue
            }
            let path = try GradientPath(
                graph, from: targets, to: source.seeded, alternatives: GradientPlan.alternatives)
            let gradient = try Gradient(along: path, types: read.types, isBatched: true)
            graph = gradient.forward
            gradients.append(gradient)
        }
        scores = found
        forward = graph
        self.gradients = gradients
        let levels = found.levels.map { "\($0.width)x\($0.height) of \($0.tensor)" }
        let single = Set(gradients.compactMap { $0?.singleReason }).sorted()
        notes =
            ["method: \(method.title), map of a box \(levels.joined(separator: ", "))"]
            + single.map { "boxes are mapped one by one: \($0)" }
    }
}
