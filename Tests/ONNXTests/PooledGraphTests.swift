import Foundation
import TestSupport
import Testing

@testable import ONNX

/// Another dense layer in the place of a classifier's head.
struct PooledGraphTests {
    private func model(_ name: String) throws -> Model {
        var model = try Model(contentsOf: Fixtures.model(name))
        model.graph = try model.graph.classifier().graph
        return model
    }

    private func pooled(_ model: Model, _ type: ElementType = .float32) throws -> PooledGraph {
        try PooledGraph(model.graph, upTo: try model.graph.camHead(), type: type)
    }

    private let weights: [Float] = [1, 2, 3, 4, 5, 6, 7, 8]
    private let bias: [Float] = [0.5, -0.5]

    @Test(arguments: [
        ("gap_gemm", "features"), ("reducemean18_matmul_add", "features"), ("nhwc_reducemean", "camstream/map"),
        ("avgpool_conv1x1", "features"), ("sigmoid", "features"), ("dynamic", "features"), ("external", "features"),
        ("one_logit", "features"), ("threshold", "features"),
    ])
    func theNewLayerIsTheHead(_ name: String, target: String) throws {
        let model = try model(name)
        let head = try pooled(model).classifying(weights: weights, bias: bias, batch: nil).camHead()
        #expect(head.kind == .dense && head.activation == .none && head.classes == 2 && head.channels == 4)
        #expect(head.target == target && head.layout == .channelsFirst && head.requiredPoolSize == nil)
        #expect(head.weights == weights && head.bias == bias)
        #expect(head.output == "camstream/logits")
    }

    @Test func ofClassMapsTheMapsAreTheFeatures() throws {
        let model = try model("nin_conv_relu_gap_softmax")
        let old = try model.graph.camHead()
        #expect(old.kind == .classMaps)
        let head = try pooled(model).classifying(weights: [1, 2, 3, 4, 5, 6], bias: bias, batch: 1).camHead()
        #expect(head.kind == .dense && head.target == old.target && head.channels == 3)
    }

    @Test func halvesArePooledAsFloats() throws {
        let graph = try pooled(model("fp16"), .float16).classifying(weights: weights, bias: bias, batch: 1)
        let head = try graph.camHead()
        let cast = try #require(graph.producer(of: head.target))
        #expect(cast.op == "Cast" && cast.inputs == ["features"] && cast.int("to") == 1)
    }

    @Test func nothingOfTheOldHeadIsLeft() throws {
        let old = try model("gap_gemm")
        #expect(old.graph.initialiser("weight") != nil)
        var model = old
        model.graph = try pooled(old).classifying(weights: weights, bias: bias, batch: nil)
        #expect(model.graph.initialiser("weight") == nil && model.graph.initialiser("bias") == nil)
        #expect(model.graph.outputs.map(\.name) == ["camstream/logits"])
        let read = try Model(Data(try model.serialized()))
        #expect(read.graph.outputs[0].shape == [.symbol("N"), .size(2)])
        #expect(read.graph.nodes.map(\.op) == ["Conv", "Relu", "GlobalAveragePool", "Flatten", "Gemm"])
    }

    @Test func theFeaturesAloneAreAGraph() throws {
        let part = try pooled(model("gap_gemm"))
        #expect(part.graph.outputs.map(\.name) == [part.features])
        #expect(part.graph.nodes.map(\.op) == ["Conv", "Relu", "GlobalAveragePool", "Flatten"])
    }

    @Test func metadataAreReplacedAndInOrder() throws {
        let model = try model("gap_gemm")
        let bytes = try model.serialized(as: ["b": "2", "a": "1"])
        #expect(bytes == (try model.serialized(as: ["a": "1", "b": "2"])))
        let read = try Model(Data(bytes))
        #expect(read.metadata == ["a": "1", "b": "2"])
        #expect(read.graph.operatorSets == model.graph.operatorSets)
    }
}
