import ONNX
import Testing

@testable import Infer

/// What comparisons ask of methods and errors.
struct ComparedMethodsTests {
    @Test func comparedMethodsKnowTheClassAndRunNoMaskedPictures() {
        let compared = MethodName.compared.compactMap(\.method)
        #expect(compared.count == MethodName.compared.count)
        #expect(compared.allSatisfy { $0.isClassDiscriminative && !$0.needs.contains(.inputPasses) })
        #expect(MethodName.compared.contains(.ofLayers) && !MethodName.compared.contains(.cheapest))
    }

    @Test func everyMethodHasItsTitleAndSaysWhetherItMapsThePicture() {
        for method in camMethods {
            let name = MethodName(rawValue: method.name)
            #expect(name?.title == method.title && name?.mapsPicture == method.needs.isOfPicture)
        }
        #expect(MethodName.auto.title == "auto" && !MethodName.auto.mapsPicture)
    }

    @Test(
        arguments: [
            (.noGAPHead(found: ["Flatten", "Gemm"], reason: nil), "needs a GAP head"),
            (.layerIsNotPooled("a", pooled: "b"), "needs the layer that is pooled"),
            (.noGradientRule(op: "TopK", node: "n", alternatives: []), "no gradient for operator TopK"),
            (.operatorSetTooOld(7, needed: 13), "needs operator set 13"), (.noGraph, "not with this model"),
        ] as [(ONNXError.Problem, String)])
    func errorsFitOnAPanel(problem: ONNXError.Problem, words: String) {
        #expect(InferError.model(ONNXError(file: "m.onnx", problem: problem)).inFewWords == words)
    }
}
