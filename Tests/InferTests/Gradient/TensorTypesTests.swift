import Foundation
import ONNX
import Testing

@testable import Engine
@testable import Infer

/// Shapes are inferred without the weights, which may be large.
struct TensorTypesTests {
    private func types(_ model: Model, of tensors: [String], bytes: [UInt8]) throws -> [String: TensorType] {
        let core = try Core.shared()
        return try bytes.lend { bytes throws(OpenVINOError) in
            try core.types(onnx: bytes, input: nil, of: tensors)
        }
    }

    private let network = RuleCase("a dense layer", [[1, 3, 8, 8]]) { graph in
        graph.constant("kernel", [Float](repeating: 1, count: 64 * 27), shape: [64, 3, 3, 3])
        graph.constant("bias", [Float](repeating: 1, count: 64), shape: [64])
        graph.add("Conv", ["x0", "kernel", "bias"], ["features"])
        graph.add("Flatten", ["features"], ["flat"])
        graph.constant("weights", [Float](repeating: 1, count: 2304 * 7), shape: [2304, 7])
        graph.add("MatMul", ["flat", "weights"], ["y"])
    }

    @Test func shapesAreTheSameWithoutTheWeights() throws {
        var model = try network.model()
        for tensor in ["features", "flat"] { try model.graph.addOutput(tensor) }
        let small = try model.serializedWithoutWeights()
        #expect(small.count < 2000)
        let found = try types(model, of: ["x0", "features", "flat", "y"], bytes: small)
        #expect(found["features"] == TensorType(shape: [1, 64, 6, 6]))
        #expect(found == (try types(model, of: ["x0", "features", "flat", "y"], bytes: model.serialized())))
        #expect(found == (try Core.shared().types(of: try network.model(), before: "y", input: nil)))
    }

    @Test func aShapeThatIsComputedFromALargeConstantIsInferredWithIt() throws {
        let rule = RuleCase("a shape in a table", [[1, 6]]) { graph in
            graph.constant("table", [2, 3] + [Float](repeating: 0, count: 2046), shape: [2048])
            graph.constant("begin", [0], shape: [1])
            graph.constant("end", [2], shape: [1])
            graph.add("Slice", ["table", "begin", "end"], ["sizes"])
            graph.add("Cast", ["sizes"], ["shape"], [.int("to", ElementType.int64.rawValue)])
            graph.add("Reshape", ["x0", "shape"], ["y"])
        }
        let model = try rule.model()
        #expect(try types(model, of: ["y"], bytes: model.serializedWithoutWeights()).isEmpty)
        let found = try Core.shared().types(of: model, before: "y", input: nil)
        #expect(found["y"] == TensorType(shape: [2, 3]))
    }

    @Test func inputsOfOlderFilesThatAreWeightsAreReplaced() throws {
        var rule = GraphWriter()
        rule.input("x0", TensorType(shape: [1, 1024]))
        rule.input("weights", TensorType(shape: [1024, 2]))
        rule.constant("weights", [Float](repeating: 1, count: 2048), shape: [1024, 2])
        rule.add("MatMul", ["x0", "weights"], ["y"])
        rule.output("y")
        let model = try Model(
            rule.serialized(operatorSet: 13, name: "old"), file: "old", folder: .temporaryDirectory)
        let found = try types(model, of: ["x0", "y"], bytes: model.serializedWithoutWeights())
        #expect(found["y"] == TensorType(shape: [1, 2]))
    }
}
