import Evaluate
import Testing

@Suite struct PointingTests {
    private func field(_ hot: [(x: Int, y: Int)], width: Int = 60, height: Int = 40) -> HeatField {
        var values = [Float](repeating: 0.25, count: width * height)
        for place in hot { values[place.y * width + place.x] = 1 }
        return HeatField(width: width, height: height, values: values)
    }

    private let box = TrueBox(x0: 30, y0: 10, x1: 40, y1: 20)

    private var mask: TrueMask {
        TrueMask(
            width: 60, height: 40,
            pixels: (0..<2400).map {
                (30..<40).contains($0 % 60) && (10..<20).contains($0 / 60) ? .object : .background
            })
    }

    @Test(arguments: [
        (35, 15, 1.0, 1.0), (30, 10, 1, 1), (29, 15, 0, 1), (15, 15, 0, 1), (14, 15, 0, 0), (20, 0, 0, 1),
        (18, 0, 0, 0), (39, 34, 0, 1), (39, 35, 0, 0),
    ])
    func thePixelIsOnTheObjectOrNear(_ x: Int, _ y: Int, _ exact: Double, _ near: Double) {
        let field = field([(x, y)])
        #expect(Pointing.score(field, boxes: [box], tolerance: 0) == exact)
        #expect(Pointing.score(field, boxes: [box], tolerance: 15) == near)
        #expect(Pointing.score(field, mask, tolerance: 0) == exact)
        #expect(Pointing.score(field, mask, tolerance: 15) == near)
    }

    @Test func ofSeveralHottestPixelsTheShareThatHitsCounts() {
        let field = field([(35, 15), (36, 15), (0, 39), (59, 39)])
        #expect(Pointing.score(field, boxes: [box], tolerance: 0) == 0.5)
        #expect(Pointing.score(field, mask, tolerance: 0) == 0.5)
    }

    @Test func whereNothingIsHotNothingIsHit() {
        let cold = HeatField(width: 60, height: 40, values: [Float](repeating: 0, count: 2400))
        #expect(Pointing.score(cold, boxes: [box], tolerance: 15) == 0)
        #expect(Energy.inside([box], cold) == 0 && Energy.inside(mask, cold) == 0)
    }

    @Test func theTrueMaskAsAMapIsPerfectAndItsOppositeIsNot() {
        let own = HeatField(width: 60, height: 40, values: mask.pixels.map { $0 == .object ? 1 : 0 })
        let found = Whereabouts(own, Truth(width: 60, height: 40, boxes: [box], mask: mask))
        #expect(found.figures[Metric.pointing.key] == 1 && found.figures[Metric.energyInMask.key] == 1)
        #expect(found.mask?.overlap.allSatisfy { $0 == 1 } == true)
        let other = HeatField(width: 60, height: 40, values: mask.pixels.map { $0 == .object ? 0 : 1 })
        let missed = Whereabouts(other, Truth(width: 60, height: 40, boxes: [box], mask: mask))
        #expect(missed.figures[Metric.pointing.key] == 0 && missed.figures[Metric.energyInMask.key] == 0)
        #expect(missed.mask?.overlap.allSatisfy { $0 == 0 } == true)
    }

    @Test func heatInABoxThatIsThereTwiceCountsOnce() {
        let even = HeatField(width: 60, height: 40, values: [Float](repeating: 1, count: 2400))
        #expect(abs(Energy.inside([box, box], even) - 100.0 / 2400) < 1e-12)
    }

    @Test func whatIsIgnoredCountsNowhere() {
        let mask = TrueMask(width: 4, height: 1, pixels: [.object, .ignored, .ignored, .background])
        let field = HeatField(width: 4, height: 1, values: [1, 1, 1, 1])
        #expect(Energy.inside(mask, field) == 0.5)
        let sweep = MaskSweep(field, mask)
        #expect(sweep.object.reduce(0, +) == 1 && sweep.background.reduce(0, +) == 1)
        #expect(sweep.overlap[0] == 0.5)
    }

    @Test func aMaskAtAnotherSizeHasItsObjectInTheSamePlace() throws {
        let half = mask.resized(width: 30, height: 20)
        #expect(half.box == TrueBox(x0: 15, y0: 5, x1: 20, y1: 10))
        #expect(mask.resized(width: 120, height: 80).box == TrueBox(x0: 60, y0: 20, x1: 80, y1: 40))
    }
}
