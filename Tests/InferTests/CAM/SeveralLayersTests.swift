import Engine
import ONNX
import Pipeline
import TestSupport
import Testing

@testable import Infer

/// Methods that are asked about several layers of one model.
struct SeveralLayersTests {
    private let model: String
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        model = try SmallNet().write(to: folder)
    }

    /// Of different and of equal shapes.
    private static let pairs = [["positive", "A"], ["A", "positive"], ["convolved", "positive"]]
    private static let ofLayers = camMethods.filter { $0.needs.mostLayers == nil }.map { $0.name }

    @Test(arguments: ofLayers, pairs) func eachLayersMapIsThatOfTheLayerAlone(method: String, layers: [String]) throws {
        let together = try ProbedNet(model, method: method, layers: layers, samples: 3)
        #expect(together.classifier.layers.map(\.tensor) == layers)
        for (position, layer) in layers.enumerated() {
            let alone = try ProbedNet(model, method: method, layers: [layer], samples: 3)
            let expected = try alone.map(ofClass: 2)
            #expect(agree(try together.map(ofClass: 2, layer: position), expected), "\(layer)")
        }
    }

    @Test(arguments: ofLayers) func theirMapsBecomeOne(method: String) throws {
        var config = InferConfig()
        (config.model, config.layers, config.precision) = (model, ["positive", "A"], .f32)
        config.method = try #require(MethodName(rawValue: method))
        config.methodOptions.samples = 3
        let format = Pictures.format(64, 48)
        let explainer = try Explainer(config, format: format, mapCount: 2)
        try explainer.submit(try Pictures.rectangle(format, (200, 30, 90), x: 10..<30, y: 5..<25))
        let sizes = try explainer.next()?.observations.map { [$0.heatmap.height, $0.heatmap.width] }
        #expect(sizes == [[8, 8], [8, 8]])
    }

    @Test func aLayerThatIsNamedTwiceCountsOnce() throws {
        let net = try ProbedNet(model, method: "gradcam", layers: ["A", "positive", "-1"])
        #expect(net.classifier.layers.map(\.tensor) == ["A", "positive"])
    }

    @Test func camMapsOneLayerAndSaysSo() throws {
        let path = Fixtures.model("gap_gemm")
        let error = #expect(throws: InferError.self) {
            try ProbedNet(path, method: "cam", layers: ["features", "conv"])
        }
        #expect(error?.isUsage == true)
        #expect(
            error?.description
                == "CAM maps one layer, the one that the scores are pooled from, and --layer names 2: name one, or another "
                + "--method, such as gradcam")
    }

    @Test(arguments: camMethods.filter { $0.needs.isOfPicture }.map { $0.name })
    func methodsOfThePictureTakeNoLayerAndSaySo(method: String) throws {
        let error = #expect(throws: InferError.self) { try ProbedNet(model, method: method, layers: ["A"]) }
        #expect(error?.isUsage == true && error?.description.contains("leave out --layer") == true)
    }
}
