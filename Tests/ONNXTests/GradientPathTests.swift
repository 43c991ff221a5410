import Foundation
import ONNX
import TestSupport
import Testing

/// Which part of a graph is differentiated, and what is said where that cannot be done.
struct GradientPathTests {
    private func path(
        _ target: String = "x", _ scores: String = "y", _ write: (inout GraphWriter) -> Void
    ) throws -> GradientPath {
        var graph = GraphWriter()
        graph.input("x", TensorType(shape: [2, 3]))
        write(&graph)
        graph.output("y")
        let bytes = try graph.serialized(operatorSet: 18, name: "test.onnx")
        return try GradientPath(try Model(bytes).graph, from: target, to: scores, alternatives: ["cam", "rise"])
    }

    private func problem(
        _ target: String = "x", _ scores: String = "y", _ write: (inout GraphWriter) -> Void
    ) -> ONNXError.Problem? {
        #expect(throws: ONNXError.self) { _ = try path(target, scores, write) }?.problem
    }

    @Test func onlyWhatLiesBetweenIsDifferentiated() throws {
        // An operator without a rule is in nobody's way beside the path.
        let path = try path("a", "c") { graph in
            graph.add("Wobble", ["x"], ["a"])
            graph.add("Relu", ["a"], ["b"])
            graph.add("Wobble", ["b"], ["beside"])
            graph.add("Exp", ["b"], ["c"])
            graph.add("Wobble", ["c"], ["y"])
        }
        #expect(path.inferred == ["a", "b", "c"])
    }

    @Test func theOrderIsTheDatasAndNotTheFiles() throws {
        let path = try path { graph in
            graph.add("Add", ["b", "a"], ["y"])
            graph.add("Exp", ["a"], ["b"])
            graph.add("Relu", ["x"], ["a"])
        }
        let gradient = try Gradient(
            along: path, types: Dictionary(uniqueKeysWithValues: path.inferred.map { ($0, TensorType(shape: [2, 3])) }))
        let backward = try Model(gradient.backward).graph
        #expect(backward.inputs.map(\.name).sorted() == ["a", "b", Gradient.seed])
        #expect(backward.outputs.map(\.name) == [Gradient.result(0)])
        #expect(gradient.forward.outputs.map(\.name).sorted() == ["a", "b", "x/copy", "y"])
        #expect(gradient.target.name == "x" && gradient.target.output == "x/copy")
    }

    @Test(arguments: ["Gemm", "MatMul"]) func theDenseLayerThatMakesTheScoresStaysOutside(op: String) throws {
        let path = try path { graph in
            graph.constant("weights", (1...12).map(Float.init), shape: [3, 4])
            graph.constant("bias", [1, 1, 1, 1] as [Float], shape: [4])
            graph.add("Flatten", ["features"], ["flat"])
            graph.add("Exp", ["x"], ["features"])
            if op == "Gemm" {
                graph.add("Gemm", ["flat", "weights", "bias"], ["y"], [.float("alpha", 2)])
            } else {
                graph.add("MatMul", ["flat", "weights"], ["product"])
                graph.add("Add", ["bias", "product"], ["y"])
            }
        }
        var types = Dictionary(uniqueKeysWithValues: path.inferred.map { ($0, TensorType(shape: [1, 3])) })
        for tensor in ["product", "y"] { types[tensor] = TensorType(shape: [1, 4]) }
        let gradient = try Gradient(along: path, types: types)
        let backward = try Model(gradient.backward).graph
        #expect(backward.inputs.first { $0.name == Gradient.seed }?.shape == [.size(1), .size(3)])
        #expect(!backward.nodes.contains { ["MatMul", "Gemm"].contains($0.op) })
        let layer = try #require(gradient.scoreLayer)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 3) { seed in
            layer.pullBack([0, 1, 0, -1], into: seed)
            // Columns 1 and 3 of the weights are 2 apart.
            #expect(seed.allSatisfy { $0 == (op == "Gemm" ? -4 : -2) })
        }
    }

    @Test func shapesAndComparisonsLetNoGradientThrough() throws {
        let path = try path { graph in
            graph.add("Shape", ["x"], ["shape"])
            graph.add("Wobble", ["shape"], ["wanted"])
            graph.add("Reshape", ["x", "wanted"], ["y"])
        }
        #expect(path.inferred == ["wanted", "x", "y"])
    }

    @Test func anOperatorWithoutARuleIsNamed() {
        let found = problem { graph in
            graph.add("Relu", ["x"], ["a"])
            graph.add("Wobble", ["a"], ["wobbled"])
            graph.add("Exp", ["wobbled"], ["y"])
        }
        #expect(found == .noGradientRule(op: "Wobble", node: "Wobble 'wobbled'", alternatives: ["cam", "rise"]))
        #expect(
            found.map { "\($0)" }
                == "there is no gradient for operator Wobble (Wobble 'wobbled'); name a layer behind it, or take a method "
                + "that needs no gradient: cam, rise")
    }

    @Test func weightsThatDependOnThePictureAreAnError() {
        let found = problem { graph in
            graph.add("Relu", ["x"], ["slope"])
            graph.add("PRelu", ["x", "slope"], ["y"])
        }
        #expect(
            found
                == .noGradient(
                    node: "PRelu 'y'", reason: "its input 'slope' depends on the picture",
                    alternatives: ["cam", "rise"]))
    }

    @Test func scoresMustDependOnTheTarget() {
        let found = problem("b") { graph in
            graph.add("Relu", ["x"], ["b"])
            graph.add("Exp", ["x"], ["y"])
        }
        #expect(found == .scoresDoNotDepend(layer: "b", scores: "y"))
        #expect(problem("y") { $0.add("Exp", ["x"], ["y"]) } == .scoresDoNotDepend(layer: "y", scores: "y"))
        #expect(problem("z") { $0.add("Exp", ["x"], ["y"]) } == .layerNotFound("z", similar: []))
    }

    @Test func aFormThatARuleDoesNotKnowIsAnError() throws {
        let path = try path { $0.add("Max", ["x", "x", "x"], ["y"]) }
        let types = ["x": TensorType(shape: [2, 3]), "y": TensorType(shape: [2, 3])]
        let error = #expect(throws: ONNXError.self) { try Gradient(along: path, types: types) }
        #expect(
            error?.problem
                == .noGradient(node: "Max 'y'", reason: "it has more than two inputs", alternatives: ["cam", "rise"]))
        let missing = #expect(throws: ONNXError.self) { try Gradient(along: path, types: [:]) }
        #expect(missing?.problem == .shapeUnknown("x"))
    }

    @Test func aMaxPoolGivesItsPositions() throws {
        let path = try path("x") { graph in
            graph.add("MaxPool", ["x"], ["y"], [.ints("kernel_shape", [2])])
        }
        let types = ["x": TensorType(shape: [1, 2, 4]), "y": TensorType(shape: [1, 2, 3])]
        let gradient = try Gradient(along: path, types: types)
        #expect(gradient.residuals.map(\.name) == ["y/indices"])
        #expect(gradient.residuals.first?.type == TensorType(shape: [1, 2, 3], elementType: .int64))
        #expect(gradient.forward.nodes[0].outputs == ["y", "y/indices"])
    }

    /// Neither the stack nor the time may grow out of hand.
    @Test(.timeLimit(.minutes(30))) func aLongPathIsWalkedOnce() throws {
        let path = try path("x", "t99999") { graph in
            graph.add("Identity", ["x"], ["t0"])
            for index in 1..<100_000 { graph.add("Identity", ["t\(index - 1)"], ["t\(index)"]) }
            graph.add("Identity", ["t99999"], ["y"])
        }
        #expect(path.inferred.count == 100_001)
    }
}

/// What is explained where nobody names a layer.
struct ClassScoresTests {
    @Test func activationsAndChangesOfFormAreLookedThrough() throws {
        let graph = try Model(contentsOf: Fixtures.model("nin_conv_relu_gap_softmax")).graph
        let (scores, head) = (try graph.classScores(), try graph.camHead())
        #expect(scores.output == head.output && scores.activation == head.activation)
        #expect(scores.logits == head.logits)
    }

    @Test func theLastFeatureMapIsTheOneBeforeThePooling() throws {
        var writer = GraphWriter()
        writer.input("x", TensorType(shape: [1, 3, 8, 8]))
        writer.add("Relu", ["x"], ["a"])
        writer.add("Exp", ["a"], ["b"])
        writer.add("MaxPool", ["b"], ["c"], [.ints("kernel_shape", [2, 2]), .ints("strides", [2, 2])])
        writer.add("GlobalAveragePool", ["c"], ["d"])
        writer.add("Flatten", ["d"], ["y"])
        writer.output("y")
        let graph = try Model(try writer.serialized(operatorSet: 18, name: "test.onnx")).graph
        #expect(graph.tensors(before: "y") == ["y", "d", "c", "b", "a"])
        var types = [
            "y": TensorType(shape: [1, 3]), "d": TensorType(shape: [1, 3, 1, 1]), "c": TensorType(shape: [1, 3, 4, 4]),
            "b": TensorType(shape: [1, 3, 8, 8]), "a": TensorType(shape: [1, 3, 8, 8]),
        ]
        #expect(graph.defaultLayer(before: "y", types: types)?.tensor == "b")
        types["c"] = nil
        types["b"] = TensorType(shape: [1, 192])
        #expect(graph.defaultLayer(before: "y", types: types)?.tensor == "a")
        types["a"] = nil
        #expect(graph.defaultLayer(before: "y", types: types)?.tensor == nil)
    }
}

struct TensorsBeforeScoresTests {
    @Test func outputsThatNobodyReadsAreLeftOut() throws {
        var writer = GraphWriter()
        writer.input("x", TensorType(shape: [1, 4]))
        writer.add("Dropout", ["x"], ["kept", "mask"])
        writer.add("Split", ["kept"], ["first", "second"], [.int("axis", 1)])
        writer.add("Relu", ["first"], ["y"])
        writer.output("y")
        let graph = try Model(try writer.serialized(operatorSet: 11, name: "test.onnx")).graph
        #expect(graph.tensors(before: "y") == ["y", "first", "second", "kept"])
    }
}
