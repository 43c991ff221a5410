import Testing

@testable import Tracking

/// Which classes are drawn, from probabilities and elapsed times alone.
struct ShownClassesTests {
    /// Frames until class 1 is drawn in place of class 0, with these probabilities; nil: 10 s are too short.
    private func framesUntilSwitch(_ before: [Float], _ after: [Float], rate: Double = 30) -> Int? {
        var shown = ShownClasses()
        for _ in 0..<Int(rate) { shown.update(before, after: 1 / rate, chosen: nil, count: 1) }
        #expect(shown.classes == [0])
        return (1...Int(10 * rate)).first { _ in
            shown.update(after, after: 1 / rate, chosen: nil, count: 1)
            return shown.classes == [1]
        }
    }

    @Test func theFirstPictureDecidesByItself() {
        var shown = ShownClasses()
        shown.update([0.1, 0.2, 0.7], after: 0, chosen: nil, count: 2)
        #expect(shown.classes == [2, 1])
    }

    @Test func aClassThatVanishesIsReplacedSoonAtAnyFrameRate() throws {
        for rate in [10.0, 30, 60] {
            let frames = try #require(framesUntilSwitch([0.9, 0.01, 0.09], [0.01, 0.9, 0.09], rate: rate))
            #expect(Double(frames) / rate <= 0.2, "\(rate)")
        }
    }

    @Test func anObjectThatTakesAnothersPlaceIsNamedInTwoFrames() throws {
        #expect(try #require(framesUntilSwitch([0.95, 0.01, 0.04], [0.01, 0.95, 0.04])) <= 2)
    }

    @Test func guessesBetweenTwoObjectsDoNotReplaceEachOther() {
        var shown = ShownClasses()
        func update(_ probabilities: [Float], frames: Int) {
            for _ in 0..<frames { shown.update(probabilities, after: 1.0 / 30, chosen: nil, count: 1) }
        }
        update([0.95, 0.01, 0.02, 0.02], frames: 30)
        for guess in 1..<4 {
            var probabilities: [Float] = [0.01, 0.1, 0.1, 0.1]
            probabilities[guess] = 0.22
            update(probabilities, frames: 2)
            #expect(shown.classes == [0])
        }
        update([0.01, 0.9, 0.05, 0.04], frames: 2)
        #expect(shown.classes == [1])
    }

    @Test func theClearerTheLeadTheShorterTheWhile() throws {
        let clear = try #require(framesUntilSwitch([0.6, 0.4, 0], [0.1, 0.9, 0]))
        let close = try #require(framesUntilSwitch([0.6, 0.4, 0], [0.4, 0.6, 0]))
        #expect(clear < close && close > 9)
    }

    @Test func aLeadBelowTheMarginIsNoneAndOneJustAboveItNeedsHalfASecond() throws {
        #expect(framesUntilSwitch([0.6, 0.4, 0], [0.46, 0.54, 0]) == nil)
        let frames = try #require(framesUntilSwitch([0.6, 0.4, 0], [0.44, 0.56, 0]))
        #expect((15...28).contains(frames))
    }

    @Test func aClassThatFlickersDoesNotSwitch() {
        var shown = ShownClasses()
        var churn = LabelChurn()
        for frame in 0..<300 {
            let probabilities: [Float] = frame.isMultiple(of: 2) ? [0.5, 0.3, 0.2] : [0.3, 0.5, 0.2]
            shown.update(probabilities, after: 1.0 / 30, chosen: nil, count: 1)
            churn.note(shown: shown.classes[0], raw: frame % 2)
        }
        #expect(churn.shown == 0 && churn.raw == 299)
    }

    @Test func aMomentsLeadIsForgotten() {
        var shown = ShownClasses()
        for _ in 0..<50 {
            for _ in 0..<20 { shown.update([0.6, 0.4], after: 1.0 / 30, chosen: nil, count: 1) }
            for _ in 0..<4 { shown.update([0.3, 0.7], after: 1.0 / 30, chosen: nil, count: 1) }
        }
        #expect(shown.classes == [0])
    }

    @Test func theOthersKeepTheirPlacesUntilOneIsAheadByTheMargin() {
        var shown = ShownClasses()
        func update(_ probabilities: [Float], frames: Int = 60) {
            for _ in 0..<frames { shown.update(probabilities, after: 1.0 / 30, chosen: nil, count: 3) }
        }
        update([0.5, 0.2, 0.15, 0.1, 0.05])
        #expect(shown.classes == [0, 1, 2])
        // Nearly the same, in another order.
        update([0.5, 0.15, 0.16, 0.17, 0.02])
        #expect(shown.classes == [0, 1, 2])
        // A newcomer takes the last place, and then that of its neighbour.
        update([0.5, 0.1, 0.09, 0.3, 0.01])
        #expect(shown.classes == [0, 3, 1])
        // The first one and a challenger change places.
        update([0.2, 0.1, 0.05, 0.6, 0.05])
        #expect(shown.classes == [3, 0, 1])
        // A challenger from outside; the one that held the first place goes to the last.
        update([0.05, 0.04, 0.01, 0.2, 0.7], frames: 30)
        #expect(shown.classes.first == 4 && shown.classes.contains(3))
    }

    @Test func aChosenClassStaysFirstAndTheLikeliestFollow() {
        var shown = ShownClasses()
        for _ in 0..<30 { shown.update([0.1, 0.2, 0.7], after: 0.1, chosen: 0, count: 2) }
        #expect(shown.classes == [0, 2])
        shown.update([0.1, 0.2, 0.7], after: 0.1, chosen: 1, count: 2)
        #expect(shown.classes == [1, 2])
        // Given up, the likeliest takes its place at once.
        shown.update([0.1, 0.2, 0.7], after: 0.1, chosen: nil, count: 2)
        #expect(shown.classes == [2, 1])
        shown.update([0.1, 0.2, 0.7], after: 0.1, chosen: nil, count: 9)
        #expect(shown.classes == [2, 1, 0])
        shown.update([0.1, 0.2, 0.7], after: 0.1, chosen: nil, count: 0)
        #expect(shown.classes.isEmpty)
    }

    @Test func afterForgettingThePictureDecidesByItself() {
        var shown = ShownClasses()
        for _ in 0..<30 { shown.update([0.9, 0.1], after: 0.1, chosen: nil, count: 1) }
        shown.forget()
        shown.update([0.4, 0.6], after: 0, chosen: nil, count: 1)
        #expect(shown.classes == [1])
    }

    @Test func switchesOfAChosenClassAreNotCounted() {
        var churn = LabelChurn()
        churn.note(shown: 0, raw: 0)
        churn.pause()
        churn.note(shown: 5, raw: 6)
        #expect(churn.shown == 0 && churn.raw == 0)
        churn.note(shown: 4, raw: 4)
        #expect(churn.shown == 1 && churn.text == "1 label switch, 1 unsmoothed")
        churn.note(shown: 3, raw: 4)
        #expect(churn.text == "2 label switches, 1 unsmoothed")
    }

    @Test func classesOfAnotherListKeepTheirProbabilitiesAndPlaces() {
        var shown = ShownClasses()
        for _ in 0..<30 { shown.update([0.1, 0.6, 0.3], after: 1.0 / 30, chosen: nil, count: 2) }
        #expect(shown.classes == [1, 2])
        shown.renumber(Renumbering(from: ["a", "b", "c"], to: ["c", "new", "b", "other"]))
        #expect(shown.classes == [2, 0])
        #expect(abs(shown.probability(of: 2) - 0.6) < 0.01 && shown.probability(of: 1) == 0)
        // One picture, in which another class is a little ahead, does not change what is drawn.
        shown.update([0.3, 0.36, 0.34, 0], after: 1.0 / 30, chosen: nil, count: 2)
        #expect(shown.classes == [2, 0])
        // Where the first one goes, the most probable one takes its place.
        shown.renumber(Renumbering(from: ["c", "new", "b", "other"], to: ["other", "new", "c"]))
        shown.update([0.1, 0.1, 0.8], after: 1.0 / 30, chosen: nil, count: 2)
        #expect(shown.classes.first == 2)
        // Of nothing that was seen nothing is known.
        shown.forget()
        shown.renumber(Renumbering(from: ["other", "new", "c"], to: ["c", "d"]))
        shown.update([0.2, 0.8], after: 0, chosen: nil, count: 1)
        #expect(shown.classes == [1] && shown.probability(of: 1) == 0.8)
    }

    @Test func aClassWithAnotherNumberIsNoSwitch() {
        var churn = LabelChurn()
        for shown in [0, 1, 1] { churn.note(shown: shown, raw: 1) }
        #expect(churn.shown == 1)
        churn.renumber(Renumbering(from: ["a", "b"], to: ["b", "c"]))
        churn.note(shown: 0, raw: 0)
        #expect(churn.shown == 0 && churn.raw == 0)
        churn.note(shown: 1, raw: 0)
        #expect(churn.shown == 1)
        churn.renumber(Renumbering(from: ["b", "c"], to: ["b"]))
        churn.note(shown: 0, raw: 0)
        #expect(churn.shown == 0)
    }

    @Test func aHeldClassOverAnEmptySceneIsNotRecognised() {
        var shown = ShownClasses(floor: 0.07)
        let thousand = { (first: Float) in [first, 0.01] + [Float](repeating: (0.99 - first) / 998, count: 998) }
        func update(_ first: Float, frames: Int) {
            for _ in 0..<frames { shown.update(thousand(first), after: 1.0 / 30, chosen: nil, count: 1) }
        }
        update(0.8, frames: 10)
        #expect(shown.isRecognised)
        update(0.011, frames: 30)
        #expect(shown.classes == [0] && !shown.isRecognised)
        // Just above the floor it does not come and go.
        update(0.08, frames: 30)
        #expect(!shown.isRecognised)
        update(0.1, frames: 30)
        #expect(shown.isRecognised)
        update(0.075, frames: 30)
        #expect(shown.isRecognised)
        #expect(abs(shown.probability(of: 0) - 0.075) < 0.001)
    }

    @Test func aPrintedProbabilityIsSmoothed() {
        var shown = ShownClasses()
        for frame in 0..<60 { shown.update([frame % 2 == 0 ? 0.5 : 0.6, 0.3], after: 1.0 / 30, chosen: nil, count: 1) }
        #expect((0.53...0.57).contains(shown.probability(of: 0)))
    }
}
