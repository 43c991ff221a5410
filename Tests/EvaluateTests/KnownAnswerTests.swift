import Glibc
import Pipeline
import Testing

@testable import Evaluate

/// Models whose answer is known: the figures must tell maps that are right from those that are wrong.
struct KnownAnswerTests {
    private static let size = 24
    private static let area = size * size
    /// Where the first model looks: rows 6 to 11, columns 12 to 17.
    private static func isObject(_ place: Int) -> Bool {
        (6..<12).contains(place / size) && (12..<18).contains(place % size)
    }
    /// The watermark, in the upper left corner.
    private static func isMark(_ place: Int) -> Bool { place / size < 4 && place % size < 4 }

    /// A picture with both, bright on a ground that is nearly the mean colour.
    private static let picture: InputPicture = {
        var random = SplitMix64(4)
        return InputPicture(
            channels: 1, height: size, width: size,
            values: (0..<area).map { isObject($0) || isMark($0) ? 2 : Float(random.value(in: -0.1...0.1)) })
    }()

    /// Looks at the places only that a rule names: the brighter, the more probable.
    private static func looking(at isLookedAt: @escaping (Int) -> Bool) -> HandScorer {
        HandScorer(channels: 1, height: size, width: size) { values in
            let places = (0..<area).filter(isLookedAt)
            let light = places.reduce(0.0) { $0 + Double(values[$1]) } / Double(places.count)
            return 1 / (1 + exp(-4 * (light - 1)))
        }
    }

    private static func map(_ isHot: (Int) -> Bool) -> [Float] { (0..<area).map { isHot($0) ? 1 : 0 } }
    private static let random: [Float] = {
        var random = SplitMix64(9)
        return (0..<area).map { _ in Float(random.value(in: 0...1)) }
    }()

    private func figures(_ map: [Float], _ scorer: HandScorer) throws -> DependenceFigures {
        let measurement = DependenceMeasurement(channels: 1, height: Self.size, width: Self.size)
        return try measurement(Self.picture, maps: [map], classID: 0, scorer) { _, _ in map }[0]
    }

    @Test func whereAModelLooksAtOnePlaceOnlyTheTrueMaskIsBest() throws {
        let scorer = Self.looking(at: Self.isObject)
        let truth = try figures(Self.map(Self.isObject), scorer)
        let moved = try figures(Self.map { Self.isObject(($0 + Self.size * 10) % Self.area) }, scorer)
        let random = try figures(Self.random, scorer)
        // Probable with the object, improbable without: the curve falls within the first of 20 steps or two.
        #expect(truth.probability > 0.95)
        #expect(truth.deletion.area < 0.1 && truth.insertion.area > 0.9)
        #expect(moved.deletion.area > truth.deletion.area + 0.3 && random.deletion.area > truth.deletion.area + 0.2)
        #expect(moved.insertion.area < truth.insertion.area - 0.3)
        #expect(random.insertion.area < truth.insertion.area - 0.15)
        #expect(truth.drop < 1e-6 && !truth.increases)
        #expect(moved.drop > 0.9)
        #expect(truth.adcc! > 0.9 && moved.adcc! < 0.2)
    }

    @Test func roadTellsAMapThatIsRightFromOneThatIsWrong() throws {
        let scorer = Self.looking(at: Self.isObject)
        // Graded, so that every percentile has an order.
        func graded(_ row: Double, _ column: Double) -> [Float] {
            (0..<Self.area).map { place in
                let (y, x) = (Double(place / Self.size) - row, Double(place % Self.size) - column)
                return Float(exp(-(x * x + y * y) / 60))
            }
        }
        let (right, wrong) = (try figures(graded(8.5, 14.5), scorer), try figures(graded(20, 3), scorer))
        #expect(right.road.score > 0.3 && wrong.road.score < 0)
        #expect(abs(try figures(Self.random, scorer).road.score) < 0.15)
        #expect(right.arcc! > 0.5 && wrong.arcc == 0)
    }

    @Test func aConstantMapIsWorthNoMoreThanChance() throws {
        let scorer = Self.looking(at: Self.isObject)
        let constant = try figures([Float](repeating: 1, count: Self.area), scorer)
        let truth = try figures(Self.map(Self.isObject), scorer)
        #expect(constant.deletion.area > truth.deletion.area + 0.2)
        #expect(constant.insertion.area < truth.insertion.area - 0.15)
        // Nothing is hotter than the rest: without the hottest there is nothing, and without the coldest neither.
        #expect(abs(constant.road.score) < 1e-3)
        // All of the picture is kept; that it says nothing shows in complexity.
        #expect(constant.drop == 0 && constant.complexity == 1 && constant.adcc == 0 && constant.arcc == 0)
    }

    @Test func aMapWithoutHeatIsMeasured() throws {
        let cold = try figures([Float](repeating: 0, count: Self.area), Self.looking(at: Self.isObject))
        #expect(cold.drop > 0.9 && cold.complexity == 0 && cold.coherency == 0.5)
        #expect(abs(cold.road.score) < 1e-3)
    }

    /// A watermark in the corner is all that the model looks at: of a map of the object, however right it looks, the score does
    /// not depend, and of one of the corner it does.
    @Test func aWatermarkIsExposed() throws {
        let scorer = Self.looking(at: Self.isMark)
        let object = try figures(Self.map(Self.isObject), scorer)
        let mark = try figures(Self.map(Self.isMark), scorer)
        #expect(mark.deletion.area < 0.1 && object.deletion.area > 0.3)
        #expect(mark.insertion.area > 0.9 && object.insertion.area < mark.insertion.area - 0.3)
        #expect(object.drop > 0.9 && mark.drop < 1e-6)
        #expect(object.adcc! < 0.2 && mark.adcc! > 0.9)
    }

    @Test func aPictureThatTheModelGivesNothingHasNothingToLose() {
        let (drop, increases) = MaskedPicture.outcome(whole: 0, masked: 0.2)
        #expect(drop == 0 && increases)
    }
}
