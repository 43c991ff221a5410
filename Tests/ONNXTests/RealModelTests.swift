import ONNX
import TestSupport
import Testing

/// Classifiers as they are found in the wild.
struct RealModelTests {
    @Test(.enabled(if: RealModels.has("mobilenetv2.onnx"), "mobilenetv2.onnx is not there"))
    func mobileNetV2HasADenseHead() throws {
        var model = try Model(contentsOf: RealModels.path("mobilenetv2.onnx"))
        let head = try model.graph.camHead()
        #expect(head.kind == .dense && head.target == "features/conv62/Relu6" && head.logits == "logits")
        #expect(head.classes == 1000 && head.channels == 1280 && head.activation == .none)
        #expect(head.weights.count == 1_280_000 && head.bias.count == 1000)
        #expect(head.description == "GlobalAveragePool → Flatten → Gemm (classifier.weight [1000, 1280])")
        let input = try model.graph.imageInput()
        #expect(input.name == "input" && input.height == 224 && input.width == 224 && input.batch == nil)
        try model.graph.addOutput(head.target)
        #expect(try model.serialized().count > 13_000_000)
    }

    @Test(.enabled(if: RealModels.has("squeezenet1.1-fp16.onnx"), "squeezenet1.1-fp16.onnx is not there"))
    func squeezeNetHasClassMaps() throws {
        let model = try Model(contentsOf: RealModels.path("squeezenet1.1-fp16.onnx"))
        let head = try model.graph.camHead()
        #expect(head.kind == .classMaps && head.target == "conv10_2" && head.logits == "pool10_1")
        #expect(head.classes == 1000 && head.activation == .softmax && head.output == "softmaxout_1")
        #expect(
            head.description == "class maps of Conv (conv10_w_0 [1000, 512, 1, 1]) → GlobalAveragePool → Softmax")
        let input = try model.graph.imageInput()
        #expect(input.elementType == .float16 && input.name == "data_0" && input.batch == 1)
    }
}
