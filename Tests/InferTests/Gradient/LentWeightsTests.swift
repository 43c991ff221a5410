import Foundation
import ONNX
import TestSupport
import Testing

@testable import Engine
@testable import Infer

/// Weights that the engine reads where they lie, against the same weights as parts of the graph.
struct LentWeightsTests {
    private struct Found {
        let scores: [Float]
        let gradients: [Float]
        let lent: [String]
        let lentBackwards: [String]
        /// Lent inputs that the engine takes memory of its own for.
        let doubled: [String]
    }

    /// dy/dA of two dense layers behind the last map, both of the same picture.
    private func run(lentBytes: Int, precision: String = "f32") throws -> Found {
        let model = try Model(contentsOf: Fixtures.model("vgg"))
        let input = try PictureInput(of: model)
        let compiler = ModelCompiler(
            file: model.file, core: try .shared(),
            properties: ["INFERENCE_PRECISION_HINT": precision, "NUM_STREAMS": "1"], lentBytes: lentBytes)
        let scores = try model.graph.classScores().logits
        let types = try compiler.types(model, before: scores, input: input)
        let layer = try #require(model.graph.defaultLayer(before: scores, types: types))
        let wish = GradientWish(targets: [layer.tensor], scores: scores)
        let made = try DifferentiatedModel(model, [wish], types: types, input: input, compiler: compiler)
        let forward = try InferRequest(made.forward)
        let backward = try BackwardPass(made.backward[0], of: forward)
        let picture = try forward.inputTensor()
        for (index, _) in try picture.bytes().enumerated() { try picture.bytes()[index] = UInt8(index * 37 % 251) }
        try forward.start()
        try forward.wait()
        let output = try forward.outputTensor(scores)
        return Found(
            scores: Array(try output.floats()), gradients: Array(try backward.gradient(ofClass: 1)),
            lent: made.forward.lent.map(\.name), lentBackwards: made.backward[0].compiled.lent.map(\.name),
            doubled: try [made.forward, made.backward[0].compiled].flatMap { model in
                try model.lent.map(\.name).filter { try model.hasFixedInput($0) }
            })
    }

    @Test func lentWeightsGiveTheSameScoresAndGradients() throws {
        let (given, lent) = (try run(lentBytes: .max), try run(lentBytes: 0))
        #expect(given.lent.isEmpty && given.lentBackwards.isEmpty)
        #expect(lent.lent.contains("hidden_weight") && lent.lentBackwards == ["hidden_weight"])
        #expect(lent.doubled.isEmpty)
        #expect(zip(given.scores, lent.scores).allSatisfy { abs($0 - $1) <= 1e-6 * max(1, abs($0)) })
        #expect(given.gradients.contains { $0 != 0 })
        #expect(zip(given.gradients, lent.gradients).allSatisfy { abs($0 - $1) <= 1e-6 * max(1, abs($0)) })
    }

    @Test func whatIsRoundedIsNotLentToTheForwardPass() throws {
        let found = try run(lentBytes: 0, precision: "bf16")
        #expect(found.lent.isEmpty && found.lentBackwards == ["hidden_weight"])
    }

    @Test func onlyMatricesOfDenseLayersAreLent() throws {
        let graph = try Model(contentsOf: Fixtures.model("vgg")).graph
        let lent = graph.lentWeights(from: 0)
        #expect(lent.allSatisfy { $0.type.shape.count == 2 && $0.bytes.count == $0.type.count * 4 })
        #expect(Set(lent.map(\.name)).isSuperset(of: ["hidden_weight"]))
        #expect(graph.lentWeights(from: Graph.lentBytes).isEmpty)
        // Read by DequantizeLinear, by a convolution, or in 16 bits.
        for name in ["quantised", "fp16", "nin_conv_relu_gap_softmax"] {
            #expect(try Model(contentsOf: Fixtures.model(name)).graph.lentWeights(from: 0).isEmpty, "\(name)")
        }
    }
}
