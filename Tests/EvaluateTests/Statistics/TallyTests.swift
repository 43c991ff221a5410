import Evaluate
import Testing

@Suite struct TallyTests {
    private let box = TrueBox(x0: 2, y0: 2, x1: 5, y1: 5)

    /// Hot in a square of so many pixels at (2, 2), less so around.
    private func field(_ side: Int) -> HeatField {
        HeatField(
            width: 10, height: 10,
            values: (0..<100).map { (2..<2 + side).contains($0 % 10) && (2..<2 + side).contains($0 / 10) ? 1 : 0.4 })
    }

    private var mask: TrueMask {
        TrueMask(
            width: 10, height: 10,
            pixels: (0..<100).map { (2..<5).contains($0 % 10) && (2..<5).contains($0 / 10) ? .object : .background })
    }

    private let layout = TallyLayout(
        means: [.pointing, .energyInMask], hasBoxes: true, hasMasks: true)

    private func figure(_ metric: Metric, _ figures: [Double]) throws -> Double {
        figures[try #require(layout.metrics.firstIndex(of: metric))]
    }

    private func tally(_ sides: [Int]) -> Tally {
        var tally = Tally(layout)
        for side in sides {
            let found = Whereabouts(field(side), Truth(width: 10, height: 10, boxes: [box], mask: mask))
            tally.add(found.figures, boxes: found.boxes, mask: found.mask)
        }
        return tally
    }

    @Test func figuresAreThoseOfAllPictures() throws {
        let found = tally([3, 3, 8, 8]).figures()
        #expect(try figure(.maxBoxAcc, found) == 0.5)
        #expect(try figure(.maxBoxAccV2, found) == 0.5)
        #expect(abs(try figure(.maskIoU, found) - (1 + 9.0 / 64) / 2) < 1e-6)
        // Each pixel of 1 is one of 146, of which 36 are right; all are found there.
        #expect(abs(try figure(.pixelAP, found) - 36.0 / 146) < 1e-6)
        #expect(abs(try figure(.pointing, found) - (1 + 9.0 / 64) / 2) < 1e-6)
    }

    @Test func thresholdsOfOtherPicturesAreKept() throws {
        let tuned = tally([3]).thresholds
        let found = tally([3, 8]).figures(at: tuned)
        #expect(try figure(.maxBoxAcc, found) == 0.5)
        // Of heat that is the same everywhere only thresholds below it give a box.
        let even = HeatField(width: 10, height: 10, values: [Float](repeating: 1, count: 100))
        var low = Tally(layout)
        low.add([:], boxes: BoxSweep(even, boxes: [TrueBox(x0: 0, y0: 0, x1: 9, y1: 9)]), mask: nil)
        #expect(try figure(.maxBoxAcc, low.figures()) == 1)
        #expect(try figure(.maskIoU, low.figures()).isNaN)
    }

    @Test func whatNoPictureTellsIsNoNumber() throws {
        let found = Tally(layout).figures()
        #expect(found.allSatisfy { $0.isNaN })
        #expect(TallyLayout(means: [.pointing], hasBoxes: false, hasMasks: false).metrics == [.pointing])
    }
}
