import Foundation
import ONNX
import TestSupport
import Testing

/// The head that all tiny classifiers share; rows are classes.
private let classifier: [Float] = [1, -1, 0.5, 0, 0, 2, -0.5, 1, -1, 0, 1, 0.25]
private let bias: [Float] = [0.5, -0.25, 1]

/// A tiny classifier and the head that it has.
struct Case: Sendable, CustomTestStringConvertible {
    let model: String
    var target = "features"
    var layout = TensorLayout.channelsFirst
    var logits = "scores"
    var activation = CAMHead.Activation.none
    var window: [Int]?
    var isQuantised = false
    let description: String

    var testDescription: String { model }
}

struct CAMHeadTests {
    @Test(arguments: [
        Case(model: "gap_gemm", description: "GlobalAveragePool → Flatten → Gemm (weight [3, 4])"),
        Case(model: "gap_gemm_transb0_alpha", description: "GlobalAveragePool → Flatten → Gemm (weight [4, 3])"),
        Case(model: "reducemean13_matmul_add", description: "ReduceMean → MatMul → Add (weight [4, 3])"),
        Case(model: "reducemean18_matmul_add", description: "ReduceMean → Squeeze → MatMul → Add (weight [4, 3])"),
        Case(
            model: "nhwc_reducemean", layout: .channelsLast, logits: "logits", activation: .softmax,
            description: "ReduceMean → MatMul → Add → Softmax (weight [4, 3])"),
        Case(model: "avgpool_conv1x1", window: [8, 8], description: "AveragePool → Conv (weight [3, 4, 1, 1])"),
        Case(
            model: "sigmoid", logits: "logits", activation: .sigmoid,
            description: "GlobalAveragePool → Flatten → Gemm → Sigmoid (weight [3, 4])"),
        Case(model: "fp16", description: "GlobalAveragePool → Flatten → Gemm (weight [3, 4])"),
        Case(model: "dynamic", description: "GlobalAveragePool → Flatten → Gemm (weight [3, 4])"),
        Case(model: "external", description: "GlobalAveragePool → Flatten → Gemm (weight [3, 4])"),
        Case(model: "constants", description: "GlobalAveragePool → Flatten → Gemm (weight [3, 4])"),
        Case(model: "computed_shape", description: "GlobalAveragePool → Reshape → Gemm (weight [3, 4])"),
        Case(
            model: "quantised", isQuantised: true,
            description: "GlobalAveragePool → QuantizeLinear → DequantizeLinear → Flatten → Gemm (weight [3, 4])"),
        Case(
            model: "logits_and_probabilities", logits: "logits",
            description: "GlobalAveragePool → Flatten → Gemm (weight [3, 4])"),
        Case(
            model: "unknown_operator", target: "wobbled",
            description: "GlobalAveragePool → Flatten → Gemm (weight [3, 4])"),
        Case(model: "subgraph", description: "GlobalAveragePool → Flatten → Gemm (weight [3, 4])"),
    ])
    func denseHeadsAreFound(_ expected: Case) throws {
        let head = try Model(contentsOf: Fixtures.model(expected.model)).graph.camHead()
        #expect(head.kind == .dense)
        #expect(head.target == expected.target)
        #expect(head.layout == expected.layout)
        #expect(head.logits == expected.logits)
        #expect(head.activation == expected.activation)
        #expect(head.weights == classifier)
        #expect(head.bias == bias)
        #expect(head.classes == 3 && head.channels == 4)
        #expect(head.requiredPoolSize == expected.window)
        #expect(head.isQuantised == expected.isQuantised)
        #expect(head.description == expected.description)
    }

    @Test func theDemonstrationModelHasADenseHead() throws {
        let graph = try Model(contentsOf: checkout.appendingPathComponent("models/colours/colours.onnx").path).graph
        let head = try graph.camHead()
        #expect(head.target == "evidence.clip" && head.logits == "scores" && head.classes == 7 && head.channels == 7)
        #expect(try graph.imageInput().height == 224)
    }

    @Test func classMapsAreFound() throws {
        let head = try Model(contentsOf: Fixtures.model("nin_conv_relu_gap_softmax")).graph.camHead()
        #expect(head.kind == .classMaps)
        #expect(head.target == "class_maps" && head.logits == "logits" && head.output == "scores")
        #expect(head.activation == .softmax)
        #expect(head.weights.isEmpty && head.bias == [0, 0, 0])
        #expect(head.classes == 3 && head.channels == 3)
        #expect(
            head.description
                == "class maps of Conv (weight [3, 4, 1, 1]) → GlobalAveragePool → Flatten → Softmax")
    }

    @Test func theUsersLayerIsTaken() throws {
        let graph = try Model(contentsOf: Fixtures.model("gap_gemm")).graph
        #expect(try graph.camHead(layer: "features").target == "features")
        #expect(try graph.camHead(layer: "relu").target == "features")
    }

    @Test func theUsersLayerMayLieBeforeATranspose() throws {
        let head = try Model(contentsOf: Fixtures.model("nhwc_reducemean")).graph.camHead(layer: "planar_features")
        #expect(head.target == "planar_features" && head.layout == .channelsFirst)
    }

    @Test func anotherLayerIsRefused() throws {
        let model = try Model(contentsOf: Fixtures.model("nin_conv_relu_gap_softmax"))
        let error = #expect(throws: ONNXError.self) { try model.graph.camHead(layer: "class_conv") }
        #expect(error?.problem == .layerIsNotPooled("class_conv", pooled: "class_maps"))
        #expect(
            "\(try #require(error?.problem))"
                == "what follows layer 'class_conv' is not a GAP head; in this model the pooling reads 'class_maps'")
        #expect(throws: ONNXError(file: model.file, problem: .layerNotFound("conv9", similar: []))) {
            try model.graph.camHead(layer: "conv9")
        }
    }

    @Test(arguments: [
        ("vgg", "after the last feature map come MaxPool → Flatten → Gemm → Relu → Gemm"),
        (
            "small_window",
            "after the last feature map come AveragePool → Flatten → Gemm (AveragePool 4×4 of a map of 8×8)"
        ),
    ])
    func otherHeadsAreNamed(_ name: String, _ expected: String) throws {
        let model = try Model(contentsOf: Fixtures.model(name))
        let error = #expect(throws: ONNXError.self) { try model.graph.camHead() }
        let advice = "; this method needs a GAP head: global average pooling, then one dense layer or none"
        #expect("\(try #require(error))" == "\(model.file): \(expected)\(advice)")
    }

    @Test(arguments: [
        ("segmentation", "the model's output 'scores' has the shape [1, 3, 8, 8]"),
        ("label_output", "the model's output 'scores' holds int64 numbers, not scores"),
        ("detection", "the model's output 'boxes' is one of 2 (boxes, scores), and none has a GAP head before it"),
    ])
    func outputsThatAreNoClassScoresAreNamed(_ name: String, _ expected: String) throws {
        let model = try Model(contentsOf: Fixtures.model(name))
        let error = #expect(throws: ONNXError.self) { try model.graph.camHead() }
        let advice = "; a classifier with class scores [N, classes] is needed"
        #expect("\(try #require(error?.problem))" == expected + advice)
    }
}
