import Glibc
import Pipeline
import Testing

@testable import Detect

struct DwellMapTests {
    private func value(_ map: Heatmap, _ x: Double, _ y: Double) -> Float {
        let column = Int(x / map.region.width * Double(map.width))
        let row = Int(y / map.region.height * Double(map.height))
        return map.values[row * map.width + column]
    }

    @Test(arguments: [
        (1920, 1080, 160, 90), (1080, 1920, 90, 160), (100, 50, 100, 50), (1, 1, 1, 1), (4000, 3, 160, 1),
    ])
    func theGridHasThePicturesShapeAndIsSmall(width: Int, height: Int, columns: Int, rows: Int) {
        let map = DwellMap(pictureWidth: width, pictureHeight: height).heatmap
        #expect(map.width == columns && map.height == rows && map.values.allSatisfy { $0 == 0 })
        #expect(map.region == Region(x: 0, y: 0, width: Double(width), height: Double(height)))
    }

    @Test func whereAnObjectStaysLongerItIsHotter() {
        var dwell = DwellMap(pictureWidth: 320, pictureHeight: 240)
        for second in 0...30 {
            let x = second <= 10 ? 20.0 : 200
            dwell.add([Region(x: x, y: 100, width: 40, height: 40)], at: Double(second))
        }
        let map = dwell.heatmap
        #expect(value(map, 220, 120) == 1)
        #expect(abs(value(map, 40, 120) - 0.5) < 0.08)
        #expect(value(map, 120, 120) == 0 && value(map, 220, 20) == 0)
    }

    @Test func withoutAnEndToItsMemoryAllTimesCountAlike() {
        var dwell = DwellMap(pictureWidth: 64, pictureHeight: 64, timeConstant: .infinity)
        for second in 0...4000 {
            dwell.add([Region(x: second <= 2000 ? 8 : 40, y: 8, width: 8, height: 8)], at: Double(second))
        }
        #expect(abs(value(dwell.heatmap, 12, 12) - 1) < 1e-3 && value(dwell.heatmap, 44, 12) == 1)
    }

    /// One cell is 2 pixels wide here.
    @Test func aCellThatIsHalfCoveredCountsHalf() {
        var dwell = DwellMap(pictureWidth: 320, pictureHeight: 320, timeConstant: 1e6)
        dwell.add([], at: 0)
        dwell.add([Region(x: 11, y: 20, width: 9, height: 8)], at: 1.5)
        let map = dwell.heatmap
        #expect(map.width == 160)
        #expect(abs(value(map, 10, 22) - 0.5) < 1e-4 && abs(value(map, 13, 22) - 1) < 1e-4 && value(map, 21, 22) == 0)
    }

    @Test func theRateOfPicturesDoesNotMatter() {
        let maps = [0.04, 0.5].map { step in
            var dwell = DwellMap(pictureWidth: 64, pictureHeight: 64, timeConstant: 20)
            var time = 0.0
            while time <= 40.0001 {
                // It stands in one place, then in another.
                dwell.add([Region(x: time <= 20.0001 ? 8 : 40, y: 8, width: 8, height: 8)], at: time)
                time += step
            }
            return dwell.heatmap.values
        }
        #expect(zip(maps[0], maps[1]).allSatisfy { abs($0 - $1) < 1e-3 })
        // What was there up to 20 s ago counts 1/e of what is there now.
        #expect(abs(maps[0][12 * 64 + 12] - Float(exp(-1.0))) < 0.01)
    }

    @Test func whatEverybodyLeftFadesAndAFirstMomentIsFaint() {
        var dwell = DwellMap(pictureWidth: 64, pictureHeight: 64, timeConstant: 10)
        let box = Region(x: 8, y: 8, width: 8, height: 8)
        dwell.add([box], at: 0)
        dwell.add([box], at: 0.1)
        #expect(abs(value(dwell.heatmap, 10, 10) - 0.1) < 0.01)
        for second in 1...20 { dwell.add([box], at: Double(second)) }
        #expect(value(dwell.heatmap, 10, 10) == 1)
        for second in 21...90 { dwell.add([], at: Double(second)) }
        #expect(value(dwell.heatmap, 10, 10) < 0.01)
    }

    @Test func aLongGapATimeThatGoesBackAndBoxesOutsideDoNoHarm() {
        var dwell = DwellMap(pictureWidth: 64, pictureHeight: 64)
        let boxes = [
            Region(x: -100, y: -100, width: 90, height: 90), Region(x: 60, y: 60, width: 1e9, height: 1e9),
            Region(x: .nan, y: 0, width: 1, height: 1),
        ]
        dwell.add(boxes, at: 100)
        dwell.add(boxes, at: 5000)
        dwell.add([Region(x: 8, y: 8, width: 8, height: 8)], at: 10)
        let map = dwell.heatmap
        #expect(value(map, 62, 62) == 1 && value(map, 10, 10) == 0 && value(map, 30, 30) == 0)
        dwell.forget()
        #expect(dwell.heatmap.values.allSatisfy { $0 == 0 })
    }
}
