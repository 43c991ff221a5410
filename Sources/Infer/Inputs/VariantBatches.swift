import Engine
import ONNX
import Pipeline

/// Scores many variants of a classifier's input: the whole classifier in batches, several of them at once, on all cores.
final class VariantBatches {
    private let runner: BatchRunner
    private let monitor: PassMonitor
    private let input: ModelInput
    private let isSigmoid: Bool

    /// - Parameters:
    ///   - classifier: of the same model, which says how it is computed.
    ///   - monitor: is told of the passes, and stops them.
    init(
        _ read: ReadModel, _ classifier: CompiledClassifier, _ config: InferConfig, _ monitor: PassMonitor,
        shared: SharedModels?
    ) throws(InferError) {
        (self.monitor, input) = (monitor, classifier.input)
        isSigmoid = classifier.scores.activation == .sigmoid
        let picture = input.pictureInput
        var compiler = try ModelCompiler(for: config, model: classifier.path, shared?.graphs(of: read))
        var model = read.files.model
        try TypedGraph.unfuse(&model, input: picture, compiler: compiler)
        do throws(ONNXError) { try model.graph.dequantiseWeights() } catch { throw .model(error) }
        var options = classifier.speed.options
        options.hint = .throughput
        compiler = compiler.with(options, isKept: config.keepsCompiled)
        let typed = try TypedGraph(model, input: picture, compiler: compiler)
        let (graph, name) = (model.graph, classifier.imageInput.name)
        let source = PartSource(
            model: model, classes: classifier.classes, compiler: compiler, batchCompiler: compiler)
        runner = try BatchRunner(
            try source.part(ProbedParts.picturesInBatch, isExact: false) { batch throws(ONNXError) in
                try BatchedPart(graph, from: name, to: typed.scores.logits, batch: batch, types: typed.types)
            })
    }

    /// Variants that go through the classifier together.
    var batch: Int { runner.batch }

    /// The score of a class and its probability in each variant.
    ///
    /// - Parameter fill: writes one, Float `[channels, height, width]`, mean and scale applied.
    func probabilities(
        _ count: Int, classID: Int, fill: (_ variant: Int, UnsafeMutableBufferPointer<Float>) -> Void
    ) throws(InferError) -> [Double] {
        let target = ExplanationTarget.score(classID)
        var scores = ProbeScores([target], variants: count)
        try runner.run(count, monitor, for: "variants") { variant, memory in
            guard !input.isChannelsFirst else { return fill(variant, memory) }
            withUnsafeTemporaryAllocation(of: Float.self, capacity: memory.count) { planes in
                fill(variant, planes)
                let area = input.height * input.width
                for index in memory.indices {
                    memory[index] = planes[index % input.channels * area + index / input.channels]
                }
            }
        } take: {
            scores.append($1)
        }
        return scores.probabilities(of: target, isSigmoid: isSigmoid).map(Double.init)
    }
}
