import Engine
import Foundation
import Pipeline
import TestSupport
import Testing
import Tracking

@testable import Infer

/// One model for several explainers: what is compiled once, and what each has for itself.
struct SharedModelsTests {
    private let colours = checkout.appending(path: "models/colours/colours.yaml").path
    private let format = Pictures.format(320, 240)

    private func config(_ model: String, _ method: String, _ precision: Precision = .f32) throws -> InferConfig {
        var config = InferConfig()
        config.model = model
        (config.method, config.precision) = (try #require(MethodName(rawValue: method)), precision)
        return config
    }

    @Test func aGraphIsCompiledOnceForAllThatShareIt() throws {
        let shared = SharedModels()
        func classifier(_ method: String, _ precision: Precision = .f32) throws -> CompiledClassifier {
            let config = try config(Fixtures.model("vgg"), method, precision)
            return try CompiledClassifier(try shared.read(config), config, shared: shared)
        }
        let first = try classifier("gradcam")
        let other = try classifier("layercam")
        #expect(first.compiled === other.compiled)
        #expect(first.gradients[.layers]?.compiled === other.gradients[.layers]?.compiled)
        // It takes no gradient, but what it takes is compiled for all that take no more.
        let plain = try classifier("eigencam")
        #expect(try classifier("fem").compiled === plain.compiled)
        let rounded = try classifier("layercam", .bf16)
        #expect(first.compiled !== rounded.compiled)
        #expect(first.gradients[.layers]?.compiled === rounded.gradients[.layers]?.compiled)
    }

    @Test func aFileIsReadOnceWhileItIsHeld() throws {
        let shared = SharedModels()
        let config = try config(colours, "cam")
        let read = try shared.read(config)
        #expect(try shared.read(config) === read)
        let other = SharedModels()
        #expect(try other.read(config) !== read)
    }

    /// The compiled one is found again by what the file holds.
    @Test func whatIsInUseIsFoundAgainAfterItsFileWasReadAnew() throws {
        let shared = SharedModels()
        let config = try config(colours, "cam")
        let first = try CompiledClassifier(ReadModel(config), config, shared: shared)
        #expect(try CompiledClassifier(ReadModel(config), config, shared: shared).compiled === first.compiled)
    }

    @Test func anotherModelUnderTheSameNameIsCompiledAnew() throws {
        let folder = try TemporaryFolder()
        let shared = SharedModels(keeping: 2)
        let path = folder.file("m.onnx")
        func classifier(_ fixture: String) throws -> CompiledClassifier {
            try? FileManager.default.removeItem(atPath: path)
            try FileManager.default.copyItem(atPath: Fixtures.model(fixture), toPath: path)
            let config = try config(path, "gradcam")
            return try CompiledClassifier(try shared.read(config), config, shared: shared)
        }
        let first = try classifier("gap_gemm")
        let second = try classifier("gap_gemm_transb0_alpha")
        #expect(first.compiled !== second.compiled)
    }

    /// Requests, filters and choices are each session's own: what one sees does not show in the other.
    @Test(arguments: ["cam", "gradcam", "scorecam"])
    func sessionsOnThreadsOfTheirOwnSeeWhatTheyWouldSeeAlone(method: String) async throws {
        var config = try config(colours, method)
        (config.smoothing, config.scale) = (0.4, .running)
        let (fixed, format) = (config, format)
        let maps = { @Sendable (rgb: (UInt8, UInt8, UInt8), shared: SharedModels?) throws -> [[Float]] in
            let explainer = try Explainer(fixed, format: format, mapCount: 1, shared: shared)
            var maps: [[Float]] = []
            for number in 0..<4 {
                try explainer.submit(
                    try Pictures.rectangle(
                        format, rgb, x: 40 + number * 20..<140, y: 30..<120, milliseconds: Int64(number) * 40))
                maps.append(try explainer.next()!.observations[0].heatmap.values)
            }
            return maps
        }
        let paints: [(UInt8, UInt8, UInt8)] = [(230, 30, 30), (40, 60, 230)]
        let alone = try paints.map { try maps($0, nil) }
        let shared = SharedModels()
        let together = try await withThrowingTaskGroup(of: (Int, [[Float]]).self) { group in
            for (number, paint) in paints.enumerated() {
                group.addTask(executorPreference: try StageThread("session \(number)")) {
                    (number, try maps(paint, shared))
                }
            }
            return try await group.reduce(into: [[[Float]]](repeating: [], count: 2)) { $0[$1.0] = $1.1 }
        }
        #expect(together == alone && alone[0] != alone[1])
    }
}
