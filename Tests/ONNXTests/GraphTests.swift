import Foundation
import ONNX
import TestSupport
import Testing

struct GraphTests {
    @Test func tensorsLeadToTheirMakersAndReaders() throws {
        let graph = try Model(contentsOf: Fixtures.model("gap_gemm")).graph
        #expect(graph.producer(of: "features")?.op == "Relu")
        #expect(graph.producer(of: "image") == nil)
        #expect(graph.producer(of: "kernel") == nil)
        #expect(graph.consumers(of: "features").map(\.op) == ["GlobalAveragePool"])
        #expect(graph.consumers(of: "scores").isEmpty)
        #expect(graph.nodes.map(\.index) == [0, 1, 2, 3, 4])
    }

    @Test func nodesGiveTheirAttributes() throws {
        let graph = try Model(contentsOf: Fixtures.model("gap_gemm_transb0_alpha")).graph
        let conv = try #require(graph.producer(of: "conv"))
        #expect(conv.ints("strides") == [2, 2])
        #expect(conv.ints("nothing") == nil && conv.int("strides") == nil && !conv.has("nothing"))
        let gemm = try #require(graph.producer(of: "scores"))
        #expect(gemm.float("alpha") == 0.5 && gemm.int("alpha") == nil)
        #expect(gemm.input(2) == "bias" && gemm.input(3) == nil)
        #expect(gemm.name == "" && gemm.label == "Gemm")
    }

    @Test func operatorsOfOtherDomainsSayTheirDomain() throws {
        let graph = try Model(contentsOf: Fixtures.model("unknown_operator")).graph
        #expect(graph.nodes.map(\.op).contains("custom.Wobble"))
    }

    @Test func inputsAreNoInitialisers() throws {
        let initialiser = Wire.initialiser("w", [1], type: 1, Wire.field(9, [0, 0, 0, 0]))
        let model = try Model(
            Wire.model(
                Wire.node("Add", ["a", "w"], ["b"]) + initialiser + Wire.input("w") + Wire.input("a") + Wire.output("b")
            ))
        #expect(model.graph.inputs.map(\.name) == ["a"])
    }

    @Test func shapesHaveNumbersAndSymbols() throws {
        let graph = try Model(contentsOf: Fixtures.model("dynamic")).graph
        let shape: [ValueInfo.Dimension] = [.symbol("N"), .size(3), .symbol("H"), .symbol("W")]
        #expect(graph.inputs.map(\.shape) == [shape])
        #expect(graph.inputs.map(\.elementType) == [.float32])
        #expect(graph.info(of: "scores")?.shape == [.symbol("N"), .size(3)])
        #expect(graph.info(of: "features") == nil)
    }

    @Test func bodiesOfBranchesReadTensorsAroundThem() throws {
        let graph = try Model(contentsOf: Fixtures.model("subgraph")).graph
        #expect(graph.consumers(of: "conv").map(\.op) == ["If"])
    }

    @Test func namesOfTensorsAndUniqueNodesAreFound() throws {
        let graph = try Model(contentsOf: Fixtures.model("gap_gemm")).graph
        #expect(try graph.tensor(named: "features") == "features")
        #expect(try graph.tensor(named: "relu") == "features")
        let error = #expect(throws: ONNXError.self) { try graph.tensor(named: "FEAT") }
        #expect(error?.problem == .layerNotFound("FEAT", similar: ["features"]))
        #expect(
            "\(ONNXError.Problem.layerNotFound("FEAT", similar: ["features"]))"
                == "the model has no tensor or unique node named 'FEAT'; did you mean 'features'?")
    }

    @Test func aTensorThatIsReadTwiceIsNoCircle() throws {
        let graph = Wire.node("Mul", ["a", "a"], ["b"]) + Wire.node("Add", ["b", "b"], ["c"])
        #expect(try Model(Wire.model(graph + Wire.input("a") + Wire.output("c"))).graph.nodes.count == 2)
    }

    @Test func theOrderOfNodesDoesNotMatter() throws {
        let graph = Wire.node("Relu", ["b"], ["c"]) + Wire.node("Relu", ["a"], ["b"])
        let model = try Model(Wire.model(graph + Wire.input("a") + Wire.output("c")))
        #expect(model.graph.producer(of: "c")?.index == 0)
    }

    @Test func anOptionalInputMayBeLeftOut() throws {
        let graph = Wire.node("Clip", ["a", "", ""], ["b", ""]) + Wire.node("Clip", ["b"], ["c", ""])
        #expect(try Model(Wire.model(graph + Wire.input("a") + Wire.output("c"))).graph.nodes.count == 2)
    }

    @Test func brokenGraphsAreRefused() {
        let relu = Wire.node("Relu", ["a"], ["b"])
        let cases: [(Data, ONNXError.Problem)] = [
            (Wire.model(relu + Wire.input("a")), .noOutputs),
            (
                Wire.model(relu + Wire.input("a") + Wire.output("c")),
                .missingTensor("c", reader: "an output")
            ),
            (Wire.model(relu + Wire.output("b")), .missingTensor("a", reader: "Relu")),
            (Wire.model(relu + Wire.input("a") + Wire.input("a") + Wire.output("b")), .duplicateTensor("a")),
            (Wire.model(relu + Wire.input("a") + Wire.input("b") + Wire.output("b")), .duplicateTensor("b")),
            (
                Wire.model(
                    Wire.node("Add", ["a", "d"], ["b"]) + Wire.node("Relu", ["b"], ["d"])
                        + Wire.node("Relu", ["d"], ["behind"]) + Wire.input("a") + Wire.output("behind")),
                .cycle(tensor: "d")
            ),
            (Wire.model(Wire.node("Relu", ["b"], ["b"]) + Wire.output("b")), .cycle(tensor: "b")),
        ]
        for (bytes, problem) in cases {
            #expect(throws: ONNXError(file: "test.onnx", problem: problem)) { try Model(bytes) }
        }
    }

    /// Operators one behind the other, from t0 to t`count`.
    private func chain(_ count: Int) -> [UInt8] {
        (0..<count).flatMap { Wire.node("Identity", ["t\($0)"], ["t\($0 + 1)"]) }
    }

    /// Neither the stack nor the time may grow out of hand.
    @Test(.timeLimit(.minutes(30))) func hugeGraphsAreWalkedOnce() throws {
        let model = try Model(Wire.model(chain(100_000) + Wire.input("t0") + Wire.output("t100000")))
        #expect(throws: ONNXError.self) { try model.graph.camHead() }
    }

    @Test(.timeLimit(.minutes(30))) func longCirclesAreFound() throws {
        let closing = Wire.node("Identity", ["t10000"], ["t0"])
        let error = #expect(throws: ONNXError.self) {
            try Model(Wire.model(chain(10_000) + closing + Wire.output("t9")))
        }
        guard case .cycle = error?.problem else {
            Issue.record("no circle found: \(String(describing: error))")
            return
        }
    }
}
