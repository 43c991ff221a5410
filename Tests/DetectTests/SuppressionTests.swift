import Pipeline
import Testing

@testable import Detect

struct SuppressionTests {
    private func box(_ x: Double, _ score: Float, _ candidate: Int, classID: Int = 0) -> Detection {
        Detection(
            classID: classID, score: score, box: Region(x: x, y: 0, width: 10, height: 10), candidate: candidate)
    }

    private func kept(_ boxes: [Detection], _ rule: DetectionRule = DetectionRule()) -> [Int] {
        Suppression.best(of: boxes, rule, suppresses: true).map(\.candidate)
    }

    @Test func theBestOfSeveralStaysAndOneThatIsLeftOutSuppressesNone() {
        // Each overlaps its neighbour by 6 of 14, the next but one by 2 of 18.
        var rule = DetectionRule()
        rule.overlap = 0.4
        #expect(kept([box(4, 0.8, 0), box(0, 0.9, 1), box(8, 0.7, 2)], rule) == [1, 2])
        rule.overlap = 0.45
        #expect(kept([box(4, 0.8, 0), box(0, 0.9, 1), box(8, 0.7, 2)], rule) == [1, 0, 2])
    }

    @Test func otherClassesDoNotSuppress() {
        #expect(kept([box(0, 0.9, 0), box(0, 0.8, 1, classID: 1), box(0, 0.7, 2)]) == [0, 1])
    }

    @Test func ofEqualScoresTheFirstStays() {
        #expect(kept([box(0, 0.5, 3), box(0, 0.5, 1), box(50, 0.5, 2)]) == [1, 2])
    }

    @Test func asManyAsAreWantedComeOutBestFirst() {
        let many = (0..<50).map { box(Double($0) * 20, Float($0) / 50, $0) }
        #expect(kept(many, DetectionRule(maxBoxes: 3)) == [49, 48, 47])
    }

    @Test func overlapIsTheSharedAreaOfTheWhole() {
        let one = Region(x: 0, y: 0, width: 10, height: 10)
        #expect(one.overlap(with: one) == 1)
        #expect(one.overlap(with: Region(x: 5, y: 0, width: 10, height: 10)) == 1.0 / 3)
        #expect(one.overlap(with: Region(x: 10, y: 0, width: 10, height: 10)) == 0)
        #expect(one.overlap(with: Region(x: 2, y: 2, width: 0, height: 0)) == 0)
        #expect(one.clipped(width: 4, height: 20) == Region(x: 0, y: 0, width: 4, height: 10))
        #expect(one.clipped(width: 0, height: 20) == nil)
        #expect(Region(x: 30, y: 0, width: 5, height: 5).clipped(width: 20, height: 20) == nil)
    }
}
