import Foundation
import Testing

@testable import ONNX

/// Models that are made to do harm, or damaged: one clear line, in little time and memory.
@Suite(.timeLimit(.minutes(30)))
struct HostileModelTests {
    private func attribute(_ name: String, type: Int?, _ value: [UInt8]) -> [UInt8] {
        Wire.field(5, Wire.field(1, name) + value + (type.map { Wire.field(20, $0) } ?? []))
    }

    private func convolution(_ attribute: [UInt8], domain: String = "") -> Data {
        let weights = Wire.initialiser("w", [1, 1, 1, 1], type: 1, Wire.field(9, [0, 0, 0, 0]))
        let node = ["x", "w"].flatMap { Wire.field(1, $0) } + Wire.field(2, "y") + Wire.field(3, "c")
        return Wire.model(
            Wire.field(1, node + Wire.field(4, "Conv") + Wire.field(7, domain) + attribute) + weights
                + Wire.input("x") + Wire.output("y"))
    }

    @Test(arguments: [
        ("pads", 6, Wire.field(7, [0, 0, 0, 0]), "is a list of numbers and must be a list of whole numbers"),
        ("strides", 3, Wire.field(4, "two"), "is a text and must be a list of whole numbers"),
        ("group", 1, [0x15, 0, 0, 0x80, 0x3f], "is a number and must be a whole number"),
        ("auto_pad", 2, Wire.field(3, 1), "is a whole number and must be a text"),
        ("dilations", 4, Wire.field(5, Wire.field(1, 1)), "is a tensor and must be a list of whole numbers"),
        ("kernel_shape", 99, [], "is of another kind and must be a list of whole numbers"),
    ])
    func anAttributeOfAWrongKindIsRefused(_ name: String, _ type: Int, _ value: [UInt8], _ reason: String) {
        let bytes = convolution(attribute(name, type: type, value))
        let error = #expect(throws: ONNXError.self) { try Model(bytes) }
        #expect(error?.problem == .badAttribute(name, node: "Conv 'c'", reason: reason))
        #expect(error?.description == "test.onnx: attribute '\(name)' of Conv 'c' \(reason); export the model again")
    }

    @Test func whatFilesOrOperatorsDoNotSayIsNotChecked() throws {
        // The oldest files say no kinds; other domains' operators have their own; one number is a list of one.
        for bytes in [
            convolution(attribute("pads", type: nil, Wire.field(8, 0))),
            convolution(attribute("pads", type: 3, Wire.field(4, "around")), domain: "custom"),
            convolution(attribute("pads", type: 2, Wire.field(3, 1))),
            convolution(attribute("unheard_of", type: 3, Wire.field(4, "text"))),
        ] { #expect(try Model(bytes).graph.nodes.count == 1) }
    }

    /// Where the file does not say an attribute's kind, the rules look at it themselves.
    @Test(arguments: [
        ("Softmax", NodeAttribute.int("axis", 7), "it has no axis 7"),
        ("Softmax", .int("axis", .max), "its axis is \(Int.max)"),
        ("Transpose", .ints("perm", [0, 0]), "its perm [0, 0] does not fit"),
        ("LRN", .int("size", -1), "its input [2, 3] has fewer than 3 axes"),
        ("MaxPool", .int("storage_order", 1), "it counts by columns"),
        ("AveragePool", .ints("kernel_shape", [.max, 2]), "its kernel_shape is \(Int.max)"),
        ("AveragePool", .ints("kernel_shape", [0, 2]), "its kernel does not fit its input [2, 3]"),
    ])
    func absurdSettingsHaveNoGradient(_ op: String, _ attribute: NodeAttribute, _ reason: String) throws {
        #expect(try problem(op, [attribute], [2, 3]) == reason)
    }

    @Test(arguments: [
        (NodeAttribute.ints("pads", [1 << 40, 0, 0, 0]), "its pads is \(1 << 40)"),
        (.ints("strides", [0, 1]), "its kernel, strides or pads do not fit its input [1, 1, 4, 4]"),
        (.ints("dilations", [-1, 1]), "its kernel, strides or pads do not fit its input [1, 1, 4, 4]"),
        (.ints("pads", [1]), "its kernel, strides or pads do not fit its input [1, 1, 4, 4]"),
    ])
    func absurdWindowsHaveNoGradient(_ attribute: NodeAttribute, _ reason: String) throws {
        #expect(try problem("AveragePool", [.ints("kernel_shape", [2, 2]), attribute], [1, 1, 4, 4]) == reason)
    }

    /// - Returns: why a node that keeps its input's shape has no gradient.
    private func problem(_ op: String, _ attributes: [NodeAttribute], _ shape: [Int]) throws -> String? {
        var writer = GraphWriter()
        writer.input("x", TensorType(shape: shape))
        writer.add(op, ["x"], ["y"], attributes)
        writer.output("y")
        let graph = try Model(try writer.serialized(operatorSet: 13, name: "test.onnx")).graph
        let path = try GradientPath(graph, from: "x", to: "y")
        let types = ["x": TensorType(shape: shape), "y": TensorType(shape: shape)]
        let error = #expect(throws: ONNXError.self) { try Gradient(along: path, types: types) }
        guard case .noGradient(node: "\(op) 'y'", let reason, _) = error?.problem else { return nil }
        return reason
    }

    @Test(arguments: [[1 << 40, 1 << 40], [-1, 3], [1 << 31], [Int](repeating: 1, count: 65)])
    func shapesThatNoMachineHoldsAreRefused(_ shape: [Int]) throws {
        var writer = GraphWriter()
        writer.input("x", TensorType(shape: [2]))
        writer.add("Relu", ["x"], ["y"])
        writer.output("y")
        let graph = try Model(try writer.serialized(operatorSet: 13, name: "test.onnx")).graph
        let types = ["x": TensorType(shape: [2]), "y": TensorType(shape: shape)]
        let path = try GradientPath(graph, from: "x", to: "y")
        let error = #expect(throws: ONNXError.self) { try Gradient(along: path, types: types) }
        #expect(error?.problem == .badTensor("y", reason: "has the shape \(shape)"))
        #expect(graph.layers(before: "y", types: types).isEmpty)
    }

    @Test(arguments: [[1, -1, 2, 2], [1, 1 << 40, 2, 2]])
    func biasesOfAbsurdShapesAreLeftOut(_ shape: [Int]) throws {
        var graph = SmallGraph([1, 3, 2, 2])
        graph.constant("b", [1])
        graph.add("Add", ["x", "b"], "y", [1, 3, 2, 2])
        #expect(try graph.graph.biases(before: "y", types: graph.types).map(\.bias) == [[1, 1, 1]])
        #expect(try graph.graph.biases(before: "y", types: ["y": TensorType(shape: shape)]).isEmpty)
    }

    @Test func shapesThatDoNotFitTheOperatorLeadToNoLayer() throws {
        var graph = SmallGraph([1, 3, 4, 4])
        graph.constant("w", [8, 3, 1, 1])
        graph.add("Conv", ["x", "w"], "a", [1, 8, 4, 4])
        graph.add("Concat", ["a"], "b", [1, 8, 4, 4, 1], [.int("axis", 4)])
        graph.add("Gemm", ["b", "b"], "c", [])
        graph.add("MatMul", ["c", "a"], "y", [])
        #expect(try graph.layers.map(\.tensor) == ["a"])
    }

    @Test func cutOffInitialisersAreRefused() {
        for bytes in [0, 1, 3, 4 * 6 - 1, 4 * 6 + 1] {
            let data = Wire.field(9, [UInt8](repeating: 0, count: bytes))
            let error = #expect(throws: ONNXError.self) {
                try Model(
                    Wire.model(
                        Wire.node("Add", ["x", "w"], ["y"]) + Wire.input("x") + Wire.output("y")
                            + Wire.initialiser("w", [2, 3], type: 1, data)))
            }
            #expect(
                error?.problem
                    == .badTensor("w", reason: "[2, 3] float32 has \(bytes) bytes of data, which does not fit"))
        }
    }

    /// A backward graph knows the forward graph and its weights.
    @Test func aBackwardGraphIsFreed() throws {
        var writer = GraphWriter()
        writer.input("x", TensorType(shape: [2]))
        writer.add("Relu", ["x"], ["y"])
        writer.output("y")
        let forward = try Model(try writer.serialized(operatorSet: 13, name: "test.onnx")).graph
        weak var freed: BackwardGraph?
        do {
            let graph = BackwardGraph(forward: forward, types: ["y": TensorType(shape: [2])])
            graph.give(graph.value(of: "y") * 2, as: "doubled")
            freed = graph
            #expect(try !graph.serialized().isEmpty)
        }
        #expect(freed == nil)
    }

    // MARK: 100,000 operators

    private static let many = 100_000

    @Test func aDeepGraphIsNotGivenToTheEngine() throws {
        var writer = GraphWriter()
        writer.input("x", TensorType(shape: [1, 3]))
        for index in 0..<Self.many { writer.add("Relu", [index == 0 ? "x" : "t\(index)"], ["t\(index + 1)"]) }
        writer.output("t\(Self.many)")
        let model = try Model(try writer.serialized(operatorSet: 13, name: "test.onnx"))
        let error = #expect(throws: ONNXError.self) { try model.serialized() }
        #expect(error?.problem == .tooDeep(operators: Self.many))
        #expect(
            error?.description
                == "test.onnx: the model has 100000 operators one behind the other, more than the 20000 that the "
                + "inference engine bears; no classifier has that many, so export it again")
    }

    @Test func aDeepBackwardGraphIsNotGivenToTheEngine() throws {
        var writer = GraphWriter()
        writer.input("x", TensorType(shape: [1, 3]))
        for index in 0..<8000 { writer.add("Softmax", [index == 0 ? "x" : "t\(index)"], ["t\(index + 1)"]) }
        writer.output("t8000")
        let model = try Model(try writer.serialized(operatorSet: 13, name: "test.onnx"))
        #expect(try !model.serialized().isEmpty)
        let path = try GradientPath(model.graph, from: "x", to: "t8000")
        let types = Dictionary(uniqueKeysWithValues: path.inferred.map { ($0, TensorType(shape: [1, 3])) })
        let error = #expect(throws: ONNXError.self) { try Gradient(along: path, types: types) }
        guard case .tooDeep = error?.problem else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func operatorsInBranchesCount() throws {
        let body = (0..<30_000).flatMap { Wire.node("Relu", ["t\($0)"], ["t\($0 + 1)"]) }
        let branch = Wire.field(1, "then_branch") + Wire.field(6, body) + Wire.field(20, 5)
        let node = Wire.field(1, Wire.field(1, "t0") + Wire.field(2, "y") + Wire.field(4, "If") + Wire.field(5, branch))
        let model = try Model(Wire.model(node + Wire.input("t0") + Wire.output("y")))
        #expect(throws: ONNXError(file: "test.onnx", problem: .tooDeep(operators: 30_001))) { try model.serialized() }
    }

    /// Side by side they are no harder than a few.
    @Test func aWideGraphIsDifferentiated() throws {
        var writer = GraphWriter()
        writer.input("x", TensorType(shape: [1, 3, 2, 2]))
        writer.add("Relu", ["x"], ["a"])
        let rows = Self.many / 2
        for index in 0..<rows {
            writer.add("Exp", ["x"], ["e\(index)"])
            writer.add("Neg", ["e\(index)"], ["n\(index)"])
        }
        writer.add("Sum", ["a"] + (0..<rows).map { "n\($0)" }, ["y"])
        writer.output("y")
        let model = try Model(try writer.serialized(operatorSet: 13, name: "test.onnx"))
        #expect(try !model.serialized().isEmpty)
        let tensors = model.graph.tensors(before: "y")
        var types = Dictionary(uniqueKeysWithValues: tensors.map { ($0, TensorType(shape: [1, 3, 2, 2])) })
        types["x"] = TensorType(shape: [1, 3, 2, 2])
        #expect(model.graph.layers(before: "y", types: types).count == 2 + 2 * rows)
        let gradient = try Gradient(along: try GradientPath(model.graph, from: "a", to: "y"), types: types)
        #expect(gradient.residuals.isEmpty && gradient.forward.nodes.count == 2 + 2 * rows)
    }

    /// Of a chain of sums, each looked through from each activation behind it, the time would go with the square.
    @Test func longChainsOfBiasesAreLookedThroughOnlySoFar() throws {
        var graph = SmallGraph([1, 3, 4, 4])
        graph.constant("b", [1])
        for index in 0..<10_000 {
            graph.add("Add", [index == 0 ? "x" : "a\(index)", "b"], "a\(index + 1)", [1, 3, 4, 4])
            graph.add("Relu", ["a\(index + 1)"], "r\(index + 1)", [1, 3, 4, 4])
        }
        #expect(try graph.layers.isEmpty == false)
    }
}
