import Foundation
import ONNX
import TestSupport
import Testing

@testable import Engine

/// A graph on each device that ends at this processor: the same numbers, and what is compiled is kept apart.
struct CombinedDeviceTests {
    private func scores(_ device: Device, _ hint: PerformanceHint) throws -> [Float] {
        let model = try Model(contentsOf: Fixtures.model("gap_gemm"))
        let input = try PictureInput(of: model)
        let compiler = try ModelCompiler(file: model.file).with(EngineOptions(device: device, hint: hint))
        let compiled = try compiler.compile(model, input: input)
        #expect(compiled.precision(asked: "f32") == "f32" && compiled.devices.contains("CPU"))
        #expect(try compiled.bestRequestCount() > 0)
        let request = try InferRequest(compiled)
        let memory = try request.inputTensor()
        for index in try memory.bytes().indices { try memory.bytes()[index] = UInt8(index * 37 % 251) }
        try request.start()
        try request.wait()
        let output = try request.outputTensor(model.graph.classScores().logits)
        return Array(try output.floats())
    }

    @Test(.enabled(if: Combinations.areThere), arguments: Combinations.all, [PerformanceHint.throughput, .latency])
    func theNumbersAreTheProcessors(text: String, hint: PerformanceHint) throws {
        let (found, expected) = (try scores(try #require(Device(text)), hint), try scores(.cpu, hint))
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($1)) })
        #expect(found.count == expected.count)
    }

    @Test(.enabled(if: Combinations.areThere)) func whatIsCompiledForOneDeviceIsNotTakenForAnother() throws {
        let model = try Model(contentsOf: Fixtures.model("gap_gemm"))
        let input = try PictureInput(of: model)
        let compiler = try ModelCompiler(file: model.file, shared: CompiledModels().of("m"))
        let auto = try #require(Device("AUTO"))
        let first = try compiler.with(EngineOptions()).compile(model, input: input)
        #expect(try compiler.with(EngineOptions()).compile(model, input: input) === first)
        #expect(try compiler.with(EngineOptions(device: auto)).compile(model, input: input) !== first)
    }
}
