import Evaluate
import Pipeline
import Testing

@Suite struct BoxSweepTests {
    /// Boxes that the authors' tests expect, at thresholds 0, 0.2, 0.4, 0.6 and 0.8.
    @Test(arguments: [
        (
            [0, 0, 0, 0, 0, 0, 0.4, 0.4, 0.4, 0.6, 0, 0.4, 1, 0.8, 0.6, 0, 0.4, 0.4, 0.4, 0.6] as [Float],
            [[1, 1, 4, 3], [1, 1, 4, 3], [2, 1, 4, 3], [2, 2, 4, 3], [2, 2, 3, 3]]
        ),
        (
            [0.4, 0, 0.2, 0.2, 0.2, 0.4, 0.4, 0, 0.4, 0, 0, 0, 0, 0.4, 0, 1, 0.6, 0.8, 0.2, 0.2],
            [[0, 0, 4, 3], [0, 0, 2, 2], [0, 3, 3, 3], [2, 3, 3, 3], [0, 3, 1, 3]]
        ),
    ])
    func theBoxIsThatOfTheAuthorsTests(_ values: [Float], _ boxes: [[Double]]) {
        let field = HeatField(width: 5, height: 4, values: values)
        for (threshold, box) in zip([0, 0.2, 0.4, 0.6, 0.8], boxes) {
            let sweep = BoxSweep(field, boxes: [TrueBox(x0: box[0], y0: box[1], x1: box[2], y1: box[3])])
            #expect(sweep.largest[Int(threshold * 255)] == 1, "at \(threshold)")
        }
    }

    @Test func bothCornersOfABoxCount() {
        // Of a map that is hot in columns 3 to 4 and rows 1 to 3 the box is [3, 1, 5, 4].
        var values = [Float](repeating: 0, count: 64)
        for y in 1...3 { for x in 3...4 { values[y * 8 + x] = 1 } }
        let sweep = BoxSweep(
            HeatField(width: 8, height: 8, values: values), boxes: [TrueBox(x0: 1, y0: 2, x1: 5, y1: 6)])
        #expect(abs(sweep.largest[100] - 9.0 / (12 + 25 - 9)) < 1e-6)
    }

    @Test func whereNothingIsHotTheBoxIsTheFirstPixel() {
        let nothing = HeatField(width: 10, height: 10, values: [Float](repeating: 0, count: 100))
        #expect(!nothing.hasHeat)
        let far = BoxSweep(nothing, boxes: [TrueBox(x0: 4, y0: 4, x1: 9, y1: 9)])
        #expect(far.largest.allSatisfy { $0 == 0 } && far.best.allSatisfy { $0 == 0 })
        let near = BoxSweep(nothing, boxes: [TrueBox(x0: 0, y0: 0, x1: 1, y1: 1)])
        #expect(near.largest[0] == 0.25)
    }

    @Test func theWholePictureHotIsOneBox() {
        let all = HeatField(
            Heatmap(height: 1, width: 1, values: [1], region: Region(x: 0, y: 0, width: 20, height: 10)),
            width: 20, height: 10)
        #expect(all.values.allSatisfy { $0 == 1 })
        #expect(BoxSweep(all, boxes: [TrueBox(x0: 0, y0: 0, x1: 19, y1: 9)]).largest.allSatisfy { $0 == 1 })
    }

    @Test func aMapLiesInItsRegionAlone() {
        let map = Heatmap(
            height: 2, width: 2, values: [1, 1, 1, 1], region: Region(x: 4, y: 2, width: 8, height: 6))
        let field = HeatField(map, width: 16, height: 10)
        for y in 0..<10 {
            for x in 0..<16 {
                let isCovered = (4..<12).contains(x) && (2..<8).contains(y)
                #expect(field.values[y * 16 + x] == (isCovered ? 1 : 0))
            }
        }
    }

    @Test func aMapIsEnlargedAsItIsDrawn() {
        let map = Heatmap(height: 1, width: 2, values: [0, 1], region: Region(x: 0, y: 0, width: 8, height: 1))
        let field = HeatField(map, width: 8, height: 1)
        #expect(field.values == [0, 0, 0.125, 0.375, 0.625, 0.875, 1, 1])
    }
}
