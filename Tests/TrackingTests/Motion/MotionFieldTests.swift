import MotionScenes
import Pipeline
import Testing

@testable import Tracking

struct MotionFieldTests {
    /// All cells move alike.
    private func field(_ dx: Float, _ dy: Float, columns: Int = 4, rows: Int = 4) -> MotionField {
        var field = MotionField(columns: columns, rows: rows)
        for cell in 0..<field.count { (field.dx[cell], field.dy[cell]) = (dx, dy) }
        return field
    }

    private func warped(
        _ map: [Float], _ height: Int, _ width: Int, by field: MotionField, arriving: [Float]? = nil
    ) -> [Float] {
        var moved = [Float](repeating: .nan, count: map.count)
        map.withUnsafeBufferPointer { map in
            moved.withUnsafeMutableBufferPointer { moved in
                guard let arriving else { return field.warp(map, height: height, width: width, into: moved) }
                arriving.withUnsafeBufferPointer {
                    field.warp(map, height: height, width: width, arriving: $0, into: moved)
                }
            }
        }
        return moved
    }

    private let map: [Float] = [
        1, 2, 3, 4,
        5, 6, 7, 8,
        9, 10, 11, 12,
        13, 14, 15, 16,
    ]

    @Test func nothingMovesInTheIdentity() {
        #expect(MotionField(columns: 4, rows: 4).isIdentity)
        #expect(warped(map, 4, 4, by: MotionField(columns: 3, rows: 2)) == map)
    }

    @Test func aMapMovesWithThePicture() {
        // A quarter to the right, a quarter down: the border's values are kept on.
        let expected: [Float] = [
            1, 1, 2, 3,
            1, 1, 2, 3,
            5, 5, 6, 7,
            9, 9, 10, 11,
        ]
        #expect(warped(map, 4, 4, by: field(0.25, 0.25)) == expected)
    }

    @Test func betweenCellsValuesAreInterpolated() {
        let moved = warped(map, 4, 4, by: field(-0.125, 0))
        #expect(Array(moved[4..<8]) == [5.5, 6.5, 7.5, 8])
    }

    @Test func aHotSpotThatMovesByPartsOfACellStaysHot() {
        // A cell to the right in twenty steps, each from the one before.
        var spot = [Float](repeating: 0, count: 49)
        for (cell, heat) in [(23, 0.5), (24, 1), (25, 0.5)] as [(Int, Float)] { spot[cell - 1] = heat }
        for _ in 0..<20 { spot = warped(spot, 7, 7, by: field(1.0 / 140, 0)) }
        #expect(spot.firstIndex(of: spot.max()!) == 24)
        #expect(spot[24] > 0.85 && spot[22] < 0.15 && spot.allSatisfy { $0 > -0.1 })
    }

    @Test func movedHeatStaysHeat() {
        let heatmap = Heatmap(
            height: 1, width: 4, values: [0, 1, 1, 0], region: Region(x: 0, y: 0, width: 4, height: 1))
        let prediction = Prediction(classID: 3, label: "cat", probability: 0.5)
        let maps = [Observation(prediction: prediction, heatmap: heatmap, raw: [1, 2, 3, 4])]
        let moved = maps.moved(by: field(0.125, 0))[0]
        #expect(moved.heatmap.values[2] == 1 && moved.heatmap.values.allSatisfy { (0...1).contains($0) })
        #expect(moved.heatmap.values[1] > 0.5 && moved.heatmap.values[3] > 0.5)
        // What the method made is of the other picture.
        #expect(moved.raw == nil && moved.prediction == prediction)
        #expect(maps.moved(by: nil)[0].heatmap == heatmap && maps.moved(by: nil)[0].raw == nil)
    }

    @Test func theMapOfAThingAloneGoesWithItsBox() {
        let heatmap = Heatmap(
            height: 1, width: 2, values: [0, 1], region: Region(x: 10, y: 20, width: 8, height: 8))
        var thing = Observation(
            prediction: Prediction(classID: 3, label: "cat", probability: 0.5), heatmap: heatmap, raw: [1, 2],
            box: PixelBox(x0: 11, y0: 21, x1: 17, y1: 27))
        // What was looked at is 80 pixels wide, an eighth of which it moves.
        thing.movingRegion = Region(x: 0, y: 0, width: 80, height: 40)
        thing.crop = PixelBox(x0: 10, y0: 20, x1: 18, y1: 28)
        let moved = [thing].moved(by: field(0.125, 0))[0]
        #expect(moved.box == PixelBox(x0: 21, y0: 21, x1: 27, y1: 27))
        #expect(moved.heatmap.region == Region(x: 20, y: 20, width: 8, height: 8))
        #expect(moved.crop == PixelBox(x0: 20, y0: 20, x1: 28, y1: 28))
        #expect(moved.heatmap.values == [0, 1] && moved.raw == nil)
        #expect([thing].moved(by: nil)[0].heatmap == heatmap)
    }

    @Test func whatComesInTakesTheCurrentValue() {
        let now = [Float](repeating: 100, count: 16)
        let moved = warped(map, 4, 4, by: field(0.25, 0), arriving: now)
        #expect(Array(moved[4..<8]) == [100, 5, 6, 7])
    }

    @Test func aCellThatComesInByHalfTakesHalf() {
        let now = [Float](repeating: 100, count: 16)
        let moved = warped(map, 4, 4, by: field(0.125, 0), arriving: now)
        #expect(Array(moved[4..<8]) == [(5 + 100) / 2, 5.5, 6.5, 7.5])
    }

    @Test func whatIsNotTrustedTakesTheCurrentValue() {
        var half = MotionField(columns: 4, rows: 4)
        for cell in 0..<16 { half.confidence[cell] = 0.5 }
        let now = [Float](repeating: 100, count: 16)
        #expect(warped(map, 4, 4, by: half, arriving: now)[0] == 50.5)
        #expect(warped(map, 4, 4, by: half) == map)
    }

    @Test func anUnknownMotionLeavesTheCurrentMapAlone() {
        var unknown = field(0.25, 0)
        unknown.setUnknown()
        let now = [Float](repeating: 100, count: 16)
        #expect(warped(map, 4, 4, by: unknown, arriving: now) == now)
        #expect(warped(map, 4, 4, by: unknown) == map)
        unknown.setIdentity()
        #expect(unknown.isIdentity)
    }

    @Test(arguments: [(1, 1), (7, 7), (13, 13), (5, 9), (64, 48), (224, 224), (1, 5000)])
    func mapsOfAnySizeMove(height: Int, width: Int) {
        // A ramp, which cubic interpolation moves exactly; away from the borders.
        let ramp = (0..<height * width).map { Float($0 % width) / Float(width) }
        let moved = warped(ramp, height, width, by: field(0.1, 0, columns: 14, rows: 14))
        for x in 0..<width where Float(x) > 0.1 * Float(width) {
            #expect(abs(moved[x] - (Float(x) / Float(width) - 0.1)) < 1e-5)
        }
    }

    @Test func aLargeMapIsMovedAsTheFieldSaysAtEachPlace() {
        // Further to the right, further down: a zoom about the top left corner.
        var zoom = MotionField(columns: 14, rows: 10)
        for cell in 0..<zoom.count {
            zoom.dx[cell] = 0.1 * (Float(cell % 14) + 0.5) / 14
            zoom.dy[cell] = 0.1 * (Float(cell / 14) + 0.5) / 10
            zoom.confidence[cell] = 0.5
        }
        let (height, width) = (100, 80)
        let map = (0..<height * width).map { Float($0 % width) + 1000 * Float($0 / width) }
        let now = [Float](repeating: -8, count: map.count)
        let moved = warped(map, height, width, by: zoom, arriving: now)
        // Between the middles of the outermost cells of the field.
        for (x, y) in [(3, 5), (40, 50), (41, 50), (76, 94)] {
            // From the middle of a cell, a tenth of its way from the corner; half of that, and half of what is now.
            let (fromX, fromY) = (Float(x) - 0.1 * (Float(x) + 0.5), Float(y) - 0.1 * (Float(y) + 0.5))
            #expect(abs(moved[y * width + x] - (fromX + 1000 * fromY - 8) / 2) < 0.05)
        }
    }

    @Test func whatComesIntoALargeMapTakesTheCurrentValue() {
        let map = [Float](repeating: 5, count: 100 * 80)
        let moved = warped(map, 100, 80, by: field(0.25, 0), arriving: [Float](repeating: 100, count: 8000))
        #expect(moved[50 * 80 + 19] == 100 && moved[50 * 80 + 20] == 5)
    }

    @Test func aPeakStaysOnItsObjectOverFourSteps() {
        // A blob of heat on a 14 by 14 map, two cells to the right in four steps of half a cell, composed into one.
        var map = [Float](repeating: 0, count: 196)
        map[7 * 14 + 4] = 1
        var total = MotionField(columns: 14, rows: 14)
        let step = field(0.5 / 14, 0, columns: 14, rows: 14)
        for _ in 0..<4 {
            let before = total
            total.compose(before, then: step)
        }
        #expect(warped(map, 14, 14, by: total)[7 * 14 + 6] > 0.999)
    }

    @Test func stepsAddUpWhereTheContentWas() {
        // The left half moves right by half the picture, then all moves down.
        var first = field(0, 0)
        for cell in 0..<16 where cell % 4 < 2 { first.dx[cell] = 0.5 }
        first.confidence[5] = 0.25
        var total = MotionField(columns: 4, rows: 4)
        total.compose(first, then: field(0, 0.25))
        #expect(total.dx[8] == 0.5 && total.dy[8] == 0.25)
        #expect(total.dx[11] == 0 && total.dy[11] == 0.25)
        // Of the cell above, as that is where the content was.
        #expect(total.confidence[9] == 0.25 && total.confidence[5] == 1)
    }

    @Test func zoomsMultiply() {
        let place = { (zoom: Double) in MovingTexture.Place(zoom: zoom) }
        func zoomed(_ now: Double, _ before: Double) -> MotionField {
            var field = MotionField(columns: 14, rows: 14)
            for cell in 0..<196 {
                let (x, y) = ((Double(cell % 14) + 0.5) / 14, (Double(cell / 14) + 0.5) / 14)
                let truth = place(now).displacement(since: place(before), x: x, y: y)
                (field.dx[cell], field.dy[cell]) = (Float(truth.dx), Float(truth.dy))
            }
            return field
        }
        var total = MotionField(columns: 14, rows: 14)
        total.compose(zoomed(1.03, 1), then: zoomed(1.03 * 1.02, 1.03))
        let whole = zoomed(1.03 * 1.02, 1)
        // The outermost half cell is beyond the grid's middles.
        for cell in 0..<196 { #expect(abs(total.dx[cell] - whole.dx[cell]) < 3e-4) }
    }

    @Test func aStepOfWhichNothingIsKnownMakesTheWholeUnknown() {
        var unknown = field(0, 0)
        unknown.setUnknown()
        var total = field(0.5, 0)
        total.compose(unknown, then: field(0.1, 0))
        #expect(!total.isKnown && total.movingShare == 0)
    }
}
