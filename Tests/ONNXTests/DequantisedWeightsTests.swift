import Foundation
import ONNX
import TestSupport
import Testing

struct DequantisedWeightsTests {
    @Test func weightsOfTheDemoModelBecomeTheSameFloats() throws {
        var model = try Model(contentsOf: checkout.appendingPathComponent("models/demo/demo.onnx").path)
        let before = try model.graph.camHead()
        let stored = model.graph.nodes.filter { $0.op == "DequantizeLinear" }.compactMap(\.outputs.first)
        #expect(stored.count > 10)
        try model.graph.dequantiseWeights()
        #expect(!model.graph.nodes.contains { $0.op == "DequantizeLinear" })
        for name in stored { #expect(model.graph.initialiser(name)?.elementType == .float32, "\(name)") }
        let after = try model.graph.camHead()
        #expect(after.weights == before.weights && after.bias == before.bias && after.target == before.target)
        // The file that the engine gets is whole.
        #expect(try Model(Data(model.serialized())).graph.nodes.count == model.graph.nodes.count)
    }

    @Test func aGraphThatQuantisesActivationsStaysAsItIs() throws {
        var model = try Model(contentsOf: Fixtures.model("quantised"))
        let nodes = model.graph.nodes.map(\.op)
        try model.graph.dequantiseWeights()
        #expect(model.graph.nodes.map(\.op) == nodes)
    }
}
