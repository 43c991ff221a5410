import Foundation
import ONNX
import Pipeline
import Synchronization
import TestSupport
import Testing

@testable import Engine
@testable import Infer

/// Parts of classifiers that take several variants of a picture at once.
struct BatchTests {
    private let small = SmallNet()
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let methods = [
        "scorecam", "ss-cam", "is-cam", "ablationcam", "reciprocam", "vit-reciprocam", "rise",
    ]

    private func runner(_ net: ProbedNet) -> BatchRunner {
        let isHead = type(of: net.classifier.methods[0].method).needs.contains(.headPasses)
        return net.runners.runner(isHead ? .head : .masked, layer: 0)
    }

    @Test(arguments: methods) func mapsAreTheSameInBatchesAndOneByOne(method: String) throws {
        // 21 masks of RISE and so on: the last batch is not full.
        var maps: [SmallNet.Form: [Float]] = [:]
        for form in SmallNet.Form.allCases {
            let net = try ProbedNet(
                try small.write(form, to: folder), method: method, layers: ProbedNet.layers("A", for: method),
                samples: 21)
            #expect(runner(net).batch > 1 || !form.takesBatches, "\(form)")
            #expect(runner(net).batch == 1 || form.takesBatches, "\(form)")
            maps[form] = try net.map(ofClass: 1)
        }
        for (form, map) in maps { #expect(agree(map, maps[.plain]!, within: 1e-5), "\(form)") }
    }

    private static let models =
        [
            "gap_gemm", "vgg", "fp16", "nhwc_reducemean", "quantised", "nin_conv_relu_gap_softmax", "sigmoid",
            "computed_shape", "constants", "external",
        ].map { Fixtures.model($0) }
        + ["vit", "vit_11", "vit_registers", "vit_pooled", "swin", "convnext"].map { Fixtures.layers($0) }

    /// Nets whose batches are not followed yet: they run one by one.
    private static func isOneByOne(_ path: String) -> Bool { path.contains("swin") || path.contains("convnext") }

    @Test(arguments: models) func aHeadGivesTheModelsOwnScoresForTheUnchangedLayer(path: String) throws {
        let net = try ProbedNet(path, method: "reciprocam")
        let tensor = net.passes.tensor(of: 0)
        let scores = try scores(net, .head, 17) { _, memory in _ = memory.update(fromContentsOf: tensor) }
        for row in scores { #expect(agree(row, net.logits, within: path.contains("fp16") ? 2e-3 : 1e-4)) }
        #expect(runner(net).batch > 1 || Self.isOneByOne(path))
    }

    @Test(arguments: models) func aPictureBehindAnOpenMaskHasTheModelsOwnScores(path: String) throws {
        let net = try ProbedNet(path, method: "rise")
        let scores = try scores(net, .masked, 9) { _, memory in memory.update(repeating: 1) }
        for row in scores { #expect(agree(row, net.logits, within: path.contains("fp16") ? 2e-3 : 1e-4)) }
        #expect(runner(net).batch > 1 || Self.isOneByOne(path))
    }

    /// Of all classes, a row for each variant.
    private func scores(
        _ net: ProbedNet, _ kind: ProbeKind, _ count: Int, fill: (Int, UnsafeMutableBufferPointer<Float>) -> Void
    ) throws -> [[Float]] {
        net.passes.explained = (0..<net.classifier.classes).map { .score($0) }
        let found = try net.passes.probe(kind, layer: 0, count, of: .score(0), for: "test", fill: fill)
        let columns = (0..<net.classifier.classes).map { found.logits(of: .score($0)) }
        return (0..<count).map { row in columns.map { $0[row] } }
    }

    @Test func whatSkipsTheLayerComesInFromTheSide() throws {
        // A fixed batch, and around the layer "A" a second way to the scores.
        let path = try small.write(.fixedBatch, to: folder) { graph in
            graph.add("ReduceMax", ["positive"], ["peak"], [.ints("axes", [1, 2, 3]), .int("keepdims", 1)])
            graph.constant("flatShape", [1, 1], shape: [2])
            graph.add("Reshape", ["peak", "flatShape"], ["flatPeak"])
            graph.add("Add", ["y", "flatPeak"], ["scores"])
        }
        let net = try ProbedNet(path, method: "reciprocam", layers: ["A"])
        #expect(runner(net).part.sides.count == 1 && runner(net).batch > 1)
        let peak = net.logits[0] - small.scores(net.picture)[0]
        #expect(peak > 0)
        let expected = (0..<16).map { place in
            small.head(net.activations.indices.map { $0 % 16 == place ? net.activations[$0] : 0 })[0] + peak
        }
        #expect(agree(try net.map(ofClass: 0), expected))
    }

    @Test func allClassesShareThePasses() throws {
        let passes = Mutex(0)
        let monitor = PassMonitor { count in
            if count.done == count.total { passes.withLock { $0 += count.total } }
        }
        let net = try ProbedNet(
            try small.write(to: folder), method: "reciprocam", layers: ["A"], monitor: monitor)
        net.passes.explained = [.score(0), .score(2), .score(4)]
        let maps = try [0, 2, 4].map { try net.map(ofClass: $0) }
        #expect(passes.withLock { $0 } == 16)
        #expect(maps[0] != maps[1] && maps[1] != maps[2])
        // A class that nobody announced is a run of its own, and so is the next picture.
        _ = try net.map(ofClass: 1)
        #expect(passes.withLock { $0 } == 32)
        try net.passes.start()
        try net.passes.wait()
        _ = try net.map(ofClass: 1)
        #expect(passes.withLock { $0 } == 48)
    }

    @Test func progressIsToldAfterEachBatch() throws {
        let counts = Mutex<[PassMonitor.Count]>([])
        let monitor = PassMonitor { count in counts.withLock { $0.append(count) } }
        let net = try ProbedNet(
            try small.write(to: folder), method: "rise", samples: 20, monitor: monitor)
        _ = try net.map(ofClass: 0)
        let batch = runner(net).batch
        let expected = stride(from: batch, to: 20, by: batch) + [20]
        #expect(counts.withLock { $0.map(\.done) } == expected)
        #expect(counts.withLock { $0 }.allSatisfy { $0.total == 20 && $0.method == "RISE" })
    }

    @Test(arguments: methods) func aMapThatIsCancelledEndsAtOnce(method: String) throws {
        let stop = StopAtFirst()
        let monitor = PassMonitor { _ in stop.note() }
        stop.monitor.withLock { $0 = monitor }
        let net = try ProbedNet(
            try small.write(.mixingPictures, to: folder), method: method, layers: ProbedNet.layers("A", for: method),
            samples: 100, monitor: monitor)
        for _ in 0..<2 {
            do {
                _ = try net.map(ofClass: 0)
                Issue.record("it went on")
            } catch InferError.cancelled {}
        }
        #expect(stop.reports.withLock { $0 } == 1)
    }

    /// Cancels as soon as the first batch is reported.
    private final class StopAtFirst: Sendable {
        let monitor = Mutex<PassMonitor?>(nil)
        let reports = Mutex(0)

        func note() {
            reports.withLock { $0 += 1 }
            monitor.withLock { $0 }?.cancel()
        }
    }

    @Test func autoTakesReciproCAMWhereThereIsNoGradientAndSaysWhy() throws {
        let path = try small.write(.plain, to: folder) { $0.add("Asinh", ["y"], ["scores"]) }
        let net = try ProbedNet(path, method: "auto", layers: ["A"])
        #expect(type(of: net.classifier.methods[0].method) == ReciproCAM.self)
        let notes = net.classifier.notes
        #expect(notes.contains { $0.hasPrefix("Grad-CAM rather than CAM, because ") })
        #expect(
            notes.contains {
                $0.hasPrefix("Recipro-CAM rather than Grad-CAM, because there is no gradient for operator Asinh")
            })
        #expect(try net.map(ofClass: 2).count == 16)
        // Who asks for gradients is told.
        #expect(throws: InferError.self) { try ProbedNet(path, method: "gradcam", layers: ["A"]) }
    }

    @Test func autoTakesTheFormForTokensOnTransformers() throws {
        var choice = try MethodChoice(.auto, try Model(contentsOf: Fixtures.layers("vit")).graph, layers: [])
        let error = ONNXError(file: "", problem: .noGradient(node: "Loop", reason: "it loops", alternatives: []))
        let isTaken = choice.avoidGradient(after: error)
        let tokens = Layer(tensor: "", op: "", layout: .tokens(prefix: 1), channels: 1, height: 2, width: 2)
        choice.suit([tokens])
        #expect(isTaken && choice.method == ViTReciproCAM.self)
        choice = try MethodChoice(.auto, try Model(contentsOf: Fixtures.layers("vit")).graph, layers: [])
        let other = ONNXError(file: "", problem: .noInput)
        let isTakenForAnother = choice.avoidGradient(after: other)
        #expect(!isTakenForAnother)
    }

    @Test func classTokensStayWhereAPlaceIsCutOut() throws {
        let net = try ProbedNet(Fixtures.layers("vit_registers"), method: "reciprocam")
        let layer = net.classifier.layers[0]
        guard case .tokens(let prefix) = layer.layout else { throw NoTokens() }
        #expect(prefix == 5)
        let tensor = net.passes.tensor(of: 0)
        let expected = try scores(net, .head, layer.area) { place, memory in
            for index in memory.indices {
                let token = index / layer.channels
                memory[index] = token < prefix || token == prefix + place ? tensor[index] : 0
            }
        }.map { $0[1] }
        let other = try ProbedNet(Fixtures.layers("vit_registers"), method: "reciprocam")
        #expect(agree(try other.map(ofClass: 1), expected, within: 1e-5))
    }
    private struct NoTokens: Error {}

    @Test(arguments: methods) func sixteenBitsGiveRoughlyTheSameMap(method: String) throws {
        let path = try small.write(to: folder)
        let exact = try ProbedNet(path, method: method, layers: ProbedNet.layers("A", for: method), samples: 24).map(
            ofClass: 4)
        let rounded = try ProbedNet(
            path, method: method, layers: ProbedNet.layers("A", for: method), samples: 24, precision: .bf16
        ).map(ofClass: 4)
        #expect(agree(rounded, exact, within: 0.1))
    }
}
