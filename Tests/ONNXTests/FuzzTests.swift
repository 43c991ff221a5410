import Foundation
import ONNX
import TestSupport
import Testing

/// Damaged files give a model or an error, and never crash or hang.
@Suite(.timeLimit(.minutes(30)))
struct FuzzTests {
    /// Everything that is asked of a model.
    private func use(_ bytes: Data) {
        do {
            var model = try Model(bytes, file: "fuzz", folder: Fixtures.folder)
            _ = try? model.graph.imageInput()
            if let head = try? model.graph.camHead() { try? model.graph.addOutput(head.target) }
            for node in model.graph.nodes { _ = model.graph.consumers(of: node.outputs.first ?? "") }
            #expect(try !model.serialized().isEmpty)
        } catch {
            #expect(error.file == "fuzz" && !error.description.contains("\n"))
        }
    }

    @Test(arguments: try Fixtures.models)
    func cutOffFiles(_ name: String) throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: Fixtures.model(name)))
        for sixteenth in 0..<16 { use(whole.prefix(whole.count * sixteenth / 16)) }
    }

    @Test(arguments: try Fixtures.models)
    func flippedBytes(_ name: String) throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: Fixtures.model(name)))
        var generator = Noise(UInt64(whole.count))
        for _ in 0..<200 {
            var damaged = whole
            let position = Int.random(in: 0..<whole.count, using: &generator)
            damaged[position] ^= UInt8.random(in: 1...255, using: &generator)
            use(damaged)
        }
    }

    @Test func graphsInGraphsInGraphs() {
        var graph = Wire.node("Relu", ["a"], ["b"])
        for _ in 0..<2000 { graph = Wire.field(1, Wire.field(5, Wire.field(1, "body") + Wire.field(6, graph))) }
        let error = #expect(throws: ONNXError.self) { try Model(Wire.model(graph)) }
        #expect(error?.problem == .notProtobuf)
    }

    @Test func aChainOfConstantsIsFollowedOnlySoFar() throws {
        // Each step reads the one before three times: followed without limit, this never ends.
        let steps = (0..<40).flatMap {
            Wire.node("DequantizeLinear", ["w\($0)", "w\($0)", "w\($0)"], ["w\($0 + 1)"])
        }
        let start = Wire.initialiser("w0", [1], type: 1, Wire.field(9, [0, 0, 128, 63]))
        let end = Wire.node("MatMul", ["x", "w40"], ["y"])
        let model = try Model(Wire.model(steps + end + start + Wire.input("x") + Wire.output("y")))
        let error = #expect(throws: ONNXError.self) { try model.graph.camHead() }
        guard case .noGAPHead(_, "the weights of MatMul are not constant") = error?.problem else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
