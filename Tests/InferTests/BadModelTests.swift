import Pipeline
import TestSupport
import Testing

@testable import Infer

/// Each way in which a model cannot be used: one line that names the file and says what to do.
struct BadModelTests {
    private func problem(_ configure: (inout InferConfig) throws -> Void) rethrows -> String? {
        var config = InferConfig()
        try configure(&config)
        let error = #expect(throws: InferError.self) {
            try Explainer(config, format: Pictures.format(64, 48), mapCount: 1)
        }
        return error?.description
    }

    @Test(arguments: [
        ("two_inputs", "two_inputs.onnx: the model has 2 inputs"),
        ("not_an_image", "not_an_image.onnx: the model's input"),
        ("segmentation", "segmentation.onnx: the model's output"),
        ("no_graph", "no_graph.onnx: holds no graph"),
        ("unknown_operator", "unknown_operator.onnx: the inference engine cannot use this model"),
    ])
    func theLineNamesTheFileAndWhatIsWrong(name: String, part: String) throws {
        let line = try #require(problem { $0.model = Fixtures.model(name) })
        #expect(line.contains(part), "\(line)")
        #expect(line.contains("\(name).onnx") && !line.contains("\n"))
    }

    @Test(arguments: [
        ("vgg", "MaxPool → Flatten → Gemm → Relu → Gemm"),
        ("small_window", "AveragePool 4×4 of a map of 8×8"),
    ])
    func camSaysWhatTheModelHasInsteadOfAHead(name: String, part: String) throws {
        let line = try #require(
            problem {
                $0.model = Fixtures.model(name)
                $0.method = MethodName(rawValue: "cam")!
            })
        #expect(line.contains(part) && line.hasSuffix("another --method, such as gradcam, does without"), "\(line)")
    }

    @Test func anUnknownOperatorIsNamed() throws {
        let line = try #require(problem { $0.model = Fixtures.model("unknown_operator") })
        #expect(line.contains("custom"), "\(line)")
    }

    @Test func aModelIsNeeded() {
        #expect(problem { _ in } == "no model is named: give an ONNX image classifier with --model FILE")
    }

    @Test func tooFewLabelsAreAnError() throws {
        let folder = try TemporaryFolder()
        let line = try problem {
            $0.model = Fixtures.model("gap_gemm")
            $0.card = try folder.write("labels: [just one]".utf8, to: "card.yaml")
        }
        #expect(line?.contains("the card has 1 labels, the model") == true, "\(line ?? "")")
    }

    @Test func aCardWhoseModelIsMissingSaysSo() throws {
        let folder = try TemporaryFolder()
        let card = try folder.write("model: nowhere.onnx".utf8, to: "card.yaml")
        #expect(
            problem { $0.model = card }
                == "\(card): its model \(folder.file("nowhere.onnx")) is not there; name the file with --model and this "
                + "card with --card")
    }

    @Test func aCardThatContradictsTheModelIsAnError() throws {
        let folder = try TemporaryFolder()
        let line = try problem {
            $0.model = Fixtures.model("gap_gemm")
            $0.card = try folder.write("input: {size: [7, 9]}".utf8, to: "card.yaml")
        }
        #expect(line?.contains("the card says input size 7x9, the model says") == true, "\(line ?? "")")
    }
}
