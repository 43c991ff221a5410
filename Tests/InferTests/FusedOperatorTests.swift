import Foundation
import ONNX
import TestSupport
import Testing

@testable import Infer

/// Vision transformers with fused operators, against the same network spelled out (Tests/Fixtures/generate_fused.py).
struct FusedOperatorTests {
    private static let twins =
        [
            "attention_onnx_3d", "attention_onnx_4d", "attention_microsoft", "multihead_attention", "fused_matmul",
            "skip_normalisation", "gelu", "bias_gelu", "all",
        ].map { ($0, "plain") } + [("quick_gelu", "plain_quick"), ("fast_gelu", "plain_fast")]

    private func path(_ name: String) -> String { checkout.appending(path: "Tests/Fixtures/fused/\(name).onnx").path }

    @Test(arguments: twins) func layersAreThoseOfTheTwin(name: String, plain: String) throws {
        let (fused, spelled) = (
            try ModelLayers(model: path(name), card: nil), try ModelLayers(model: path(plain), card: nil)
        )
        #expect(fused.byDefault == spelled.byDefault)
        #expect(fused.byDefault?.tensor == "1/before/normal")
        let layers = spelled.all.filter(\.isListed).map(\.tensor)
        let fusedLayers = fused.all.filter(\.isListed).map(\.tensor)
        #expect(fusedLayers.filter { !$0.contains("/plain/") } == layers.filter { fusedLayers.contains($0) })
        #expect(fusedLayers.suffix(2) == layers.suffix(2))
    }

    @Test(arguments: Set(twins.map { $0.1 }).sorted(), ["auto", "gradcam", "shapleycam", "vit-reciprocam", "saliency"])
    func mapsAreThoseOfTheTwin(plain: String, method: String) throws {
        let spelled = try ProbedNet(path(plain), method: method)
        let expected = try spelled.map(ofClass: 0)
        #expect(expected.contains { $0 != expected[0] })
        // Of second order, rounding is larger.
        let tolerance: Float = method == "shapleycam" ? 1e-4 : 1e-5
        for (name, _) in Self.twins.filter({ $0.1 == plain }) {
            let fused = try ProbedNet(path(name), method: method)
            #expect(
                type(of: fused.classifier.methods[0].method) == type(of: spelled.classifier.methods[0].method),
                "\(name)")
            #expect(agree(try fused.map(ofClass: 0), expected, within: tolerance), "\(name)")
        }
    }
}
