import Foundation
import Testing

@testable import ONNX

/// Backward graphs that take any number of seeds.
struct BatchedGradientTests {
    private func gradient(
        _ types: [String: [Int]], from target: String = "a", _ write: (inout GraphWriter) -> Void
    ) throws -> Gradient {
        var graph = GraphWriter()
        graph.input("x", TensorType(shape: types["x"]!))
        write(&graph)
        graph.output("y")
        let bytes = try graph.serialized(operatorSet: 13, name: "test")
        let model = try Model(bytes, file: "test", folder: FileManager.default.temporaryDirectory)
        let path = try GradientPath(model.graph, from: target, to: "y")
        return try Gradient(along: path, types: types.mapValues { TensorType(shape: $0) }, isBatched: true)
    }

    private func backward(_ gradient: Gradient) throws -> Graph {
        try Model(gradient.backward, file: "test", folder: FileManager.default.temporaryDirectory).graph
    }

    @Test func seedsAndResultsAreOpenAndResidualsAreNot() throws {
        let gradient = try gradient(["x": [1, 3, 4, 4], "a": [1, 3, 4, 4], "b": [1, 3, 4, 4], "y": [1, 48]]) { graph in
            graph.constant("shape", [1, 48], shape: [2])
            graph.add("Exp", ["x"], ["a"])
            graph.add("Tanh", ["a"], ["b"])
            graph.add("Reshape", ["b", "shape"], ["y"])
        }
        #expect(gradient.singleReason == nil && gradient.residuals.map(\.name) == ["b"])
        let graph = try backward(gradient)
        let shapes = Dictionary(uniqueKeysWithValues: (graph.inputs + graph.outputs).map { ($0.name, $0.shape ?? []) })
        #expect(shapes[Gradient.seed]?.map(\.size) == [nil, 48])
        #expect(shapes["b"]?.map(\.size) == [1, 3, 4, 4])
        #expect(shapes[Gradient.result(0)]?.map(\.size) == [nil, 3, 4, 4])
        let reshape = try #require(graph.nodes.first { $0.op == "Reshape" })
        #expect(graph.integers(reshape.inputs[1]) == [-1, 3, 4, 4])
    }

    /// It is computed again from what x · σ(x) reads as well.
    @Test func aGateIsNoResidual() throws {
        let gradient = try gradient(["x": [1, 4], "a": [1, 4], "b": [1, 4], "y": [1, 4]]) { graph in
            graph.add("Exp", ["x"], ["a"])
            graph.add("Sigmoid", ["a"], ["b"])
            graph.add("Mul", ["a", "b"], ["y"])
        }
        #expect(gradient.residuals.map(\.name) == ["a"])
    }

    /// Positions of maxima are counted over the whole tensor, which all seeds share.
    @Test func whatMixesSeedsUpTakesOneAtATime() throws {
        let gradient = try gradient(["x": [1, 3, 4, 4], "a": [1, 3, 4, 4], "y": [1, 3, 2, 2]]) { graph in
            graph.add("Exp", ["x"], ["a"])
            graph.add("MaxPool", ["a"], ["y"], [.ints("kernel_shape", [2, 2]), .ints("strides", [2, 2])])
        }
        #expect(try #require(gradient.singleReason).contains("ScatterElements"))
        let seed = try #require(try backward(gradient).inputs.first { $0.name == Gradient.seed })
        #expect(seed.shape?.map(\.size) == [1, 3, 2, 2])
    }
}
