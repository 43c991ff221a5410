import Foundation
import TestSupport
import Testing

@testable import Evaluate

/// How alike two maps are: as SciPy and scikit-image say (Tests/Fixtures/generate_evaluate.py), and by known answers.
struct SimilarityTests {
    private struct Golden: Decodable {
        let kind: String
        let height: Int
        let width: Int
        let one: [Float]
        let other: [Float]
        let rankCorrelation: Double
        let structuralSimilarity: Double
    }

    private let cases: [Golden]

    init() throws {
        cases = try JSONDecoder().decode(
            [Golden].self,
            from: Data(contentsOf: checkout.appending(path: "Tests/Fixtures/evaluate/similarity.json")))
    }

    @Test func rankCorrelationIsSciPys() {
        #expect(cases.count == 4)
        for golden in cases {
            let found = RankCorrelation.spearman(golden.one, golden.other)
            #expect(abs(found - golden.rankCorrelation) < 1e-9, "\(golden.kind)")
        }
    }

    @Test func structuralSimilarityIsScikitImages() {
        for golden in cases {
            let found = StructuralSimilarity.mean(
                golden.one, golden.other, height: golden.height, width: golden.width)
            // The same sums in another order.
            #expect(abs(found - golden.structuralSimilarity) < 1e-6, "\(golden.kind)")
        }
    }

    @Test func equalMapsAreAlikeAndOppositeOnesAreNot() {
        let map = (0..<144).map { Float($0 * 37 % 144) / 144 }
        #expect(abs(RankCorrelation.spearman(map, map) - 1) < 1e-12)
        #expect(abs(RankCorrelation.spearman(map, map.map { 1 - $0 }) + 1) < 1e-12)
        #expect(abs(StructuralSimilarity.mean(map, map, height: 12, width: 12) - 1) < 1e-12)
        #expect(RankCorrelation.spearman(map, [Float](repeating: 0.5, count: 144)) == 0)
    }

    @Test(arguments: [1, 2, 7, 11]) func mapsMayBeSmall(size: Int) {
        let map = (0..<size * size).map { Float($0 * 5 % 7) / 7 }
        #expect(abs(StructuralSimilarity.mean(map, map, height: size, width: size) - 1) < 1e-12)
    }

    @Test func aMapThatDoesNotChangeIsNotSensitive() {
        #expect(MaximumSensitivity.of([1, 2, 2], [[1, 2, 2], [1, 2, 2]]) == 0)
        #expect(MaximumSensitivity.of([0, 0], [[0, 0]]) == 0)
        #expect(MaximumSensitivity.of([0, 0], [[0, 1]]) == .infinity)
    }

    @Test func theLargestChangeCounts() {
        // ‖(0, 0, 3)‖ / ‖(1, 2, 2)‖, and a smaller one.
        #expect(abs(MaximumSensitivity.of([1, 2, 2], [[1, 2, 5], [1, 2, 3]]) - 1) < 1e-12)
    }

    @Test func picturesChangeByTheRadiusAtMost() {
        var sensitivity = MaximumSensitivity()
        let bytes = (0..<4000).map { UInt8($0 % 256) }
        let changed = sensitivity.changed(bytes, draw: 0)
        let steps = zip(bytes, changed).map { Int($1) - Int($0) }
        #expect(steps.min() == -5 && steps.max() == 5)
        #expect(sensitivity.changed(bytes, draw: 0) == changed && sensitivity.changed(bytes, draw: 1) != changed)
        sensitivity.seed = 2
        #expect(sensitivity.changed(bytes, draw: 0) != changed)
    }

    /// The norm of a linear map's change is known: of x itself, with values far from the ends, about the radius.
    @Test func aMapThatIsThePictureChangesAsThePictureDoes() {
        let bytes = [UInt8](repeating: 100, count: 500)
        var sensitivity = MaximumSensitivity()
        sensitivity.draws = 4
        let found = sensitivity(bytes) { $0.map(Float.init) }
        // Uniform in ±5.1: a deviation of 5.1 / √3.
        #expect(abs(found - 5.1 / 3.0.squareRoot() / 100) < 0.003)
    }
}
