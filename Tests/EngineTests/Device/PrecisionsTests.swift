import Testing

@testable import Engine

/// What a device computes in, from what the engine says of it.
struct PrecisionsTests {
    @Test(
        arguments: [
            (["FP32 INT8 BIN EXPORT_IMPORT"], ["f32"]),
            (["FP32 FP16 BF16 INT8 BIN EXPORT_IMPORT"], ["f32", "bf16", "f16"]),
            (["FP32 BIN FP16 INT8 GPU_HW_MATMUL EXPORT_IMPORT"], ["f32", "f16"]),
            (["FP16 INT8 EXPORT_IMPORT"], ["f16"]),
            (["FP16 INT8 EXPORT_IMPORT", "FP32 INT8 BIN"], ["f32", "f16"]),
            ([], ["f32"]), ([""], ["f32"]),
        ] as [([String], [String])])
    func theExactOneIsFirstWhereThereIsOne(capabilities: [String], precisions: [String]) {
        #expect(Core.precisions(capabilities: capabilities) == precisions)
    }

    @Test(.enabled(if: Combinations.areThere), arguments: ["CPU"] + Combinations.all)
    func whereThisProcessorComputesThereIsF32(text: String) throws {
        #expect(try Core.shared().precisions(on: try #require(Device(text))).first == "f32")
    }
}
