import Pipeline
import Testing

@testable import Detect

struct BoxHeatTests {
    private func map(_ value: Float, _ region: Region = Region(x: 0, y: 0, width: 80, height: 40)) -> Heatmap {
        Heatmap(height: 4, width: 8, values: Array(repeating: value, count: 32), region: region)
    }

    private func part(_ map: Heatmap, _ score: Float, _ box: Region) -> BoxHeat.Part {
        BoxHeat.Part(map: map, box: box, score: score)
    }

    private let left = Region(x: 0, y: 0, width: 30, height: 40)
    private let right = Region(x: 50, y: 0, width: 30, height: 40)

    private func joined(_ parts: [BoxHeat.Part], _ join: BoxHeat.Join) -> Heatmap {
        BoxHeat.join(parts, join, pictureWidth: 80, pictureHeight: 40)
    }

    @Test func theHottestMapCountsEachByItsScore() {
        let heat = joined([part(map(1), 0.3, left), part(map(0.5), 0.9, right)], .highest)
        #expect(heat.width == 80 && heat.height == 40 && heat.region == Region(x: 0, y: 0, width: 80, height: 40))
        #expect(heat.values.allSatisfy { abs($0 - 0.45) < 1e-6 })
    }

    @Test func aSumIsAtMostOne() {
        #expect(
            joined([part(map(1), 0.3, left), part(map(0.5), 0.9, right)], .sum).values.allSatisfy {
                abs($0 - 0.75) < 1e-6
            })
        #expect(joined([part(map(1), 0.9, left), part(map(1), 0.9, right)], .sum).values.allSatisfy { $0 == 1 })
    }

    @Test func insideTheBoxAloneWithASoftEdge() {
        let heat = joined([part(map(1), 0.8, left), part(map(1), 0.4, right)], .inside)
        func at(_ x: Int) -> Float { heat.values[20 * 80 + x] }
        #expect(abs(at(10) - 0.8) < 1e-6 && abs(at(29) - 0.8) < 1e-6 && at(40) == 0 && abs(at(60) - 0.4) < 1e-6)
        // The edge is 3 pixels wide.
        #expect(at(30) < 0.8 && at(30) > at(31) && at(31) > at(32) && at(32) > 0 && at(33) == 0)
    }

    /// By the rule by which maps are drawn: linear between the middles of nodes.
    @Test func mapsThatCoverAPartLieWhereTheyBelong() {
        let ramp = Heatmap(height: 1, width: 2, values: [0, 1], region: Region(x: 20, y: 10, width: 40, height: 20))
        let heat = joined([part(ramp, 1, left)], .highest)
        func at(_ x: Int, _ y: Int) -> Float { heat.values[y * 80 + x] }
        #expect(at(19, 15) == 0 && at(60, 15) == 0 && at(40, 9) == 0 && at(40, 30) == 0)
        #expect(at(25, 15) == 0 && at(55, 15) == 1 && abs(at(39, 12) - 0.475) < 1e-5)
    }

    @Test func theHeatOfACropFadesTowardsItsBorderButNotWhereThePictureEnds() {
        // A crop of 20 × 20 pixels in the picture's corner, whose map says something of what is around it, too.
        let part = BoxHeat.Part(
            map: map(1), box: Region(x: 5, y: 5, width: 8, height: 8),
            crop: Region(x: 0, y: 0, width: 20, height: 20), score: 0.8)
        let heat = joined([part], .highest)
        func at(_ x: Int, _ y: Int) -> Float { heat.values[y * 80 + x] }
        #expect(abs(at(0, 0) - 0.8) < 1e-6 && abs(at(17, 17) - 0.8) < 1e-6)
        // The edge is 2 pixels wide; pixels are measured at their middles.
        #expect(abs(at(18, 5) - 0.6) < 1e-6 && abs(at(19, 5) - 0.2) < 1e-6 && at(20, 5) == 0 && at(5, 30) == 0)
    }

    @Test func noBoxesMakeNoHeatAndValuesOutOfRangeAreClipped() {
        #expect(joined([], .highest).values.allSatisfy { $0 == 0 })
        #expect(joined([part(map(-1), 1, left)], .sum).values.allSatisfy { $0 == 0 })
        #expect(joined([part(map(7), 0.5, left)], .sum).values.allSatisfy { $0 == 0.5 })
    }

    @Test func theEnergyInABoxIsItsShareOfTheHeat() {
        let all = Region(x: 0, y: 0, width: 80, height: 40)
        #expect(BoxHeat.energyInBox(map(0.3), all) == 1)
        #expect(abs(BoxHeat.energyInBox(map(0.3), Region(x: 0, y: 0, width: 20, height: 40)) - 0.25) < 1e-9)
        // Half of a node's area, and what is negative is no heat.
        #expect(abs(BoxHeat.energyInBox(map(0.3), Region(x: 5, y: 0, width: 10, height: 10)) - 1.0 / 32) < 1e-9)
        var signed = map(-5)
        signed.values[0] = 2
        #expect(BoxHeat.energyInBox(signed, Region(x: 0, y: 0, width: 5, height: 10)) == 0.5)
        #expect(BoxHeat.energyInBox(map(0), all) == 0)
        #expect(BoxHeat.energyInBox(map(1), Region(x: 200, y: 0, width: 5, height: 10)) == 0)
        #expect(BoxHeat.energyInBox(map(1), Region(x: 0, y: 0, width: .nan, height: 10)) == 0)
    }
}
