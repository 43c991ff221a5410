import ONNX
import Pipeline
import TestSupport
import Testing

@testable import Engine
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

    /// The engine's own report is of many lines, and calls operators by its own numbers.
    @Test func theEnginesReasonIsGivenWithTheOperatorsName() {
        let report = """
            FrontEnd API failed with OpConversionFailure:
            Model wasn't fully converted. Failed operations detailed log:
            -- Conv-17 with a message:
            While validating ONNX node '<Node(Conv): c>': Check 'x' failed at src/conv.cpp:66:
            While validating node 'opset1::Convolution Convolution_163 (x[0]:f32[1,3,32,32]) -> (dynamic[...])'
            Strides has zero dimension(s).
            -- Gemm-17 with a message:
            While validating ONNX node '<Node(Gemm): y>': Exception from src/any.cpp:230:
            Could not convert

            Summary:
            -- Conversion is failed for: Conv-17, Gemm-17
            """
        let error = OpenVINOError(function: "f", status: -1, message: report)
        #expect(error.description == "Conv 'c': Strides has zero dimension(s).")
        let missing = OpenVINOError(
            function: "f", status: -1, message: "Failed operations:\n-- No conversion rule for: custom.Wobble\nSummary:"
        )
        #expect(missing.description == "No conversion rule for: custom.Wobble")
    }

    /// Whatever the method: nothing is computed with them, and no memory asked for.
    @Test(arguments: ["gradcam", "fem", "scorecam"])
    func sizesThatNoMachineHoldsAreRefused(method: String) throws {
        var graph = GraphWriter()
        graph.input("x", TensorType(shape: [1, 3, 4, 4]))
        graph.constant("scales", [1, 1, 1e6, 1e6], shape: [4])
        graph.add("Resize", ["x", "", "scales"], ["a"], [.string("mode", "nearest")])
        graph.add("Relu", ["a"], ["b"])
        graph.add("GlobalAveragePool", ["b"], ["pooled"])
        graph.add("Flatten", ["pooled"], ["y"])
        graph.output("y", TensorType(shape: [1, 3]))
        let folder = try TemporaryFolder()
        let bytes = try graph.serialized(operatorSet: 13, name: "huge.onnx")
        let line = try problem {
            $0.model = try folder.write(bytes, to: "huge.onnx")
            $0.method = MethodName(rawValue: method)!
        }
        #expect(line?.contains("tensor 'a' has the shape [1, 3, 4000000, 4000000]") == true, "\(line ?? "")")
    }

    /// OpenVINO would run out of stack.
    @Test func aGraphThatIsTooDeepIsRefused() throws {
        var graph = GraphWriter()
        graph.input("x", TensorType(shape: [1, 3, 4, 4]))
        for index in 0..<25_000 { graph.add("Relu", [index == 0 ? "x" : "t\(index)"], ["t\(index + 1)"]) }
        graph.add("GlobalAveragePool", ["t25000"], ["pooled"])
        graph.add("Flatten", ["pooled"], ["y"])
        graph.output("y", TensorType(shape: [1, 3]))
        let folder = try TemporaryFolder()
        let bytes = try graph.serialized(operatorSet: 13, name: "deep.onnx")
        let line = try problem { $0.model = try folder.write(bytes, to: "deep.onnx") }
        #expect(line?.contains("has 25002 operators one behind the other") == true, "\(line ?? "")")
    }

    @Test func theRealEnginesReasonIsGivenToo() throws {
        var graph = GraphWriter()
        graph.input("x", TensorType(shape: [1, 3, 4, 4]))
        graph.add("GlobalAveragePool", ["x"], ["pooled"])
        graph.add("Flatten", ["pooled"], ["flat"])
        graph.add("Softmax", ["flat"], ["y"], [.int("axis", 7)])
        graph.output("y", TensorType(shape: [1, 3]))
        let folder = try TemporaryFolder()
        let bytes = try graph.serialized(operatorSet: 13, name: "axis.onnx")
        let line = try problem { $0.model = try folder.write(bytes, to: "axis.onnx") }
        #expect(
            line?.contains("cannot use this model: Softmax 'y': Axis 7 out of the tensor rank range") == true,
            "\(line ?? "")")
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

    @Test func aLackOfMemoryIsToldInOurWords() {
        for words in ["std::bad_alloc", "Resource temporarily unavailable", "Failed to allocate 9 bytes of memory"] {
            let message = "Exception from src/inference/src/cpp/core.cpp:107:\n\(words)\n"
            let error = InferError.engine(path: "m.onnx", OpenVINOError(function: "f", status: -1, message: message))
            #expect(error.isLack)
            #expect(
                "\(error)"
                    == "m.onnx: there is not enough memory for the inference engine; use a smaller model, or allow more"
            )
        }
    }
}
