import Foundation
import ONNX
import Testing

/// Parts of graphs, written anew for a batch.
struct BatchedPartTests {
    private func part(
        _ types: [String: [Int]], inputs: [String] = ["x"], from target: String, to scores: String = "y",
        operatorSet: Int = 13, batch: Int = 3, elementType: ElementType = .float32,
        _ write: (inout GraphWriter) -> Void
    ) throws -> BatchedPart {
        var graph = GraphWriter()
        for input in inputs { graph.input(input, TensorType(shape: types[input]!, elementType: elementType)) }
        write(&graph)
        graph.output(scores)
        let bytes = try graph.serialized(operatorSet: operatorSet, name: "test")
        let model = try Model(bytes, file: "test", folder: FileManager.default.temporaryDirectory)
        return try BatchedPart(
            model.graph, from: target, to: scores, batch: batch,
            types: types.mapValues { TensorType(shape: $0, elementType: elementType) })
    }

    /// The shapes that the part's Reshape nodes have as constants, in their order.
    private func shapes(_ part: BatchedPart) -> [[Int]?] {
        part.graph.nodes.filter { $0.op == "Reshape" }.map { part.graph.initialiser($0.inputs[1])?.integers() }
    }

    @Test func theBatchIsWrittenIntoFixedShapes() throws {
        let part = try part(
            ["x": [1, 3, 4, 4], "a": [1, 2, 4, 4], "flat": [1, 32], "y": [1, 5]], from: "a"
        ) { graph in
            graph.constant("shape", [1, 32], shape: [2])
            graph.add("Exotic", ["x"], ["a"])
            graph.add("Reshape", ["a", "shape"], ["flat"])
            graph.add("Other", ["flat"], ["y"])
        }
        #expect(part.graph.nodes.map(\.op) == ["Reshape", "Other"])
        #expect(shapes(part) == [[3, 32]])
        #expect(part.input.name == "a" && part.input.shape == [3, 2, 4, 4] && part.sides.isEmpty)
        #expect(part.graph.inputs.map(\.name) == ["a"] && part.graph.outputs.map(\.name) == ["y"])
    }

    @Test func theBatchIsFollowedThroughAttentionHeads() throws {
        // Tokens first: [6, 1, 8] -> [6, 2 heads, 4] -> [2, 6, 4], and back.
        let part = try part(
            [
                "a": [1, 6, 8], "t": [6, 1, 8], "h": [6, 2, 4], "q": [2, 6, 4], "u": [6, 2, 4], "v": [6, 1, 8],
                "y": [1, 8],
            ],
            inputs: ["a"], from: "a"
        ) { graph in
            graph.constant("s1", [6, 2, 4], shape: [3])
            graph.constant("s2", [6, 1, 8], shape: [3])
            graph.add("Transpose", ["a"], ["t"], [.ints("perm", [1, 0, 2])])
            graph.add("Reshape", ["t", "s1"], ["h"])
            graph.add("Transpose", ["h"], ["q"], [.ints("perm", [1, 0, 2])])
            graph.add("Transpose", ["q"], ["u"], [.ints("perm", [1, 0, 2])])
            graph.add("Reshape", ["u", "s2"], ["v"])
            graph.add("ReduceMean", ["v"], ["y"], [.ints("axes", [0]), .int("keepdims", 0)])
        }
        #expect(shapes(part) == [[6, 6, 4], [6, 3, 8]])
    }

    @Test func shapesThatAreComputedAreLeftOut() throws {
        let part = try part(
            ["x": [1, 3, 4, 4], "a": [1, 2, 4, 4], "size": [4], "first": [1], "shape": [2], "y": [1, 32]], from: "a"
        ) { graph in
            graph.constant("zero", [0], shape: [1])
            graph.constant("rest", [-1], shape: [1])
            graph.add("Exotic", ["x"], ["a"])
            graph.add("Shape", ["x"], ["size"])
            graph.add("Gather", ["size", "zero"], ["first"])
            graph.add("Concat", ["first", "rest"], ["shape"], [.int("axis", 0)])
            graph.add("Reshape", ["a", "shape"], ["y"])
        }
        #expect(part.graph.nodes.map(\.op) == ["Reshape"] && shapes(part) == [[3, 32]])
        #expect(part.sides.isEmpty)
    }

    @Test func aClassTokenIsRepeatedForEachPicture() throws {
        let part = try part(
            ["a": [1, 4, 8], "token": [1, 1, 8], "y": [1, 5, 8]], inputs: ["a"], from: "a"
        ) { graph in
            graph.constant("token", [Float](repeating: 1, count: 8), shape: [1, 1, 8])
            graph.add("Concat", ["token", "a"], ["y"], [.int("axis", 1)])
        }
        let nodes = part.graph.nodes
        #expect(nodes.map(\.op) == ["Concat", "Concat"])
        #expect(nodes[0].inputs == ["token", "token", "token"] && nodes[0].int("axis") == 0)
        #expect(nodes[1].inputs == [nodes[0].outputs[0], "a"])
    }

    @Test func whatDoesNotDependOnTheTargetComesInFromTheSide() throws {
        let part = try part(
            ["x": [1, 3], "a": [1, 3], "skip": [1, 3], "w": [1, 3], "y": [1, 3]], from: "a"
        ) { graph in
            graph.constant("c", [1, 2, 3], shape: [1, 3])
            graph.add("Neg", ["c"], ["w"])
            graph.add("Abs", ["x"], ["skip"])
            graph.add("Exp", ["skip"], ["a"])
            graph.add("Mul", ["a", "w"], ["scaled"])
            graph.add("Add", ["scaled", "skip"], ["y"])
        }
        #expect(part.sides == ["skip"])
        #expect(part.graph.nodes.map(\.op) == ["Neg", "Mul", "Add"])
        #expect(part.graph.info(of: "skip")?.shape == [.size(1), .size(3)])
    }

    @Test func sixteenBitsAreConvertedAtTheBorders() throws {
        let part = try part(
            ["x": [1, 3], "a": [1, 3], "skip": [1, 3], "y": [1, 3]], from: "a", elementType: .float16
        ) { graph in
            graph.add("Abs", ["x"], ["skip"])
            graph.add("Exp", ["skip"], ["a"])
            graph.add("Add", ["a", "skip"], ["y"])
        }
        #expect(part.graph.inputs.allSatisfy { $0.elementType == .float32 })
        #expect(part.graph.nodes.map(\.op).sorted() == ["Add", "Cast", "Cast", "Cast"])
        #expect(part.graph.producer(of: part.scores)?.int("to") == ElementType.float32.rawValue)
    }

    @Test func aMaskComesBeforeTheWholeGraph() throws {
        var graph = GraphWriter()
        graph.input("x", TensorType(shape: [1, 6, 4, 3]))
        graph.add("Exotic", ["x"], ["y"])
        graph.output("y")
        let bytes = try graph.serialized(operatorSet: 13, name: "test")
        let model = try Model(bytes, file: "test", folder: FileManager.default.temporaryDirectory)
        let part = try BatchedPart(
            model.graph, masking: "x", copy: "x/copy", isChannelsFirst: false, to: "y", batch: 2,
            types: ["x": TensorType(shape: [1, 6, 4, 3]), "y": TensorType(shape: [1, 5])])
        #expect(part.input.shape == [2, 6, 4, 1] && part.sides == ["x/copy"])
        #expect(part.graph.nodes.map(\.op) == ["Mul", "Cast", "Exotic"])
        #expect(Set(part.graph.inputs.map(\.name)) == ["x/copy", part.input.name])
        let whole = try model.graph.giving(["y"], copy: ("x", "x/copy"))
        #expect(whole.outputs.map(\.name) == ["y", "x/copy"] && whole.producer(of: "x/copy")?.op == "Cast")
    }

    @Test func scoresThatDoNotDependOnTheTargetAndOldFilesAreRefused() throws {
        #expect(throws: ONNXError(file: "test", problem: .scoresDoNotDepend(layer: "b", scores: "y"))) {
            try part(["x": [1, 3], "b": [1, 3], "y": [1, 3]], from: "b") { graph in
                graph.add("Abs", ["x"], ["y"])
                graph.add("Neg", ["x"], ["b"])
            }
        }
        #expect(throws: ONNXError(file: "test", problem: .operatorSetTooOld(6, needed: 7))) {
            try part(["x": [1, 3], "y": [1, 3]], from: "x", operatorSet: 6) { graph in
                graph.add("Abs", ["x"], ["y"])
            }
        }
    }
}
