import ONNX
import TestSupport
import Testing

@testable import Infer

/// Layers with the shapes that the engine infers, which files of older exporters do not hold.
struct ModelLayersTests {
    @Test(arguments: [("vit_11", 1), ("vit_registers_11", 5)])
    func aTransformerWithItsNormalisationsWrittenOut(_ model: String, prefix: Int) throws {
        let layers = try ModelLayers(model: Fixtures.layers(model), card: nil)
        let layer = try #require(layers.byDefault)
        #expect(layer.layout == .tokens(prefix: prefix) && layer.width == 6 && layer.height == 4)
        #expect(layer.tensor.contains("blocks.1/norm1") && layer.op == "Add" && layer.isListed)
        #expect(layers.all.last { $0.isListed } == layer)
        // Nothing of the inside of the normalisations, the attention and the MLP.
        #expect(layers.all.count(where: \.isListed) == 7)
    }

    @Test func aConvolutionalNetIsMappedWhereItsHeadPools() throws {
        let layers = try ModelLayers(model: Fixtures.model("gap_gemm"), card: nil)
        #expect(layers.byDefault?.tensor == "features")
        #expect(layers.byDefault?.layout == .channelsFirst)
    }

    @Test(.enabled(if: RealModels.has("mobilenetv2.onnx"))) func mobileNetV2() throws {
        let layers = try ModelLayers(model: RealModels.path("mobilenetv2.onnx"), card: nil)
        let layer = try #require(layers.byDefault)
        #expect([layer.channels, layer.height, layer.width] == [1280, 7, 7] && layer.isListed)
    }
}
