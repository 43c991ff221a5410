import Detect
import Foundation
import Pipeline
import TestSupport
import Testing
import Tracking

@testable import Infer

/// A classifier in a detector's boxes: what it says of each, and where its maps lie.
struct TwoStageTests {
    @Test func aThingHasTheClassifiersClassAndItsMapLiesInThePicture() throws {
        let bench = try StageBench()
        let explainer = try bench.explainer()
        let seen = try bench.look(explainer, [.init(x: 60)])
        let thing = try #require(seen.things.first)
        #expect(seen.things.count == 1 && explainer.crops == 1 && explainer.findsObjects)
        // One of 16 cells: a score of 4 against 0.5 and 0. The box is a little off, as the mark is not red.
        #expect(thing.prediction.label == "green" && abs(thing.prediction.probability - 0.954) < 0.05)
        #expect(thing.found?.label == "thing" && (thing.found?.probability ?? 0) > 0.9 && thing.isRecognised)
        #expect(thing.track == 1 && seen.events == ["began 1 green"] && seen.top == [thing.prediction])
        let box = try #require(thing.box)
        #expect(abs(box.x0 - 60) <= 1 && abs(box.x1 - 92) <= 1 && abs(box.y0 - 16) <= 1)
        // The whole crop is the box, of which the mark is the cell from 8 to 16.
        #expect((thing.heatmap.width, thing.heatmap.height) == (4, 4))
        #expect(thing.heatmap.region == Region(box) && thing.crop == box && thing.heatmap.hottestCell == 5)
        #expect(thing.heatmap.values[5] == 1 && (thing.heatmap.values[15] < 0.1))
        let peak = try #require(thing.heatmap.peakPlace)
        #expect((68..<76).contains(peak.x) && (24..<32).contains(peak.y))
        // As strong as the classifier is sure, and nothing beyond the crop.
        let heat = try #require(seen.heat)
        let hottest = try #require(heat.peak(pictureWidth: 128, pictureHeight: 64))
        // Half a pixel beside the middle of a cell of 8 pixels, along both axes.
        let share = hottest.heat / thing.prediction.probability
        #expect((0.85...1.001).contains(share) && (68..<76).contains(hottest.x), "\(share)")
        #expect(heat.values[0] == 0 && heat.values[heat.width - 1] == 0)
    }

    @Test func twoThingsHaveTwoClasses() throws {
        let bench = try StageBench(finding: .squares)
        let seen = try bench.look(
            try bench.explainer(),
            [.init(x: 0, y: 0), .init(x: 64, y: 0, mark: .blue, cell: (3, 2))])
        #expect(seen.things.count == 2)
        let green = try #require(seen.things.first { $0.box?.x0 == 0 })
        let blue = try #require(seen.things.first { $0.box?.x0 == 64 })
        #expect(green.prediction.label == "green" && blue.prediction.label == "blue")
        #expect(green.found?.label == "red" && blue.found?.label == "red")
        #expect(green.heatmap.hottestCell == 5 && blue.heatmap.hottestCell == 11)
        #expect(Set(seen.top.map(\.label)) == ["green", "blue"])
        // Both are on one map of the picture: at the middles of the marks.
        let heat = try #require(seen.heat)
        func at(_ x: Int, _ y: Int) -> Float { heat.values[y * heat.height / 64 * heat.width + x * heat.width / 128] }
        #expect(at(12, 12) > 0.8 && at(92, 20) > 0.8 && at(48, 16) == 0)
    }

    @Test func aThingThatMovesKeepsItsFilterAndTakesItsMapAlong() throws {
        let bench = try StageBench()
        let explainer = try bench.explainer { ($0.smoothing, $0.filter) = (1, .exponential) }
        let first = try bench.look(explainer, [.init(x: 40)])
        let second = try bench.look(explainer, [.init(x: 52, cell: (2, 2))], seconds: 0.1)
        let (before, after) = (try #require(first.things.first), try #require(second.things.first))
        #expect(before.track == 1 && after.track == 1)
        // After a tenth of a second the past counts for exp(-0.1), and what is new for the rest.
        #expect(after.heatmap.hottestCell == 5)
        #expect(abs(after.heatmap.values[10] - (1 - 0.905) / 0.905) < 0.03)
        #expect(after.heatmap.region.x - before.heatmap.region.x > 6)
        // By itself a picture has its own map alone.
        let alone = try bench.look(
            try bench.explainer { $0.detect.track = .off }, [.init(x: 52, cell: (2, 2))])
        #expect(alone.things.first?.track == nil && alone.things.first?.heatmap.hottestCell == 10)
        #expect((alone.things.first?.heatmap.values[5] ?? 1) < 0.1)
    }

    @Test func aClassDoesNotFlickerAndAChangeIsTold() throws {
        let bench = try StageBench()
        func labels(smoothing: Double) throws -> (shown: [String], events: [String], churn: LabelChurn) {
            let explainer = try bench.explainer { $0.smoothing = smoothing }
            var (shown, events): ([String], [String]) = ([], [])
            for frame in 0..<22 {
                // One picture of blue, and later nothing else.
                let mark = frame == 5 || frame > 11 ? StageBench.Mark.blue : .green
                let seen = try bench.look(explainer, [.init(x: 60, mark: mark)], seconds: Double(frame) / 30)
                shown += seen.things.map(\.called.label)
                events += seen.events.map { "\(frame) \($0)" }
            }
            return (shown, events, explainer.labelChurn)
        }
        let smooth = try labels(smoothing: 0.4)
        #expect(smooth.shown[..<12].allSatisfy { $0 == "green" } && smooth.shown.last == "blue")
        #expect(smooth.events.count == 2 && smooth.events[0] == "0 began 1 green")
        #expect(smooth.events[1].hasSuffix("named 1 blue"))
        #expect(smooth.churn.shown == 1 && smooth.churn.raw == 3)
        let raw = try labels(smoothing: 0)
        #expect(raw.shown[4...6] == ["green", "blue", "green"] && raw.events.count == 4)
    }

    @Test func aPictureWithNothingInItHasNoBoxesAndCostsTheClassifierNothing() throws {
        let bench = try StageBench()
        let explainer = try bench.explainer()
        let seen = try bench.look(explainer, [])
        #expect(seen.things.isEmpty && seen.top.isEmpty && explainer.crops == 0 && explainer.inferences == 1)
        #expect(seen.heat?.values.allSatisfy { $0 == 0 } == true)
    }

    @Test func whereTheClassifierGuessesAThingIsCalledWhatWasFound() throws {
        let bench = try StageBench()
        let seen = try bench.look(try bench.explainer { $0.labelFloor = 0.99 }, [.init(x: 60)])
        let thing = try #require(seen.things.first)
        #expect(thing.prediction.label == "green" && !thing.isRecognised && thing.called.label == "thing")
        #expect(seen.events == ["began 1 thing"] && seen.top.isEmpty)
        // So is what stands for nothing of the others, which has no heat either.
        let other = try StageBench(classifierCard: "negative: plain\n")
        let plain = try other.look(try other.explainer(), [.init(x: 60, mark: .none)])
        #expect(plain.things.first?.prediction.label == "plain" && plain.things.first?.called.label == "thing")
        #expect((plain.things.first?.heatmap.values.max() ?? 1) < 0.02)
    }

    @Test func anEndIsToldByTheLastName() throws {
        let bench = try StageBench()
        let explainer = try bench.explainer()
        _ = try bench.look(explainer, [.init(x: 60)])
        #expect(try bench.look(explainer, [], seconds: 0.1).events == ["lost 1 green"])
        #expect(try bench.look(explainer, [.init(x: 60)], seconds: 0.2).events == ["found 1 green"])
        _ = try bench.look(explainer, [], seconds: 0.3)
        #expect(try bench.look(explainer, [], seconds: 1.4).events == ["ended 1 green"])
        #expect(try bench.look(explainer, [.init(x: 60, mark: .blue)], seconds: 1.5).events == ["began 2 blue"])
    }

    @Test func picturesThatAreNotLookedAtHaveTheMapsOfTheOneBefore() throws {
        let bench = try StageBench()
        let explainer = try bench.explainer { $0.camEvery = 2 }
        let first = try bench.look(explainer, [.init(x: 60)])
        let second = try bench.look(explainer, [.init(x: 60)], seconds: 0.1)
        #expect(explainer.inferences == 1 && explainer.crops == 1 && abs(second.mapAge - 0.1) < 1e-6)
        #expect(second.things.map(\.heatmap) == first.things.map(\.heatmap))
        #expect(second.things.first?.prediction.label == "green" && second.heat == first.heat)
    }

    @Test func aRegionHoldsForBoxesAndForCrops() throws {
        let bench = try StageBench()
        let explainer = try bench.explainer {
            $0.region = PictureRegion("64,0,64,64")
            $0.detect.cropMargin = 1
        }
        // The left one is not looked at.
        let seen = try bench.look(explainer, [.init(x: 8, mark: .blue), .init(x: 66)])
        let thing = try #require(seen.things.first)
        #expect(seen.things.count == 1 && thing.prediction.label == "green")
        #expect(thing.heatmap.region.x == 64 && thing.crop?.x0 == 64)
        let peak = try #require(thing.heatmap.peakPlace)
        #expect((72..<86).contains(peak.x) && (22..<36).contains(peak.y))
    }

    @Test func whatViewersChangeHoldsFromTheNextPictureOn() throws {
        let bench = try StageBench()
        let explainer = try bench.explainer()
        let thing = StageBench.Thing(x: 60)
        _ = try bench.look(explainer, [thing])
        explainer.settings.explainedClass = 2
        let blue = try #require(try bench.look(explainer, [thing], seconds: 0.1).things.first)
        #expect(blue.prediction.label == "blue" && blue.prediction.probability < 0.1 && blue.isRecognised)
        explainer.settings.explainedClass = nil
        explainer.detect.cropMargin = 0.25
        let wide = try #require(try bench.look(explainer, [thing], seconds: 0.2).things.first)
        #expect(wide.prediction.label == "green" && abs(wide.heatmap.region.width - 48) <= 2)
        explainer.detect.heat = .dwell
        #expect(try bench.look(explainer, [thing], seconds: 0.3).things.first?.energyInBox == nil)
        (explainer.detect.minScore, explainer.detect.track) = (1, .off)
        #expect(try bench.look(explainer, [thing], seconds: 0.4).things.isEmpty)
    }

    @Test func aChosenClassIsExplainedInEachBox() throws {
        let bench = try StageBench()
        let seen = try bench.look(try bench.explainer { $0.explainedClass = "blue" }, [.init(x: 60)])
        #expect(seen.things.map(\.prediction.label) == ["blue"])
        let apart = try bench.look(try bench.explainer { $0.versus = "blue" }, [.init(x: 60)])
        #expect(apart.things.first?.versus?.label == "blue" && apart.things.first?.target.isContrast == true)
    }

    @Test(arguments: ["gradcam", "layercam", "eigencam", "reciprocam"])
    func methodsAreTheClassifiers(name: String) throws {
        let bench = try StageBench()
        let method = try #require(MethodName(rawValue: name))
        let explainer = try bench.explainer { $0.method = method }
        let seen = try bench.look(explainer, [.init(x: 60)])
        #expect(explainer.methods.map(\.name) == [name] && seen.things.first?.heatmap.values.max() == 1)
        let peak = try #require(seen.things.first?.heatmap.peakPlace)
        #expect((68..<76).contains(peak.x) && (24..<32).contains(peak.y))
    }

    @Test func aTrialLeavesNothingBehind() throws {
        let bench = try StageBench()
        let explainer = try bench.explainer()
        try explainer.tryOut()
        #expect(explainer.crops == 0)
        #expect(try bench.look(explainer, [.init(x: 60)]).events == ["began 1 green"])
    }
}
