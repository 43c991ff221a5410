import Foundation
import TestSupport
import Testing

@testable import ONNX

/// The model that `scripts/imagenet` makes of published weights.
struct ImageNetConverterTests {
    @Test func theConverterPassesItsOwnTests() throws {
        _ = try FFmpegTool.output([
            "python3", "-B", "-m", "unittest", "discover", "-s", checkout.appending(path: "Tests/ImageNet").path,
        ])
    }

    /// A network of the same structure with a few channels and random weights.
    private func small() throws -> Model {
        let folder = try TemporaryFolder()
        let path = folder.file("small.onnx")
        let script = """
            import sys
            sys.path[:0] = [sys.argv[1] + "/Tests/ImageNet"]
            import test_making as small
            file = small.network.build(small.small_weights(), {"licence": "MIT"}, small.SMALL)
            open(sys.argv[2], "wb").write(file)
            """
        _ = try FFmpegTool.output(["python3", "-B", "-c", script, checkout.path, path])
        return try Model(contentsOf: path)
    }

    @Test func theGraphReaderFindsTheHeadOfWhatItWrites() throws {
        let model = try small()
        let head = try model.graph.camHead()
        #expect(head.kind == .dense && head.target == "features.relu6" && head.logits == "logits")
        #expect(head.classes == 3 && head.channels == 5 && head.bias == [1, 2, 3] && head.weights.count == 15)
        #expect(model.graph.inputs.map(\.name) == ["image"] && model.metadata["licence"] == "MIT")
    }

    @Test func weightsInSixteenBitsBecomeTheSameFloats() throws {
        var model = try small()
        let before = try model.graph.camHead()
        let stored = model.graph.nodes.filter { $0.op == "Cast" }.compactMap(\.outputs.first)
        #expect(stored.count == 11 && stored.contains("stem.weight"))
        try model.graph.dequantiseWeights()
        #expect(!model.graph.nodes.contains { $0.op == "Cast" })
        for name in stored { #expect(model.graph.initialiser(name)?.elementType == .float32, "\(name)") }
        #expect(try model.graph.camHead().weights == before.weights)
    }
}
