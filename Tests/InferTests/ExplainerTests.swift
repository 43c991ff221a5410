import CFFmpeg
import Engine
import Foundation
import Pipeline
import TestSupport
import Testing
import Tracking

@testable import Infer

/// The classifier and its maps on the colour model and on tiny models, through the real engine.
struct ExplainerTests {
    private let format = Pictures.format(320, 240)

    private func colours(
        explaining explainedClass: String? = nil, versus: String? = nil, precision: Precision = .f32,
        smoothing: Double = 0, scale: ScaleChoice = .frame, mapCount: Int = 1, camEvery: CamEvery = 1,
        motion: MotionChoice = .auto, method: String = "auto"
    ) throws -> Explainer {
        var config = InferConfig()
        config.model = checkout.appending(path: "models/colours/colours.yaml").path
        (config.explainedClass, config.versus) = (explainedClass, versus)
        config.method = try #require(MethodName(rawValue: method))
        config.precision = precision
        (config.filter, config.smoothing, config.scale) = (.exponential, smoothing, scale)
        (config.camEvery, config.motion) = (camEvery, motion)
        return try Explainer(config, format: format, mapCount: mapCount)
    }

    /// What is seen in one picture, without its frame.
    private func explain(_ explainer: Explainer, _ frame: consuming Frame, _ input: TrackedInput? = nil) throws -> (
        top: [Prediction], maps: [Observation], mapAge: Double, labelSwitches: Int?
    ) {
        try explainer.submit(frame, input)
        let explained = try explainer.next()
        // A frame is not copyable: take out what can be.
        guard let explained else { throw NothingCame() }
        return (explained.top, explained.observations, explained.mapAge, explained.labelSwitches)
    }
    private struct NothingCame: Error {}

    @Test(
        arguments: [("red", (230, 30, 30)), ("green", (30, 200, 40)), ("blue", (40, 60, 230))]
            as [(String, (UInt8, UInt8, UInt8))])
    func aColouredRectangleIsNamedAndItsMapPeaksInIt(name: String, rgb: (UInt8, UInt8, UInt8)) throws {
        let explainer = try colours()
        let seen = try explain(explainer, try Pictures.rectangle(format, rgb, x: 200..<290, y: 30..<120))
        #expect(seen.top[0].label == name)
        #expect(seen.top[0].probability > 0.6)
        let map = try #require(seen.maps.first)
        #expect(map.prediction == seen.top[0])
        let peak = try #require(map.heatmap.peak(pictureWidth: 320, pictureHeight: 240))
        #expect((200..<290).contains(peak.x) && (30..<120).contains(peak.y))
        #expect(map.heatmap.values.allSatisfy { (0...1).contains($0) } && map.heatmap.values.max() == 1)
        // Away from the rectangle it is cold.
        let cold = (0..<map.heatmap.height).map { map.heatmap.values[$0 * map.heatmap.width] }
        #expect(cold.allSatisfy { $0 < 0.1 })
    }

    @Test func aClassThatTheCardCallsNegativeIsNotNamedAndHasNoHeat() throws {
        let folder = try TemporaryFolder()
        let own = try ModelFiles(model: checkout.appending(path: "models/colours/colours.yaml").path, card: nil)
        let labels = try #require(own.labels)
        func look(_ negative: String) throws -> (isRecognised: Bool, label: String?, hottest: Float, notes: [String]) {
            var config = InferConfig()
            (config.model, config.precision, config.scale) = (own.path, .f32, .frame)
            // The card's other keys have the same values by default or from the model.
            let card = "labels: [\(labels.joined(separator: ", "))]\nnegative: \(negative)\n"
            config.card = try folder.write(Array(card.utf8), to: "\(negative).yaml")
            let explainer = try Explainer(config, format: format, mapCount: 1)
            try explainer.submit(try Pictures.rectangle(format, (230, 30, 30), x: 200..<290, y: 30..<120))
            let next = try explainer.next()
            guard let next else { throw NothingCame() }
            return (
                next.isRecognised, next.drawn?.label, next.observations[0].heatmap.values.max() ?? 0, explainer.notes
            )
        }
        let seen = try look(labels[0])
        let drawn = try #require(seen.label)
        let other = try look(try #require(labels.first { $0 != drawn }))
        let nothing = try look(drawn)
        #expect(other.isRecognised && other.label == drawn && other.hottest == 1)
        #expect(!nothing.isRecognised && nothing.label == drawn && nothing.hottest < 0.02)
        #expect(nothing.notes.contains { $0.hasPrefix("negative: \(drawn)") })
    }

    @Test func aRegionIsAllThatIsLookedAtAndItsMapLiesInTheWholePicture() throws {
        func look(_ region: String) throws -> (label: String?, peak: Peak?, covered: Region) {
            var config = InferConfig()
            config.model = checkout.appending(path: "models/colours/colours.yaml").path
            (config.precision, config.smoothing, config.scale) = (.f32, 0, .frame)
            config.region = PictureRegion(region)
            let explainer = try Explainer(config, format: format, mapCount: 1)
            let frame = try Pictures.frame(format) { plane, x, y in
                // Red on the left, blue on the right.
                let isInside = (60..<130).contains(x) || (220..<290).contains(x)
                guard isInside, (80..<160).contains(y) else { return 128 }
                return (x < 160 ? [30, 30, 230] : [60, 230, 40])[plane]
            }
            let seen = try explain(explainer, frame)
            let map = try #require(seen.maps.first).heatmap
            return (seen.top.first?.label, map.peak(pictureWidth: 320, pictureHeight: 240), map.region)
        }
        let left = try look("0,0,0.5,1")
        let right = try look("160,0,160,240")
        #expect(left.label == "red" && right.label == "blue")
        #expect(left.peak.map { (60..<130).contains($0.x) } == true)
        #expect(right.peak.map { (220..<290).contains($0.x) } == true)
        #expect(right.covered.x >= 160 - 80 && left.covered.x <= 0)
        for wrong in ["200,0,200,240", "0,0,4,4"] {
            #expect(throws: InferError.self) { try look(wrong) }
        }
        for wrong in ["", "1,2,3", "a,b,c,d", "0.5,0,0.6,1", "-1,0,4,4", "0,0,0,1"] {
            #expect(PictureRegion(wrong) == nil, "\(wrong)")
        }
    }

    @Test func bf16GivesTheSameMapsWithinAColourStepOrTwo() throws {
        let exact = try explain(colours(), try Pictures.rectangle(format, (230, 30, 30), x: 20..<90, y: 30..<120))
        let rounded = try explain(
            colours(precision: .bf16), try Pictures.rectangle(format, (230, 30, 30), x: 20..<90, y: 30..<120))
        #expect(exact.top[0].label == rounded.top[0].label)
        // bf16 has 8 significant bits: 1 %.
        #expect(zip(exact.maps[0].heatmap.values, rounded.maps[0].heatmap.values).allSatisfy { abs($0 - $1) < 0.01 })
    }

    @Test func aChosenClassIsExplainedWhateverIsSeen() throws {
        let explainer = try colours(explaining: "blue")
        let frame = try Pictures.rectangle(format, (230, 30, 30), x: 20..<90, y: 30..<120)
        let seen = try explain(explainer, frame)
        #expect(seen.top[0].label == "red")
        #expect(seen.maps.map(\.prediction.label) == ["blue"])
    }

    /// What speaks for the one speaks against the other: the raw maps are subtracted, and so are the scores.
    @Test(arguments: ["cam", "gradcam"]) func aClassCanBeToldApartFromAnother(method: String) throws {
        func seen(_ explainedClass: String?, _ versus: String?) throws -> Observation {
            let explainer = try colours(explaining: explainedClass, versus: versus, method: method)
            explainer.keepsRawMaps = true
            let frame = try Pictures.rectangle(format, (230, 30, 30), x: 20..<90, y: 30..<120)
            return try explain(explainer, frame).maps[0]
        }
        let (red, blue) = (try seen("red", nil), try seen("blue", nil))
        let apart = try seen(nil, "blue")
        #expect(red.versus == nil && apart.versus == blue.prediction && apart.prediction == red.prediction)
        #expect(apart.target == .difference(red.prediction.classID, from: blue.prediction.classID))
        let (whole, one, other) = (try #require(apart.score), try #require(red.score), try #require(blue.score))
        #expect(abs(whole - (one - other)) < 1e-4)
        let difference = zip(try #require(red.raw), try #require(blue.raw)).map { $0 - $1 }
        #expect(agree(try #require(apart.raw), difference))
        // Where nothing is blue, the other way round all speaks against it.
        let reversed = try seen("blue", "red")
        #expect(reversed.prediction == blue.prediction)
        #expect(agree(try #require(reversed.raw), difference.map { -$0 }))
        // The class itself has its own map.
        let itself = try seen(nil, "red")
        #expect(itself.target == red.target && itself.versus == nil && itself.raw == red.raw)
    }

    @Test func eachMapOfSeveralIsToldApartFromTheSameClass() throws {
        let explainer = try colours(versus: "blue", smoothing: 0.4, mapCount: 5)
        for _ in 0..<2 {
            let frame = try Pictures.rectangle(format, (230, 30, 30), x: 20..<90, y: 30..<120)
            let maps = try explain(explainer, frame).maps
            #expect(maps.count == 5)
            #expect(maps.allSatisfy { ($0.versus?.label ?? $0.prediction.label) == "blue" })
        }
        #expect(!explainer.takeWarnings().contains { $0.contains("--versus") })
    }

    @Test func whatCannotBeToldApartIsSaid() throws {
        let error = #expect(throws: InferError.self) { try colours(explaining: "2", versus: "2") }
        #expect(
            error?.description.hasSuffix("cannot be compared with itself: name another class with --versus") == true)
        #expect(error?.isUsage == true)
        #expect(throws: InferError.self) { try colours(versus: "no such colour") }
        let warnings = try colours(versus: "blue", method: "eigencam").takeWarnings()
        #expect(warnings == ["Eigen-CAM makes the same map for all classes, so --versus changes nothing of it"])
    }

    @Test func rawMapsComeOnDemand() throws {
        let explainer = try colours(explaining: "blue")
        let red = { try Pictures.rectangle(format, (230, 30, 30), x: 20..<90, y: 30..<120) }
        #expect(try explain(explainer, try red()).maps[0].raw == nil)
        explainer.keepsRawMaps = true
        let map = try explain(explainer, try red()).maps[0]
        let raw = try #require(map.raw)
        // Not scaled; clipping and scaling it gives the heatmap.
        let strongest = try #require(raw.max())
        #expect(strongest != 1)
        let scaled = raw.map { strongest > 0 ? max(0, $0) / strongest : 0 }
        #expect(scaled == map.heatmap.values)
    }

    @Test func theTopFiveGetTheirMapsFromOneForwardPass() throws {
        let explainer = try colours(mapCount: 5)
        let frame = try Pictures.rectangle(format, (230, 30, 30), x: 20..<90, y: 30..<120)
        let seen = try explain(explainer, frame)
        #expect(seen.maps.map(\.prediction) == seen.top)
        #expect(seen.maps.count == 5)
    }

    @Test func picturesComeOutInOrderThoughSeveralAreInFlight() throws {
        let explainer = try colours()
        var times: [Int64] = []
        for time in Int64(0)..<10 {
            if explainer.isFull, let explained = try explainer.next() { times.append(explained.frame.pts) }
            try explainer.submit(
                try Pictures.rectangle(format, (230, 30, 30), x: 20..<90, y: 30..<120, milliseconds: time))
        }
        while let explained = try explainer.next() { times.append(explained.frame.pts) }
        #expect(times == Array(0..<10))
        #expect(explainer.capacity >= 1)
    }

    @Test func smoothingLetsTheMapFollowAndACutResetsIt() throws {
        let smooth = try colours(explaining: "red", smoothing: 10)
        func explained(left: Int, at time: Int64, ground: UInt8 = 128) throws -> [Float] {
            let frame = try Pictures.frame(format, milliseconds: time) { plane, x, y in
                guard (left..<left + 60).contains(x), (90..<150).contains(y) else { return ground }
                return [30, 30, 230][plane]
            }
            return try explain(smooth, frame).maps[0].heatmap.values
        }
        let first = try explained(left: 20, at: 0)
        let after40ms = try explained(left: 240, at: 40)
        // The old place is still the hottest, since 40 ms are little to 10 s.
        #expect(after40ms.firstIndex(of: 1) == first.firstIndex(of: 1))
        let afterCut = try explained(left: 240, at: 80, ground: 255)
        #expect(afterCut.firstIndex(of: 1) != first.firstIndex(of: 1))
    }

    @Test func betweenInferencesTheMapsFollowThePicture() throws {
        let explainer = try colours(explaining: "red", smoothing: 0.4, camEvery: 4)
        var ages: [Double] = []
        var middles: [Double] = []
        for number in 0..<9 {
            let frame = try Pictures.board(format, atX: 40 + 12 * number, milliseconds: Int64(40 * number))
            let seen = try explain(explainer, frame)
            ages.append(seen.mapAge)
            middles.append(middle(seen.maps[0].heatmap))
        }
        #expect(ages.map { Int(($0 * 1000).rounded()) } == [0, 40, 80, 120, 0, 40, 80, 120, 0])
        // The heat moves with the board, by 36 pixels in three frames.
        for first in [0, 4] { #expect((20...50).contains(middles[first + 3] - middles[first])) }
    }

    @Test func theFiltersPastMovesWithThePicture() throws {
        func way(_ motion: MotionChoice) throws -> Double {
            let explainer = try colours(explaining: "red", smoothing: 10, motion: motion)
            let middles = try (0..<9).map { number in
                let frame = try Pictures.board(format, atX: 40 + 12 * number, milliseconds: Int64(40 * number))
                return middle(try explain(explainer, frame).maps[0].heatmap)
            }
            return middles[8] - middles[0]
        }
        // The board moves by 96 pixels.
        #expect(try way(.auto) > 60)
        #expect(try way(.off) < 30)
    }

    /// Of the heat, in pixels from the left.
    private func middle(_ heatmap: Heatmap) -> Double {
        var (sum, moment) = (0.0, 0.0)
        for (cell, heat) in heatmap.values.enumerated() {
            sum += Double(heat)
            moment += Double(heat) * (Double(cell % heatmap.width) + 0.5)
        }
        return moment / sum * heatmap.region.width / Double(heatmap.width)
    }

    @Test func mapsFollowPicturesThatTheClassifierDidNotSee() throws {
        let explainer = try colours(explaining: "red", smoothing: 0.4)
        let tracker = try #require(explainer.makeTracker())
        var follower = tracker.makeFollower()
        func board(_ index: Int) throws -> Frame {
            try Pictures.board(format, atX: 40 + 12 * index, index: index, milliseconds: Int64(40 * index))
        }
        for index in [0, 1] { _ = try tracker.note(try board(index)) }
        let frame = try board(2)
        let input = try tracker.note(frame)
        let maps = try explain(explainer, frame, input).maps
        let next = try tracker.note(try board(3)).mark
        let one = middle(follower.follow(maps, from: input.mark, to: next)[0].heatmap)
        #expect((6...18).contains(one - middle(maps[0].heatmap)))
        // One frame was not noted.
        let later = try tracker.note(try board(5)).mark
        let two = middle(follower.follow(maps, from: input.mark, to: later)[0].heatmap)
        #expect((20...50).contains(two - middle(maps[0].heatmap)))
        let same = follower.follow(maps, from: later, to: later)
        #expect(same == maps)
        // Another scene has none of these maps.
        let white = try tracker.note(try Pictures.frame(format, index: 6, milliseconds: 240) { _, _, _ in 250 }).mark
        let elsewhere = follower.follow(maps, from: input.mark, to: white)
        #expect(elsewhere.isEmpty)
    }

    @Test(arguments: [0, 0.4])
    func picturesThatAreScaledAndSearchedElsewhereGetTheSameMapsToTheLastBit(smoothing: Double) throws {
        let alone = try colours(smoothing: smoothing, scale: .running, mapCount: 2)
        let together = try colours(smoothing: smoothing, scale: .running, mapCount: 2)
        let tracker = try #require(together.makeTracker())
        for number in 0..<12 {
            // A board that moves, another scene, and a gap.
            func picture() throws -> Frame {
                let milliseconds = Int64(40 * number + (number > 9 ? 5000 : 0))
                return (5..<8).contains(number)
                    ? try rectangle(green, at: milliseconds)
                    : try Pictures.board(format, atX: 40 + 12 * number, index: number, milliseconds: milliseconds)
            }
            let frame = try picture()
            let input = try tracker.note(frame)
            let (expected, seen) = (try explain(alone, try picture()), try explain(together, frame, input))
            #expect(seen.top == expected.top && seen.maps == expected.maps, "picture \(number)")
            #expect(seen.labelSwitches == expected.labelSwitches)
        }
    }

    @Test func theFiltersPastMovesOverPicturesThatTheClassifierDidNotSee() throws {
        let explainer = try colours(explaining: "red", smoothing: 10)
        let tracker = try #require(explainer.makeTracker())
        var middles: [Double] = []
        for number in 0..<9 {
            let frame = try Pictures.board(format, atX: 40 + 12 * number, milliseconds: Int64(40 * number))
            let input = try tracker.note(frame)
            if number.isMultiple(of: 4) {
                middles.append(middle(try explain(explainer, frame, input).maps[0].heatmap))
            }
        }
        // The board moves by 96 pixels.
        #expect(middles[2] - middles[0] > 60)
    }

    @Test func mapsStayWhereTheyAreIfThatIsWanted() throws {
        #expect(try colours(motion: .off).makeTracker() == nil)
    }

    @Test func aCutAndAGapAreLookedAtAtOnce() throws {
        let explainer = try colours(smoothing: 0.4, camEvery: 30)
        func age(_ ground: UInt8, at milliseconds: Int64) throws -> Double {
            try explain(
                explainer,
                try Pictures.frame(format, milliseconds: milliseconds) { plane, x, y in
                    (100..<150).contains(x) && (60..<120).contains(y) ? [30, 30, 230][plane] : ground
                }
            ).mapAge
        }
        #expect(try age(128, at: 0) == 0)
        #expect(try age(128, at: 40) > 0)
        #expect(try age(250, at: 80) == 0)
        #expect(try age(250, at: 120) > 0)
        #expect(try age(250, at: 9000) == 0)
        explainer.forget()
        #expect(try age(250, at: 9040) == 0)
    }

    @Test func aPictureThatIsAsTheLastOneIsLookedAtOnceASecond() throws {
        let explainer = try colours(smoothing: 0.4, camEvery: .auto)
        let ages = try (0..<75).map { try explain(explainer, rectangle(red, at: Int64($0) * 40)).mapAge }
        #expect(ages.enumerated().filter { $0.element == 0 }.map(\.offset) == [0, 25, 50])
        #expect(explainer.inferences == 3)
        #expect(abs(ages[24] - 0.96) < 1e-6)
        try explainer.submit(try rectangle(red, at: 2990))
        guard let held = try explainer.next() else { throw NothingCame() }
        let (isHeld, age) = (held.isHeld, held.mapAge)
        #expect(isHeld && age > 0)
    }

    @Test func whatChangesIsLookedAtAndTheClassSwitchesAsIfAllWere() throws {
        func switches(_ camEvery: CamEvery) throws -> (at: [Int], inferences: Int) {
            let explainer = try colours(smoothing: 0.4, scale: .running, camEvery: camEvery)
            var at: [Int] = []
            var before = ""
            for frame in 0..<60 {
                let colour = (20..<40).contains(frame) ? green : red
                let label = try explain(explainer, rectangle(colour, at: Int64(frame) * 33)).maps[0].prediction.label
                if label != before { at.append(frame) }
                before = label
            }
            return (at, explainer.inferences)
        }
        let (all, auto) = (try switches(1), try switches(.auto))
        #expect(all.inferences == 60 && auto.inferences <= 12)
        #expect(all.at.count == 3 && auto.at.count == 3)
        for (one, other) in zip(all.at, auto.at) { #expect((0...1).contains(other - one), "\(all.at) \(auto.at)") }
    }

    @Test func mapsOfPicturesThatAreNotLookedAtAreMadeSteadyAsIfTheyWere() throws {
        func values(_ camEvery: CamEvery) throws -> [[Float]] {
            let explainer = try colours(smoothing: 0.4, scale: .running, camEvery: camEvery)
            return try (0..<20).map { frame in
                try explain(explainer, rectangle(frame < 4 ? green : red, at: Int64(frame) * 33)).maps[0].heatmap.values
            }
        }
        // The filter goes on towards what was seen last.
        let worst = zip(try values(1), try values(.auto)).flatMap { zip($0, $1) }.map { abs($0 - $1) }.max() ?? 1
        #expect(worst < 0.02)
    }

    @Test func whatFollowedAPictureThatIsForgottenIsLookedAt() throws {
        let explainer = try colours(smoothing: 0.4, camEvery: 4)
        _ = try explain(explainer, try rectangle(red, at: 0))
        try explainer.submit(try rectangle(red, at: 40))
        explainer.forget()
        guard let seen = try explainer.next() else { throw NothingCame() }
        let (age, count) = (seen.mapAge, seen.observations.count)
        #expect(age == 0 && count == 1)
    }

    private let red: (UInt8, UInt8, UInt8) = (230, 30, 30)
    private let green: (UInt8, UInt8, UInt8) = (30, 200, 40)

    private func rectangle(_ rgb: (UInt8, UInt8, UInt8), at milliseconds: Int64) throws -> Frame {
        try Pictures.rectangle(format, rgb, x: 200..<290, y: 30..<120, milliseconds: milliseconds)
    }

    @Test func theDrawnClassHoldsWhereTheMostProbableOneFlickers() throws {
        let steady = try colours(smoothing: 0.4, scale: .running)
        let raw = try colours()
        var drawn: [String] = []
        for frame in 0..<30 {
            // One picture of ten shows something else.
            let colour = frame % 10 == 9 ? green : red
            let seen = try explain(steady, try rectangle(colour, at: Int64(frame) * 33))
            #expect(seen.top[0].label == (frame % 10 == 9 ? "green" : "red"))
            #expect(seen.labelSwitches == 0)
            drawn.append(seen.maps[0].prediction.label)
            _ = try explain(raw, try rectangle(colour, at: Int64(frame) * 33))
        }
        #expect(Set(drawn) == ["red"])
        #expect(steady.labelChurn.shown == 0 && steady.labelChurn.raw == 5)
        #expect(raw.labelChurn.shown == 5)
        // After a gap nothing holds.
        let seen = try explain(steady, try rectangle(green, at: 9000))
        #expect(seen.maps[0].prediction.label == "green" && seen.labelSwitches == 1)
    }

    @Test func whereTheInputsTimesJumpNothingHolds() throws {
        let steady = try colours(smoothing: 0.4, scale: .running)
        func seen(_ colour: (UInt8, UInt8, UInt8), _ frame: Int, part: Int) throws -> String {
            let picture = try rectangle(colour, at: Int64(frame) * 33)
            let placed = try Frame(
                adopting: #require(av_frame_clone(picture.av)), index: frame, pts: picture.pts, duration: 33,
                timeBase: picture.timeBase, part: part)
            return try explain(steady, placed).maps[0].prediction.label
        }
        for frame in 0..<10 { #expect(try seen(red, frame, part: 0) == "red") }
        #expect(try seen(green, 10, part: 0) == "red")
        // The same picture at the same time, but of another part.
        #expect(try seen(green, 11, part: 1) == "green")
    }

    @Test func withoutSmoothingAndWithTheFramesScaleThePastDoesNotMatter() throws {
        let explainer = try colours(mapCount: 5)
        for (frame, colour) in [red, green, red].enumerated() {
            let seen = try explain(explainer, try rectangle(colour, at: Int64(frame) * 33))
            let alone = try explain(colours(mapCount: 5), try rectangle(colour, at: 0))
            #expect(seen.maps == alone.maps && seen.top == alone.top)
        }
    }

    @Test func anUnlikelyClassIsColderThanTheOneThatIsSeen() throws {
        let explainer = try colours(smoothing: 0.4, scale: .running, mapCount: 5)
        let maps = try explain(explainer, try rectangle(red, at: 0)).maps
        let hottest = maps.map { $0.heatmap.values.max()! }
        #expect(hottest[0] > 0.5 && hottest[4] < 0.1)
        let scales = try #require(maps[0].scales)
        #expect(scales.frame.high > 0 && scales.shown.high >= scales.frame.high)
    }

    @Test func aChosenClassDoesNotSwitch() throws {
        let seen = try explain(colours(explaining: "blue"), try rectangle(red, at: 0))
        #expect(seen.labelSwitches == nil)
    }

    @Test func whatIsTunedIsTold() throws {
        let explainer = try colours()
        let settings = MapSettings(
            explainedClass: 2, filter: .median, smoothing: 0.7, scale: .fixed(low: 0, high: 3), mapCount: 2)
        explainer.settings = settings
        #expect(explainer.settings == settings)
    }

    @Test(arguments: [
        "gap_gemm", "gap_gemm_transb0_alpha", "reducemean13_matmul_add", "reducemean18_matmul_add", "nhwc_reducemean",
        "avgpool_conv1x1", "nin_conv_relu_gap_softmax", "sigmoid", "fp16", "dynamic", "external", "constants",
        "computed_shape", "quantised",
    ])
    func everyFormOfHeadAddsUp(name: String) throws {
        var config = InferConfig()
        config.precision = .f32
        config.model = Fixtures.model(name)
        let folder = try TemporaryFolder()
        if name == "dynamic" {  // leaves its input's size open
            config.card = try folder.write("input: {size: [8, 8]}".utf8, to: "card.yaml")
        }
        let explainer = try Explainer(config, format: format, mapCount: 1)
        // The first picture is checked against the scores, and it throws if they do not add up.
        let seen = try explain(explainer, try Pictures.rectangle(format, (250, 20, 20), x: 0..<160, y: 0..<240))
        #expect(!seen.top.isEmpty && seen.maps.count == 1)
    }
}
