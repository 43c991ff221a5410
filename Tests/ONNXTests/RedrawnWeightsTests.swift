import Foundation
import TestSupport
import Testing

@testable import ONNX

/// Weights in other places: which they are, and that nothing else changes.
struct RedrawnWeightsTests {
    /// Of each constant another one.
    private struct Counting: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 11
        }
    }

    private func redrawn(_ graph: Graph, _ layers: [WeightedLayer], seed: UInt64 = 1) throws -> Graph {
        try graph.redrawing(layers) { Counting(state: seed &+ UInt64($0.utf8.count)) }
    }

    private func layers(_ graph: Graph) throws -> [WeightedLayer] {
        graph.weightedLayers(before: try graph.classScores().logits)
    }

    private func values(_ graph: Graph, _ layer: WeightedLayer) -> [[Float]] {
        layer.tensors.map { graph.constant($0)?.values ?? [] }
    }

    private static let models = [
        "gap_gemm", "fp16", "nhwc_reducemean", "quantised", "constants", "reducemean13_matmul_add", "external",
    ]

    @Test(arguments: models) func eachLayerKeepsItsWeightsInOtherPlaces(name: String) throws {
        let graph = try Model(contentsOf: Fixtures.model(name)).graph
        let layers = try layers(graph)
        #expect(layers.count >= 2)
        for layer in layers {
            let changed = try redrawn(graph, [layer])
            #expect(changed.nodes.map(\.op) == graph.nodes.map(\.op))
            for other in layers {
                let (before, after) = (values(graph, other), values(changed, other))
                #expect(before.map { $0.sorted() } == after.map { $0.sorted() })
                #expect((before != after) == (other == layer), "\(layer.label), \(other.label)")
            }
        }
    }

    @Test func theSameSeedGivesTheSameWeights() throws {
        let graph = try Model(contentsOf: Fixtures.model("vgg")).graph
        let layers = try layers(graph)
        let one = values(try redrawn(graph, layers), layers[0])
        #expect(values(try redrawn(graph, layers), layers[0]) == one)
        // Whatever else is drawn.
        #expect(values(try redrawn(graph, [layers[0]]), layers[0]) == one)
        #expect(values(try redrawn(graph, layers, seed: 2), layers[0]) != one)
    }

    @Test func weightsThatTwoLayersShareBelongToTheFirst() throws {
        var writer = GraphWriter()
        writer.input("x", TensorType(shape: [1, 4]))
        writer.constant("w", (0..<16).map { Float($0) }, shape: [4, 4])
        writer.constant("once", (0..<16).map { Float($0) }, shape: [4, 4])
        writer.constant("scale", [2] as [Float], shape: [1])
        writer.add("MatMul", ["x", "w"], ["a"])
        writer.add("Transpose", ["w"], ["turned"], [.ints("perm", [1, 0])])
        writer.add("MatMul", ["a", "turned"], ["b"])
        writer.add("MatMul", ["b", "once"], ["c"])
        // Neither weights nor of two axes.
        writer.add("Mul", ["c", "scale"], ["scores"])
        writer.output("scores")
        let bytes = try writer.serialized(operatorSet: 13, name: "shared")
        let model = try Model(Data(bytes), file: "shared.onnx", folder: URL(filePath: "/"))
        let layers = model.graph.weightedLayers(before: "scores")
        #expect(layers.map(\.tensors) == [["w"], ["once"]])
    }

    @Test func twoFactorsThatBothDependOnThePictureAreNoWeights() throws {
        let graph = try Model(contentsOf: Fixtures.layers("vit")).graph
        let layers = try layers(graph)
        #expect(!layers.isEmpty)
        let products = graph.nodes.count { $0.op == "MatMul" || $0.op == "Gemm" || $0.op == "Conv" }
        // Queries times keys, and shares times values.
        #expect(layers.count < products)
    }
}
