import Foundation
import Pipeline
import Testing

@testable import Steadiness

struct MeasurementTests {
    private func recording(_ maps: [Heatmap], classes: [Int]? = nil) -> MapSequence {
        var recording = MapSequence()
        for (index, map) in maps.enumerated() {
            recording.append(map, [classes?[index] ?? 0], seconds: Double(index) / 30)
        }
        return recording
    }

    private func facts(_ name: String) -> ClipFacts { ClipFacts(name: name, width: Maps.width, height: Maps.height) }

    private func rows(_ facts: ClipFacts, raw: [Heatmap], steady: [Heatmap]) -> [Metric: Report.Row] {
        let rows = Measurement(facts, raw: recording(raw), steady: recording(steady)).rows
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.metric, $0) })
    }

    /// An object that is here for a second, then there.
    private var step: (facts: ClipFacts, maps: [Heatmap]) {
        var facts = facts("step")
        facts.jumps = [30]
        facts.motions = [nil] + (1..<60).map { $0 == 30 ? nil : .still }
        facts.boxes = (0..<60).map {
            $0 < 30 ? PixelBox(x0: 20, y0: 40, x1: 60, y1: 80) : PixelBox(x0: 100, y0: 40, x1: 140, y1: 80)
        }
        return (facts, (0..<60).map { Maps.blob(atX: $0 < 30 ? 40 : 120, y: 60) })
    }

    @Test func aFrozenMapLoses() throws {
        let (facts, maps) = step
        let frozen = Array(repeating: maps[0], count: 60)
        var rows = rows(facts, raw: maps, steady: frozen)
        #expect(rows[.lag]?.steady == nil && rows[.lag]?.isMet == false)
        #expect(rows[.peakInBox]?.steady == 50 && rows[.peakInBox]?.isMet == false)
        var cuts = facts
        cuts.jumpsAreCuts = true
        rows = self.rows(cuts, raw: maps, steady: frozen)
        #expect(rows[.cutLag]?.isMet == false && rows[.correlation]?.isMet == false)
    }

    @Test func aConstantMapLoses() throws {
        let (facts, maps) = step
        for heat in [Float(0), 0.5, 1] {
            let constant = Array(repeating: Maps.constant(heat), count: 60)
            var rows = rows(facts, raw: maps, steady: constant)
            #expect(rows[.lag]?.isMet == false && rows[.peakInBox]?.isMet == false)
            var cuts = facts
            cuts.jumpsAreCuts = true
            rows = self.rows(cuts, raw: maps, steady: constant)
            #expect(rows[.correlation]?.steady == 0 && rows[.correlation]?.isMet == false)
        }
    }

    @Test func objectsThatBeginCountOnceAndTheFirstPicturesDoNot() {
        func begun(_ tracks: [[Int]?]) -> Int? {
            var recording = MapSequence()
            for (index, tracks) in tracks.enumerated() {
                recording.append(Maps.constant(0), [], tracks: tracks, seconds: Double(index))
            }
            return recording.objectsBegun
        }
        #expect(begun([[1, 2], [1], [1, 3], [3], [3, 4]]) == 2)
        #expect(begun([[], [7], [7]]) == 1 && begun([[5], [5], []]) == 0)
        #expect(begun([[], []]) == nil && begun([[1], nil, [1]]) == nil)
    }

    @Test func objectsThatComeAndGoAreSwitches() {
        var (raw, steady) = (MapSequence(), MapSequence())
        for index in 0..<30 {
            raw.append(Maps.constant(0), index % 2 == 0 ? [3, 3] : [3], seconds: Double(index) / 30)
            steady.append(Maps.constant(0), [3, 3], tracks: [1, 2], seconds: Double(index) / 30)
        }
        let rows = Measurement(facts("video"), raw: raw, steady: steady).rows
        let switches = rows.first { $0.metric == .switches }
        #expect(switches?.raw == 29 * 60 && switches?.steady == 0 && switches?.isMet == true)
        let begun = rows.first { $0.metric == .objectsBegun }
        #expect(begun?.raw == nil && begun?.steady == 0 && begun?.isMet == nil)
    }

    @Test func lagIsInSecondsAndAfterCutsInFrames() throws {
        let (facts, maps) = step
        let slow = Maps.smoothed(maps, past: Float(exp(-1.0 / 6)))
        var rows = rows(facts, raw: maps, steady: slow)
        #expect(abs(try #require(rows[.lag]?.steady) - 5.0 / 30) < 1e-9 && rows[.lag]?.isMet == false)
        #expect(rows[.lag]?.raw == 0)
        let quick = Maps.smoothed(maps, past: Float(exp(-1.0 / 3)))
        rows = self.rows(facts, raw: maps, steady: quick)
        #expect(rows[.lag]?.isMet == true)
        var cuts = facts
        cuts.jumpsAreCuts = true
        rows = self.rows(cuts, raw: maps, steady: quick)
        #expect(rows[.cutLag]?.steady == 2 && rows[.cutLag]?.isMet == false)
        #expect(self.rows(cuts, raw: maps, steady: maps)[.cutLag]?.isMet == true)
    }

    @Test func lessFlickerOnAStaticClipMeetsTheGoal() throws {
        var facts = facts("static")
        facts.motions = [nil] + Array(repeating: .still, count: 59)
        func flickering(_ height: Float) -> [Heatmap] {
            (0..<60).map { Maps.constant($0 % 2 == 0 ? 0.5 : 0.5 + height) }
        }
        let rows = rows(facts, raw: flickering(0.4), steady: flickering(0.02))
        #expect(abs(try #require(rows[.flicker]?.raw) - 0.4) < 1e-6)
        #expect(abs(try #require(rows[.flicker]?.ratio) - 0.05) < 1e-4 && rows[.flicker]?.isMet == true)
        #expect(self.rows(facts, raw: flickering(0.4), steady: flickering(0.1))[.flicker]?.isMet == false)
        #expect(rows[.warpedError] == nil && rows[.lag] == nil)
    }

    @Test func motionMakesItWarpedErrorAndAVideoPlainChange() {
        var moving = facts("pan")
        moving.motions = [nil] + Array(repeating: .camera(scale: 1, offset: SIMD2(2, 0)), count: 9)
        let maps = Array(repeating: Maps.constant(0.5), count: 10)
        #expect(rows(moving, raw: maps, steady: maps)[.warpedError] != nil)
        let video = rows(facts("video"), raw: maps, steady: maps)
        #expect(video[.change] != nil && video[.change]?.isMet == nil && video[.peakInBox] == nil)
    }

    @Test func switchesAreGivenAMinute() throws {
        let maps = Array(repeating: Maps.constant(0.5), count: 30)
        let measurement = Measurement(
            facts("video"), raw: recording(maps, classes: (0..<30).map { $0 / 10 }), steady: recording(maps))
        let row = try #require(measurement.rows.first { $0.metric == .switches })
        // Two in a second.
        #expect(abs(try #require(row.raw) - 120) < 1e-6 && row.steady == 0 && row.isMet == true)
        // One of them is right, as the object changes.
        var known = facts("demo")
        known.objectChanges = 1
        let surplus = Measurement(known, raw: measurement.raw, steady: measurement.steady).rows
            .first { $0.metric == .switches }
        #expect(abs(try #require(surplus?.raw) - 60) < 1e-6 && surplus?.steady == 0)
    }

    @Test func theCurveOfAStepIsTheWayToTheNewMap() {
        let (facts, maps) = step
        let series = Measurement(facts, raw: recording(maps), steady: recording(maps)).series
        #expect(series.times.count == 60 && series.raw.count == 60)
        #expect(series.raw[29] == nil && abs((series.raw[30] ?? 0) - 1) < 1e-6)
    }

    @Test func jsonTellsWhatIsNotKnown() throws {
        var report = Report(input: "demo:", model: "m", method: "CAM", against: "raw")
        report.rows = [Report.Row("step", .lag, raw: 0, steady: nil, Measurement.goals.lag)]
        let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(report)) as? [String: Any]
        let row = try #require((json?["rows"] as? [[String: Any]])?.first)
        #expect(row["steady"] is NSNull && row["met"] as? Bool == false && row["unit"] as? String == "s")
        #expect(row["goal"] as? String == "<= 0.15" && row["metric"] as? String == "lag")
    }
}
