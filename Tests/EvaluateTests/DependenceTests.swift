import Testing

@testable import Evaluate

/// Whether a score depends on what is hot: the figures of other programs, for the same maps of the same net.
struct DependenceTests {
    private let golden: DependenceGolden

    init() throws { golden = try DependenceGolden.shared.get() }

    private static let names = ["blob", "cold", "enlarged", "noise"]

    /// Of all maps, without noise; in the order of their names.
    private static func figures(steps: Int) -> Result<[DependenceFigures], any Error> {
        Result {
            let golden = try DependenceGolden.shared.get()
            var settings = DependenceSettings()
            (settings.steps, settings.noise) = (steps, 0)
            let measurement = DependenceMeasurement(channels: 3, height: golden.size, width: golden.size, settings)
            return try measurement(
                golden.input, maps: names.map { golden.maps[$0]!.heat }, classID: golden.classID, golden.scorer
            ) { map, _ in golden.maps[names[map]]!.again }
        }
    }

    private static let inTwentySteps = figures(steps: 20)

    private func figures(
        _ name: String, among all: Result<[DependenceFigures], any Error> = inTwentySteps
    ) throws -> (figures: DependenceFigures, expected: DependenceGolden.Map) {
        (try all.get()[Self.names.firstIndex(of: name)!], try #require(golden.maps[name]))
    }

    @Test func theNetIsComputedHereAsInPyTorch() throws {
        #expect(abs(golden.scorer.probability(golden.input.values) - golden.probability) < 1e-5)
        #expect(Set(golden.maps.keys) == Set(Self.names))
    }

    @Test func theBlurredPictureIsThatOfPetsiuk() {
        #expect(distance(golden.thinned(golden.input.blurred.values), golden.blurred) < 1e-5)
    }

    @Test(arguments: names) func areasAreThoseOfTorchCAM(name: String) throws {
        let (found, expected) = try figures(name)
        #expect(abs(found.deletion.area - expected.steps20.deletion) < 1e-4)
        #expect(abs(found.insertion.area - expected.steps20.insertion) < 1e-4)
    }

    @Test func aStepARowGivesTheAreasOfPetsiuk() throws {
        let all = Self.figures(steps: golden.size)
        for name in Self.names {
            let (found, expected) = try figures(name, among: all)
            #expect(abs(found.deletion.area - expected.rows.deletion) < 1e-4, "\(name)")
            #expect(abs(found.insertion.area - expected.rows.insertion) < 1e-4, "\(name)")
            #expect(found.deletion.fractions.count == golden.size + 1)
        }
    }

    @Test(arguments: names) func roadIsThatOfPyTorchGradCAM(name: String) throws {
        let (found, expected) = try figures(name)
        for (one, other) in [
            (found.road.withoutHottest, expected.road.withoutHottest),
            (found.road.withoutColdest, expected.road.withoutColdest),
        ] {
            #expect(one.count == 4 && zip(one, other).allSatisfy { abs($0 - $1) < 1e-3 })
        }
        #expect(abs(found.road.score - expected.combined) < 1e-3)
    }

    @Test(arguments: names) func whatIsFilledInIsAsPyTorchGradCAMFillsItIn(name: String) throws {
        let map = try #require(golden.maps[name])
        let threshold = RemoveAndDebias.percentile(40, ofSorted: map.heat.sorted())
        let filled = LinearImputation(golden.input, removed: map.heat.map { Double($0) >= threshold })()
        #expect(distance(golden.thinned(filled.values), map.imputed) < 1e-3)
    }

    @Test(arguments: names) func dropIncreaseAndWhatIsMadeOfThemAreThoseOfPyTorchGradCAM(name: String) throws {
        let (found, expected) = try figures(name)
        #expect(abs(found.drop - expected.drop) < 1e-3)
        #expect(found.increases == (expected.increase == 1))
        #expect(abs(found.complexity - expected.complexity) < 1e-4)
        #expect(abs(found.coherency! - expected.coherency) < 1e-4)
        #expect(abs(found.adcc! - expected.adcc) < 1e-3)
        #expect(abs(found.arcc! - expected.arcc) < 1e-3)
    }

    @Test func mapsTogetherAreMeasuredAsEachByItself() throws {
        let picture = InputPicture(
            channels: 2, height: 6, width: 5, values: (0..<60).map { Float($0 % 7) - 3 })
        let scorer = HandScorer(channels: 2, height: 6, width: 5) { values in
            values.enumerated().reduce(0.5) { $0 + Double($1.offset % 5) * Double($1.element) / 500 }
        }
        let measurement = DependenceMeasurement(channels: 2, height: 6, width: 5)
        let maps: [[Float]] = (1..<4).map { factor in (0..<30).map { Float($0 * factor * 7 % 31) / 30 } }
        let together = try measurement(picture, maps: maps, classID: 0, scorer)
        for (number, heat) in maps.enumerated() {
            let alone = try measurement(picture, maps: [heat], classID: 0, scorer)
            #expect(together[number] == alone[0])
            #expect(alone[0].coherency == nil && alone[0].adcc == nil && alone[0].arcc == nil)
        }
        #expect(together[0].insertion != together[1].insertion && together[0].road != together[1].road)
    }

    @Test func noiseIsOfTheSeedAndOfItsDeviation() throws {
        let picture = golden.input
        func filled(_ seed: UInt64, _ noise: Float) throws -> [Float] {
            var settings = DependenceSettings()
            (settings.seed, settings.noise, settings.percentiles) = (seed, noise, [20])
            var first: [Float] = []
            let scorer = HandScorer(channels: 3, height: golden.size, width: golden.size) { values in
                first.append(contentsOf: values)
                return 0.5
            }
            let measurement = DependenceMeasurement(channels: 3, height: golden.size, width: golden.size, settings)
            _ = try measurement(picture, maps: [golden.maps["noise"]!.heat], classID: 0, scorer)
            // Behind the ends of the curves and their 19 points between them.
            let count = picture.values.count
            return Array(first[(3 + 38) * count..<(3 + 39) * count])
        }
        let clean = try filled(1, 0)
        let noisy = try filled(1, 0.01)
        #expect(try filled(1, 0.01) == noisy)
        #expect(try filled(2, 0.01) != noisy)
        let noise = zip(noisy, clean).map { $0 - $1 }.filter { $0 != 0 }
        // Eight tenths of the places, of which one or the other may be 0 by rounding.
        #expect(abs(Double(noise.count) / Double(clean.count) - 0.8) < 0.01)
        let deviation = (noise.reduce(0) { $0 + $1 * $1 } / Float(noise.count)).squareRoot()
        #expect(abs(deviation - 0.01) < 5e-4)
    }
}
