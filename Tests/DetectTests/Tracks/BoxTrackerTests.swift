import Pipeline
import Testing

@testable import Detect

struct BoxTrackerTests {
    private func box(_ x: Double, _ y: Double = 100, size: Double = 40, score: Float = 0.9, classID: Int = 0)
        -> Detection
    {
        Detection(
            classID: classID, score: score, box: Region(x: x - size / 2, y: y - size / 2, width: size, height: size))
    }

    private func kinds(_ update: TrackUpdate) -> [TrackEvent.Kind] { update.events.map(\.kind) }

    @Test func anObjectKeepsItsNumberWhileItMoves() {
        var tracker = BoxTracker()
        let first = tracker.update([box(50)], at: 0)
        #expect(first.boxes.map(\.id) == [1] && first.boxes[0].isNew && kinds(first) == [.began])
        for picture in 1..<50 {
            let update = tracker.update([box(50 + Double(picture) * 4)], at: Double(picture) / 25)
            #expect(update.boxes.map(\.id) == [1] && !update.boxes[0].isNew && update.events.isEmpty)
        }
    }

    /// 300 pixels a second: further than its own width from one picture to the next where there are five a second.
    @Test(arguments: [[0.04], [0.2], [0.04, 0.2, 0.04, 0.1]])
    func theRateOfPicturesMayBeAnyAndChange(steps: [Double]) {
        var tracker = BoxTracker()
        // It begins slowly, so that its speed can be seen.
        func place(_ time: Double) -> Double { 50 + (time < 1 ? 150 * time * time : 150 + 300 * (time - 1)) }
        var (time, number) = (0.0, 0)
        while time < 3 {
            let update = tracker.update([box(place(time))], at: time)
            #expect(update.boxes.map(\.id) == [1], "at \(time) s")
            time += steps[number % steps.count]
            number += 1
        }
    }

    @Test func objectsThatCrossKeepTheirNumbers() {
        var tracker = BoxTracker()
        for picture in 0..<60 {
            let time = Double(picture) / 25
            let right = box(40 + 100 * time, 100)
            let left = box(280 - 100 * time, 112)
            // In another order each time.
            let update = tracker.update(picture.isMultiple(of: 2) ? [right, left] : [left, right], at: time)
            let ids = Dictionary(uniqueKeysWithValues: update.boxes.map { ($0.detection.box.y, $0.id) })
            #expect(ids[80] == 1 && ids[92] == 2, "at \(time) s")
        }
    }

    @Test func whoIsHiddenForAMomentComesBackWithTheSameNumber() {
        var tracker = BoxTracker()
        var events: [TrackEvent.Kind] = []
        for picture in 0..<60 {
            let time = Double(picture) / 25
            let isHidden = (25..<40).contains(picture)
            let update = tracker.update(isHidden ? [] : [box(50 + 100 * time)], at: time)
            #expect(update.boxes.map(\.id) == (isHidden ? [] : [1]))
            events += kinds(update)
        }
        #expect(events == [.began, .lost, .found])
    }

    @Test func whoStaysAwayIsGoneAndItsNumberIsNeverGivenAgain() {
        var tracker = BoxTracker(patience: 1)
        _ = tracker.update([box(50)], at: 0)
        #expect(kinds(tracker.update([], at: 0.04)) == [.lost])
        #expect(kinds(tracker.update([], at: 1)).isEmpty)
        #expect(tracker.update([], at: 1.04).events.map { [$0.kind: $0.id] } == [[.ended: 1]])
        let next = tracker.update([box(50)], at: 1.08)
        #expect(next.boxes.map(\.id) == [2] && kinds(next) == [.began])
        #expect(kinds(tracker.update([], at: 60)) == [.lost, .ended])
    }

    @Test func aPictureASecondOrLessLosesNobodyWhoStands() {
        var tracker = BoxTracker(patience: 1)
        for picture in 0..<10 {
            #expect(tracker.update([box(50)], at: Double(picture) * 3).boxes.map(\.id) == [1])
        }
    }

    @Test func aLowScoreCarriesAnObjectOnAndBeginsNone() {
        var tracker = BoxTracker(minScore: 0.25)
        #expect(BoxTracker.lowScore(for: 0.25) == 0.1)
        #expect(tracker.update([box(50, score: 0.2)], at: 0).boxes.isEmpty)
        _ = tracker.update([box(50)], at: 0.04)
        let weak = tracker.update([box(51, score: 0.15), box(200, score: 0.2)], at: 0.08)
        #expect(weak.boxes.map(\.id) == [1] && weak.boxes[0].detection.score == 0.15 && weak.events.isEmpty)
        // Once it is lost, only a high one finds it.
        _ = tracker.update([], at: 0.12)
        #expect(tracker.update([box(51, score: 0.15)], at: 0.16).boxes.isEmpty)
        #expect(kinds(tracker.update([box(51)], at: 0.2)) == [.found])
        // A high one goes before a low one that fits better.
        let both = tracker.update([box(51, score: 0.2), box(54)], at: 0.24)
        #expect(both.boxes.map(\.detection.score) == [0.9])
    }

    @Test func aBoxOfAnotherClassIsAnotherObject() {
        var tracker = BoxTracker()
        _ = tracker.update([box(50, classID: 3)], at: 0)
        let update = tracker.update([box(50, classID: 4)], at: 0.04)
        #expect(update.boxes.map(\.id) == [2])
        #expect(update.events.map(\.kind) == [.began, .lost] && update.events.map(\.classID) == [4, 3])
    }

    @Test func aCutOrATimeThatGoesBackEndsAll() {
        var tracker = BoxTracker()
        _ = tracker.update([box(50), box(200)], at: 5)
        #expect(tracker.forget().map(\.kind) == [.ended, .ended])
        let after = tracker.update([box(50)], at: 5.04)
        #expect(after.boxes.map(\.id) == [3] && after.boxes[0].isNew)
        let back = tracker.update([box(50)], at: 1)
        #expect(back.boxes.map(\.id) == [4] && kinds(back) == [.ended, .began])
    }

    @Test func theTracksBoxIsSteadierThanTheDetections() {
        var tracker = BoxTracker()
        var last = 0.0
        var way = 0.0
        for picture in 0..<100 {
            let shake = picture.isMultiple(of: 2) ? 1.5 : -1.5
            let update = tracker.update([box(100 + shake)], at: Double(picture) / 25)
            let x = update.boxes[0].box.x + update.boxes[0].box.width / 2
            if picture > 50 { way += abs(x - last) }
            last = x
        }
        // The detections go 3 pixels a picture.
        #expect(way / 49 < 2.2)
        #expect(abs(last - 100) < 1.5)
    }

    @Test func aRowOfManyBoxesStaysInOrder() {
        var tracker = BoxTracker()
        for picture in 0..<20 {
            let boxes = (0..<20).map { box(Double($0) * 45 + Double(picture), size: 40) }
            let update = tracker.update(boxes, at: Double(picture) / 10)
            #expect(update.boxes.map(\.id) == Array(1...20))
        }
    }
}
