import ONNX
import Pipeline
import TestSupport
import Testing

@testable import Infer

/// Maps that show nothing are told, once, with what to do.
struct MapTroubleTests {
    @Test(
        arguments: [
            ([3], .zero, .oneCell), ([0, 0], .zero, .flat), ([2, 2], .lowest, .flat), ([1, .nan], .zero, .notFinite),
            ([1, .infinity], .lowest, .notFinite), ([-2, 0], .zero, .against), ([-2, -1], .lowest, nil),
            ([-2, 1], .zero, nil),
        ] as [([Float], ZeroLevel, MapTrouble?)])
    func theCauseIsFound(values: [Float], zero: ZeroLevel, expected: MapTrouble?) {
        #expect(MapTrouble(RawMap(height: 1, width: values.count, values: values), zero: zero) == expected)
    }

    @Test func aMapOfOneCellIsToldOnce() throws {
        let folder = try TemporaryFolder()
        var graph = GraphWriter()
        graph.input("x", TensorType(shape: [1, 3, 8, 8]))
        graph.constant("kernel", [Float](repeating: 0.1, count: 2 * 3 * 64), shape: [2, 3, 8, 8])
        graph.constant("weights", [1, 0, 0, 1] as [Float], shape: [2, 2])
        graph.add("Conv", ["x", "kernel"], ["one"])
        graph.add("GlobalAveragePool", ["one"], ["pooled"])
        graph.add("Flatten", ["pooled"], ["flat"])
        graph.add("Gemm", ["flat", "weights"], ["y"])
        graph.output("y")
        var config = InferConfig()
        config.model = try folder.write(graph.serialized(operatorSet: 13, name: "one"), to: "one.onnx")
        let format = Pictures.format(64, 48)
        let explainer = try Explainer(config, format: format, mapCount: 1)
        var warnings: [String] = []
        for _ in 0..<2 {
            try explainer.submit(try Pictures.rectangle(format, (200, 30, 90), x: 10..<30, y: 5..<25))
            _ = try explainer.next()!.observations.count
            warnings += explainer.takeWarnings()
        }
        #expect(warnings.count == 1 && warnings[0].contains("CAM map of 'class"))
        #expect(warnings.first?.contains("at one has one cell, so it says nothing of places: try --method") == true)
        #expect(explainer.mapTrouble == "one cell: no places")
    }

    @Test func operatorsThatComputeInEightBitsAreFound() throws {
        var graph = GraphWriter()
        graph.input("x", TensorType(shape: [1, 3, 8, 8]))
        graph.add("Relu", ["x"], ["a"])
        graph.add("QuickGelu", ["a"], ["b"], domain: "com.microsoft")
        graph.add("QLinearAveragePool", ["b"], ["y"], domain: "com.microsoft")
        graph.output("y")
        let folder = try TemporaryFolder()
        let path = try folder.write(graph.serialized(operatorSet: 13, name: "q"), to: "q.onnx")
        #expect(try Model(contentsOf: path).graph.quantisedOperator == "com.microsoft.QLinearAveragePool")
        #expect(try Model(contentsOf: Fixtures.model("quantised")).graph.quantisedOperator == nil)
        let error = #expect(throws: InferError.self) { try ProbedNet(path, method: "gradcam") }
        #expect(error?.description.contains("com.microsoft.QLinearAveragePool: quantise it in QDQ form") == true)
    }
}
