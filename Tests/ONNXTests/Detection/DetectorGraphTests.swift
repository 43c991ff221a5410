import Foundation
import TestSupport
import Testing

@testable import ONNX

/// Where detectors' graphs are cut, and where their class scores come from.
struct DetectorGraphTests {
    private func fixture(_ name: String) throws -> Model {
        try Model(contentsOf: checkout.appending(path: "Tests/Fixtures/detectors/\(name).onnx").path)
    }

    private func graph(
        inputs: [String: [Int]] = ["x": [1, 8, 4]], outputs: [String] = ["y"], _ write: (inout GraphWriter) -> Void
    ) throws -> Graph {
        var graph = GraphWriter()
        for (name, shape) in inputs.sorted(by: { $0.key < $1.key }) { graph.input(name, TensorType(shape: shape)) }
        write(&graph)
        for output in outputs { graph.output(output) }
        let bytes = try graph.serialized(operatorSet: 13, name: "test")
        return try Model(bytes, file: "test", folder: FileManager.default.temporaryDirectory).graph
    }

    @Test(arguments: ["yolox", "yolov5", "yolov8"]) func allCandidatesComeOutAsTheyAre(name: String) throws {
        let model = try fixture(name)
        let detector = try model.graph.detector(producer: model.producer)
        #expect(detector.choice == .none && detector.outputs == model.graph.outputs.map(\.name))
        #expect(detector.graph.nodes.count == model.graph.nodes.count)
    }

    @Test func anEndToEndGraphIsCutBeforeItsFirstTopK() throws {
        let model = try fixture("end_to_end")
        #expect(model.graph.nodes.count { $0.op == "TopK" } == 2)
        let detector = try model.graph.detector()
        #expect(detector.choice == .topK)
        #expect(detector.outputs == detector.graph.outputs.map(\.name) && detector.outputs.count == 2)
        #expect(!detector.graph.nodes.contains { ["TopK", "GatherElements", "ReduceMax"].contains($0.op) })
        let makers = detector.outputs.compactMap { detector.graph.producer(of: $0) }
        // Boxes and scores are the two parts of one tensor, in this order.
        #expect(makers.map(\.op) == ["Split", "Split"] && makers[0].outputs == detector.outputs)
    }

    @Test func nonMaxSuppressionIsCutOff() throws {
        let model = try fixture("suppressed")
        let detector = try model.graph.detector(producer: model.producer)
        #expect(model.producer == "pytorch" && detector.choice == .suppression(.xyxy))
        #expect(try model.graph.detector(producer: "tf2onnx").choice == .suppression(.yxyx))
        #expect(!detector.graph.nodes.contains { $0.op == "NonMaxSuppression" })
        #expect(detector.outputs.compactMap { detector.graph.producer(of: $0)?.op } == ["Transpose", "Sigmoid"])
    }

    @Test func centredBoxesAreToldFromCorners() throws {
        let graph = try graph(inputs: ["b": [1, 9, 4], "s": [1, 2, 9]]) { graph in
            graph.add("Identity", ["b"], ["boxes"])
            graph.add("Sigmoid", ["s"], ["scores"])
            graph.add("NonMaxSuppression", ["boxes", "scores"], ["y"], [.int("center_point_box", 1)])
        }
        let detector = try graph.detector(producer: "pytorch")
        #expect(detector.choice == .suppression(.cxcywh) && detector.outputs == ["boxes", "scores"])
    }

    @Test func whatCountsByThePictureStaysWhole() throws {
        let counted = try graph(inputs: ["b": [1, 9, 4], "s": [1, 2, 9]]) { graph in
            graph.add("NonZero", ["s"], ["places"])
            graph.add("Gather", ["b", "places"], ["boxes"])
            graph.add("Sigmoid", ["s"], ["scores"])
            graph.add("NonMaxSuppression", ["boxes", "scores"], ["y"])
        }
        let detector = try counted.detector()
        guard case .kept(let reason) = detector.choice else {
            Issue.record("\(detector.choice)")
            return
        }
        #expect(reason.contains("NonZero") && detector.outputs == ["y"])
    }

    /// RT-DETR chooses queries by TopK in its middle: what comes behind it has weights.
    @Test func aTopKBeforeTheHeadStays() throws {
        let graph = try graph { graph in
            graph.constant("k", [3], shape: [1])
            graph.constant("w", [Float](repeating: 1, count: 16), shape: [4, 4])
            graph.add("ReduceMax", ["x"], ["best"], [.ints("axes", [2]), .int("keepdims", 0)])
            graph.add("TopK", ["best", "k"], ["values", "positions"])
            graph.add("Gather", ["x", "positions"], ["picked"], [.int("axis", 1)])
            graph.add("MatMul", ["picked", "w"], ["y"])
        }
        #expect(try graph.detector().choice == .none)
    }

    // MARK: Elements

    @Test func elementsAreFollowedThroughMoves() throws {
        let shapes: [String: [Int]] = [
            "x": [1, 2, 2, 3], "flat": [1, 2, 6], "turned": [1, 6, 2], "both": [1, 8, 2], "cut": [1, 4, 2],
            "other": [1, 2, 2], "y": [1, 4, 2],
        ]
        let graph = try graph(inputs: ["x": [1, 2, 2, 3], "other": [1, 2, 2]]) { graph in
            graph.constant("shape", [1, 2, 6], shape: [3])
            for (name, value) in [("starts", 1), ("ends", 8), ("axes", 1), ("steps", 2)] {
                graph.constant(name, [value], shape: [1])
            }
            graph.add("Reshape", ["x", "shape"], ["flat"])
            graph.add("Transpose", ["flat"], ["turned"], [.ints("perm", [0, 2, 1])])
            graph.add("Concat", ["other", "turned"], ["both"], [.int("axis", 1)])
            graph.add("Slice", ["both", "starts", "ends", "axes", "steps"], ["cut"])
            graph.add("Sigmoid", ["cut"], ["y"])
        }
        let trace = ScoreTrace(graph: graph, types: shapes.mapValues { TensorType(shape: $0) })
        func origin(_ row: Int, _ column: Int) -> ScoreTrace.Place {
            trace.origin(of: .init(tensor: "y", element: row * 2 + column))
        }
        // Rows 1, 3, 5 and 7 of `both`, whose first two are `other`'s.
        #expect(origin(0, 1) == .init(tensor: "other", element: 3))
        #expect(origin(1, 0) == .init(tensor: "x", element: 1))
        #expect(origin(1, 1) == .init(tensor: "x", element: 6 + 1))
        #expect(origin(3, 1) == .init(tensor: "x", element: 6 + 5))
    }

    @Test func oneActivationIsPassedAndASecondIsNot() throws {
        let types = ["x", "a", "b", "y"].reduce(into: [:]) { $0[$1] = TensorType(shape: [1, 8, 4]) }
        let graph = try graph { graph in
            graph.add("Sigmoid", ["x"], ["a"])
            graph.add("Identity", ["a"], ["b"])
            graph.add("Sigmoid", ["b"], ["y"])
        }
        let origin = ScoreTrace(graph: graph, types: types).origin(of: .init(tensor: "y", element: 5))
        #expect(origin == .init(tensor: "a", element: 5))
    }

    @Test func theClassIsTheTargetWhereItIsMultipliedByObjectness() throws {
        let types = ["x": [1, 8, 4], "o": [1, 8, 1], "c": [1, 8, 4], "y": [1, 8, 4]].mapValues { TensorType(shape: $0) }
        let graph = try graph(inputs: ["x": [1, 8, 4], "o": [1, 8, 1]]) { graph in
            graph.add("Sigmoid", ["x"], ["c"])
            graph.add("Mul", ["o", "c"], ["y"])
        }
        let origin = ScoreTrace(graph: graph, types: types).origin(of: .init(tensor: "y", element: 9))
        #expect(origin == .init(tensor: "x", element: 9))
    }

    /// What turns an axis around is left alone rather than followed wrongly.
    @Test func whatIsNotUnderstoodIsTheOrigin() throws {
        let types = ["x": [1, 8, 4], "y": [1, 8, 4]].mapValues { TensorType(shape: $0) }
        let turned = try graph { graph in
            for (name, value) in [("starts", -1), ("ends", -9), ("axes", 1), ("steps", -1)] {
                graph.constant(name, [value], shape: [1])
            }
            graph.add("Slice", ["x", "starts", "ends", "axes", "steps"], ["y"])
        }
        let place = ScoreTrace.Place(tensor: "y", element: 3)
        #expect(ScoreTrace(graph: turned, types: types).origin(of: place) == place)
        let scores = #expect(throws: ONNXError.self) {
            try DetectorScores(DetectorGraph(graph: turned, outputs: ["y"], choice: .none), scores: "y", types: types)
        }
        #expect(scores?.problem == .scoresNotTraced("y"))
    }
}
