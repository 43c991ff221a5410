import ONNX
import Pipeline
import Testing

@testable import Engine
@testable import Infer

/// Maps of boxes against PyTorch's.
struct BoxMapTests {
    /// The greatest difference, as a share of the expected numbers' range.
    private func error(_ found: [Float], _ expected: [Float]) -> Float {
        guard found.count == expected.count, let low = expected.min(), let high = expected.max(), high > low else {
            return .infinity
        }
        return zip(found, expected).map { abs($0 - $1) }.max()! / (high - low)
    }

    @Test(arguments: DetectorGolden.names) func candidatesAreWhatTheNetSays(name: String) throws {
        let detector = try GoldenDetector(name)
        let golden = detector.golden
        #expect(error(Array(try detector.passes.values(of: golden.scores)), golden.values) < 1e-5)
        let output = try #require(detector.read.outputs.first { $0.name == golden.scores })
        #expect(output.shape.compactMap { $0 }.reduce(1, *) == golden.values.count)
    }

    @Test(arguments: DetectorGolden.names) func levelsAreTheMapsThatTheHeadReads(name: String) throws {
        let detector = try GoldenDetector(name)
        let levels = try #require(detector.model.maps).scores.levels
        #expect(levels.map(\.tensor) == detector.golden.levels.map(\.name))
        #expect(levels.map(\.shape) == detector.golden.levels.map(\.shape))
        #expect(
            detector.model.notes.count == 1 && detector.model.notes[0].hasPrefix("method: LayerCAM, map of a box 8x8"))
    }

    @Test(arguments: DetectorGolden.names) func gradientsArePyTorchs(name: String) throws {
        let detector = try GoldenDetector(name)
        let maps = try #require(detector.model.maps)
        let forward = try InferRequest(detector.model.compiled)
        try forward.inputTensor().bytes().copyBytes(from: DetectorGolden.picture)
        try forward.start()
        try forward.wait()
        for box in detector.golden.boxes {
            let origin = try #require(maps.scores.origin(of: box.element))
            let gradients = try SeededGradients(
                maps.scores.sources[origin.source], maps.sources[origin.source], of: forward)
            try gradients.begin([origin.element])
            let found = try gradients.take(0)
            #expect(found.map(\.level).sorted() == box.gradients.indices.filter { box.gradients[$0] != nil })
            for (level, values) in found {
                let expected = try #require(box.gradients[level])
                #expect(error(Array(values), expected) < 1e-4, "element \(box.element), level \(level)")
            }
            gradients.end()
        }
    }

    @Test(arguments: DetectorGolden.names) func levelsBecomeOneMap(name: String) throws {
        let detector = try GoldenDetector(name)
        let found = try detector.passes.maps(of: detector.golden.boxes.map(\.element))
        for (map, box) in zip(found, detector.golden.boxes) {
            #expect((map.height, map.width) == (8, 8))
            #expect(error(map.values, box.joined) < 1e-4, "element \(box.element)")
            // Less than 1 where one level speaks against what another one speaks for.
            #expect((0.01...1.001).contains(map.values.reduce(0) { $0 + max(0, $1) }))
        }
        #expect(found.count == detector.golden.boxes.count)
    }

    /// Twice the same box among them, and in another order.
    @Test(arguments: DetectorGolden.names) func manyBoxesAtOnceAreLikeOneByOne(name: String) throws {
        let detector = try GoldenDetector(name)
        let elements = detector.golden.boxes.map(\.element)
        let alone = try elements.map { try detector.passes.maps(of: [$0])[0].values }
        let order = elements.indices.reversed() + [0, 0]
        let together = try detector.passes.maps(of: order.map { elements[$0] })
        for (map, position) in zip(together, order) { #expect(error(map.values, alone[position]) < 1e-5) }
    }

    @Test func anotherPictureHasOtherMaps() throws {
        let detector = try GoldenDetector("yolox")
        let elements = detector.golden.boxes.map(\.element)
        let before = try detector.passes.maps(of: elements)
        try detector.look(at: DetectorGolden.picture.reversed())
        let other = try detector.passes.maps(of: elements)
        try detector.look(at: DetectorGolden.picture)
        let again = try detector.passes.maps(of: elements)
        for position in elements.indices {
            #expect(error(other[position].values, before[position].values) > 0.01)
            #expect(again[position].values == before[position].values)
        }
    }

    @Test func whatIsNoClassScoreHasNoHeat() throws {
        let detector = try GoldenDetector("yolox")
        // The first number is a box's x.
        let maps = try detector.passes.maps(of: [0, detector.golden.boxes[0].element])
        #expect(maps[0].values == [Float](repeating: 0, count: 64))
        #expect(maps[1].values.contains { $0 > 0 })
        #expect(try detector.passes.maps(of: []).isEmpty)
    }

    @Test(arguments: ["gradcam", "gradcam++", "hirescam", "xgradcam", "gradcam-elementwise", "eigengradcam"])
    func otherMethodsMapBoxes(name: String) throws {
        let detector = try GoldenDetector("yolov8", method: try #require(MethodName(rawValue: name)))
        let maps = try detector.passes.maps(of: detector.golden.boxes.map(\.element))
        #expect(maps.allSatisfy { $0.values.allSatisfy(\.isFinite) && $0.values.contains { $0 > 0 } })
        #expect(maps[0].values != maps[1].values)
        #expect(error(maps[0].values, detector.golden.boxes[0].joined) > 0.01)
    }

    @Test(arguments: ["eigencam", "features"]) func ofMethodsWithoutGradientsAllBoxesHaveTheSameMap(name: String) throws
    {
        let detector = try GoldenDetector("yolov8", method: try #require(MethodName(rawValue: name)))
        let maps = try detector.passes.maps(of: detector.golden.boxes.map(\.element))
        #expect(maps[0].values == maps[1].values && maps[0].values.contains { $0 > 0 })
    }

    @Test(arguments: ["cam", "finercam", "scorecam", "saliency", "shapleycam"])
    func methodsThatNeedMoreAreRefused(name: String) throws {
        let method = try #require(MethodName(rawValue: name))
        let error = #expect(throws: InferError.self) { try GoldenDetector("yolox", method: method) }
        #expect(error?.isUsage == true)
        #expect("\(try #require(error))".contains("cannot map a detector's boxes"))
    }

    @Test func withoutClassScoresThereAreBoxesOnly() throws {
        let read = try ReadDetector(try DetectorGolden.model("yolox"), input: DetectorGolden.input)
        let model = try DetectorModel(read, scores: nil)
        #expect(!model.mapsBoxes && model.notes.isEmpty)
        let passes = try DetectorPasses(model)
        passes.input.copyBytes(from: DetectorGolden.picture)
        try passes.start()
        try passes.wait()
        #expect(try passes.values(of: read.outputs[0].name).count == 84 * 8)
        #expect(try passes.maps(of: [5]).isEmpty)
    }
}
