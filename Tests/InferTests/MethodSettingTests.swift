import ONNX
import Pipeline
import TestSupport
import Testing
import Tracking

@testable import Infer

/// How methods, channels and layers are named, and which method is taken where none is.
struct MethodSettingTests {
    @Test(arguments: ["gradcam", "Grad-CAM", "GRADCAM", "grad_cam"]) func namesAreTakenAsPeopleWriteThem(text: String) {
        #expect(MethodName(rawValue: text)?.rawValue == "gradcam")
    }

    @Test func everyMethodIsFoundByNameAndByTitle() {
        for method in camMethods {
            #expect(MethodName(rawValue: method.name)?.method == method)
            #expect(MethodName(rawValue: method.name.uppercased())?.method == method)
        }
        #expect(Set(camMethods.map { $0.name }).count == camMethods.count)
        #expect(MethodName(rawValue: "gradcam+") == nil)
    }

    @Test(
        arguments: [
            ("435", .range(435...435)), ("435-437", .range(435...437)), ("0", .range(0...0)), ("max:5", .strongest(5)),
        ] as [(String, ChannelSelection)])
    func channelsAreOneOrARangeOrTheStrongest(text: String, expected: ChannelSelection) {
        #expect(ChannelSelection(text) == expected)
    }

    @Test(arguments: ["", "-1", "5-3", "1-2-3", "max:0", "max:", "x", "3-", "max:-1"])
    func otherChannelsAreRefused(text: String) {
        #expect(ChannelSelection(text) == nil)
    }

    @Test func aMethodSaysHowItsMapsAreToBeShown() {
        for method in camMethods {
            let isScore: Set = ["reciprocam", "vit-reciprocam", "rise"]
            #expect((method.traits.zero == .lowest) == isScore.contains(method.name), "\(method.name)")
            let hasSinglePixels: Set = ["saliency", "guided-backprop", "guided-gradcam"]
            #expect((method.traits.saturatedShare > 0) == hasSinglePixels.contains(method.name), "\(method.name)")
            #expect(method.traits.isClassDiscriminative == method.isClassDiscriminative, "\(method.name)")
        }
    }

    private func choice(_ method: String, _ model: String, layers: [String] = []) throws -> MethodChoice {
        let graph = try Model(contentsOf: Fixtures.model(model)).graph
        return try MethodChoice(try #require(MethodName(rawValue: method)), graph, layers: layers)
    }

    @Test func camIsTakenWhereTheHeadAllowsIt() throws {
        let choice = try choice("auto", "gap_gemm")
        #expect(choice.method == CAM.self && choice.head != nil && choice.reasons.isEmpty)
    }

    @Test func gradCAMIsTakenElsewhereAndSaysWhy() throws {
        let choice = try choice("auto", "vgg")
        #expect(choice.method == GradCAM.self && choice.head == nil)
        #expect(choice.reasons.first?.contains("MaxPool → Flatten → Gemm → Relu → Gemm") == true)
    }

    @Test func gradCAMIsTakenForSeveralLayers() throws {
        #expect(try choice("auto", "gap_gemm", layers: ["a", "b"]).method == GradCAM.self)
    }

    @Test func whatIsAskedForIsTaken() throws {
        #expect(try choice("layercam", "gap_gemm").method == LayerCAM.self)
        #expect(throws: ONNXError.self) { try choice("cam", "vgg") }
    }
}
