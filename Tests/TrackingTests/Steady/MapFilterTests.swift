import Testing

@testable import Tracking

/// The filters, one class's maps and an elapsed time each.
struct MapFilterTests {
    /// What a filter makes of a signal that holds from one multiple of 0.5 s to the next, at hundredths of a second.
    private func run(
        _ kind: MapFilter, _ signal: [[Float]], at times: [Double], timeConstant: Double = 0.3
    ) -> [Int: [Float]] {
        let filter = kind.make(timeConstant: timeConstant)
        var results: [Int: [Float]] = [:]
        var last = times[0]
        for time in times {
            var map = signal[Int((time / 0.5).rounded(.up))]
            filter.filter(&map, after: time - last)
            results[Int((time * 100).rounded())] = map
            last = time
        }
        return results
    }

    /// Largest difference of two maps.
    private func distance(_ one: [Float], _ other: [Float]) -> Float {
        zip(one, other).map { abs($0 - $1) }.max() ?? .infinity
    }

    @Test(arguments: MapFilter.allCases)
    func atEqualTimesTheMapIsTheSameAtAnyFrameRate(kind: MapFilter) throws {
        let signal: [[Float]] = [
            [8, 1, 0, 2], [8, 1, 0, 2], [1, 8, 0, 2], [2, 7, 1, 2], [2, 7, 1.5, 2], [0, 2, 6, 6], [8, 1, 0, 2],
        ]
        let at10 = run(kind, signal, at: (0...30).map { Double($0) / 10 })
        let at30 = run(kind, signal, at: (0...90).map { Double($0) / 30 })
        let variable = run(
            kind, signal, at: [0] + (0..<6).flatMap { k in [0.02, 0.11, 0.2, 0.4, 0.5].map { 0.5 * Double(k) + $0 } })
        // What moves opens the One-Euro filter, and how far it has come decides how much: 1 % of the range.
        let tolerance: Float = kind == .oneEuro ? 0.08 : 1e-4
        for time in stride(from: 0, to: 300, by: 50).flatMap({ [$0 + 20, $0 + 40, $0 + 50] }) {
            let reference = try #require(at30[time])
            #expect(distance(try #require(at10[time]), reference) < tolerance, "at \(time)")
            #expect(distance(try #require(variable[time]), reference) < tolerance, "at \(time)")
        }
        // It does filter: soon after a change the map is on its way.
        #expect(distance(try #require(at30[253]), signal[6]) > 0.01)
    }

    @Test(arguments: MapFilter.allCases)
    func theFirstMapAndTheFirstAfterForgettingStayAsTheyAre(kind: MapFilter) {
        let filter = kind.make(timeConstant: 1)
        var map: [Float] = [8, 1]
        filter.filter(&map, after: 0)
        #expect(map == [8, 1])
        filter.forget()
        map = [2, 3]
        filter.filter(&map, after: 0.1)
        #expect(map == [2, 3])
    }

    @Test(arguments: MapFilter.allCases)
    func whatIsRememberedMovesWithThePicture(kind: MapFilter) {
        // A spot that jumps from the first place to the last, as the picture does.
        func last(moving: Bool) -> [Float] {
            let filter = kind.make(timeConstant: 0.3)
            var map: [Float] = [9, 0, 0, 0]
            for _ in 0..<6 {
                map = [9, 0, 0, 0]
                filter.filter(&map, after: 1.0 / 30)
            }
            if moving {
                filter.move { past in
                    var past = past
                    past.reverse()
                }
            }
            map = [0, 0, 0, 9]
            filter.filter(&map, after: 1.0 / 30)
            return map
        }
        #expect(distance(last(moving: true), [0, 0, 0, 9]) < 1e-5)
        #expect(distance(last(moving: false), [0, 0, 0, 9]) > 1)
    }

    @Test(arguments: [[0.5], [0.1, 0.2, 0.3, 0.4, 0.5], [0.01, 0.37, 0.5]])
    func theExponentialFilterFollowsAStepWithItsTimeConstant(times: [Double]) {
        let filter = ExponentialFilter(timeConstant: 0.5)
        var map: [Float] = [0]
        filter.filter(&map, after: 0)
        var last = 0.0
        for time in times {
            map = [1]
            filter.filter(&map, after: time - last)
            last = time
        }
        // 1 - exp(-0.5 / 0.5).
        #expect(abs(map[0] - 0.6321206) < 1e-5)
    }

    /// A hot spot among 16 places, with noise from a small generator.
    private func spot(at place: Int, noise: Float, _ state: inout UInt32) -> [Float] {
        (0..<16).map { cell in
            state = state &* 1_664_525 &+ 1_013_904_223
            let uniform = Float(state >> 8) / Float(1 << 24) - 0.5
            return (cell == place ? 10 : cell == place + 1 ? 5 : 0) + noise * uniform
        }
    }

    @Test func theOneEuroFilterIsSteadyWhenStillAndQuickWhenItMoves() {
        let oneEuro = OneEuroFilter(timeConstant: 0.4)
        let exponential = ExponentialFilter(timeConstant: 0.4)
        var state: UInt32 = 1
        var change: (raw: Float, filtered: Float) = (0, 0)
        var last: (raw: [Float], filtered: [Float])?
        for frame in 0..<90 {
            let raw = spot(at: 3, noise: 1, &state)
            var (map, other) = (raw, raw)
            oneEuro.filter(&map, after: 1.0 / 30)
            exponential.filter(&other, after: 1.0 / 30)
            if let last, frame > 20 {
                change.raw += zip(last.raw, raw).map { abs($0 - $1) }.reduce(0, +)
                change.filtered += zip(last.filtered, map).map { abs($0 - $1) }.reduce(0, +)
            }
            last = (raw, map)
        }
        #expect(change.filtered < 0.15 * change.raw)
        // The spot goes elsewhere: 63 % of the way in 0.1 s, of which the exponential filter is far.
        var (map, other): ([Float], [Float]) = ([], [])
        for _ in 0..<3 {
            map = spot(at: 11, noise: 1, &state)
            other = map
            oneEuro.filter(&map, after: 1.0 / 30)
            exponential.filter(&other, after: 1.0 / 30)
        }
        #expect(map[11] > 6.3 && map[3] < 3.7)
        #expect(other[11] < 3)
    }

    @Test func whereAHotSpotMovesOnNoTrailStays() {
        let filter = OneEuroFilter(timeConstant: 2)
        var map: [Float] = []
        // A place in 0.1 s, through one row.
        for frame in 0..<36 {
            map = [Float](repeating: 0, count: 16)
            map[frame / 3] = 10
            filter.filter(&map, after: 1.0 / 30)
        }
        // Each place that was left has stood still since then: by its own speed it would keep exp(-0.3 / 2) of its heat.
        #expect(map[8] < 1.5 && map[11] > 5)
    }

    @Test func theOneEuroFilterKnowsNoUnit() {
        let filters = [OneEuroFilter(timeConstant: 0.4), OneEuroFilter(timeConstant: 0.4)]
        var (one, two) = (UInt32(7), UInt32(7))
        for frame in 0..<30 {
            var map = spot(at: frame / 10, noise: 1, &one)
            // A thousand times smaller, and an offset.
            var other = spot(at: frame / 10, noise: 1, &two).map { $0 / 1024 + 8 }
            filters[0].filter(&map, after: 1.0 / 30)
            filters[1].filter(&other, after: 1.0 / 30)
            #expect(distance(map, other.map { ($0 - 8) * 1024 }) < 0.02)
        }
    }

    @Test func aFlatMapThatComesToLifeIsFollowedAtOnce() {
        let filter = OneEuroFilter(timeConstant: 0.4)
        var map: [Float] = [0, 0]
        filter.filter(&map, after: 0)
        filter.filter(&map, after: 0.1)
        #expect(map == [0, 0])
        map = [0, 3]
        filter.filter(&map, after: 0.1)
        #expect(distance(map, [0, 3]) < 0.02)
    }

    @Test func theMedianLeavesNoTraceOfAFlashAndDelaysAStepByTheTimeConstant() {
        let filter = MedianFilter(timeConstant: 0.2)
        var values: [Float] = []
        for frame in 0..<40 {
            // A flash of 0.1 s at 0.5 s, a step at 1 s and 30 frames.
            var map: [Float] = [(15..<18).contains(frame) ? 100 : frame > 30 ? 7 : 1]
            filter.filter(&map, after: 1.0 / 30)
            values.append(map[0])
        }
        #expect(values[...30].allSatisfy { $0 == 1 })
        // The window of 0.4 s is half new after 6 frames, and more than half after 7.
        #expect(values[35] == 1 && values[37] == 7)
    }

    @Test func theMedianKeepsAsManyMapsAtAnyFrameRate() {
        // 1000 frames a second for a window of 2 s: a step comes through after 1 s all the same.
        let filter = MedianFilter(timeConstant: 1)
        var stepped: Int?
        for frame in 0..<5000 {
            var map: [Float] = [frame > 3000 ? 1 : 0]
            filter.filter(&map, after: 0.001)
            if map[0] == 1, stepped == nil { stepped = frame }
        }
        // To a thirty-second of the window.
        #expect(abs((stepped ?? 0) - 4000) < 70)
    }

    @Test(arguments: [1, 49, 100])
    func theMedianOfEachCellIsThatOfItsWeightedValues(cells: Int) {
        let filter = MedianFilter(timeConstant: 0.5)
        var state: UInt32 = 3
        func random(_ bits: UInt32) -> Float {
            state = state &* 1_664_525 &+ 1_013_904_223
            return Float(state >> (32 - bits))
        }
        var seen: [(map: [Float], time: Double)] = []
        var time = 0.0
        for _ in 0..<60 {
            // Few enough in a window to keep all, at unequal times that add up exactly; many equal values.
            let elapsed = Double(102 + random(8)) / 2048
            time += elapsed
            let raw = (0..<cells).map { _ in random(3) }
            var map = raw
            filter.filter(&map, after: seen.isEmpty ? 0 : elapsed)
            seen.append((raw, time))
            // A map counts from the one before it, as far as that lies in the window.
            let weights = seen.indices.map { index in
                index == 0 ? 0 : max(0, seen[index].time - max(seen[index - 1].time, time - 1))
            }
            guard seen.count > 1 else { continue }
            let half = weights.reduce(0, +) / 2
            let expected = (0..<cells).map { cell in
                var sum = 0.0
                return seen.indices.sorted { seen[$0].map[cell] < seen[$1].map[cell] }.first { index in
                    sum += weights[index]
                    return sum >= half
                }.map { seen[$0].map[cell] }
            }
            #expect(map == expected)
        }
    }

    @Test func ofLargeMapsTheMedianKeepsFewerAndDelaysAStepAsLong() {
        let filter = MedianFilter(timeConstant: 1)
        var stepped: Int?
        for frame in 0..<200 {
            var map = [Float](repeating: frame > 100 ? 1 : 0, count: 100_000)
            filter.filter(&map, after: 1.0 / 30)
            if map[99_999] == 1, stepped == nil { stepped = frame }
        }
        // 1 s, to one of the few maps in the window of 2 s.
        #expect(abs((stepped ?? 0) - 130) <= 60 / (MedianFilter.leastDepth - 1))
        var kept = 0
        filter.move { _ in kept += 1 }
        #expect((3...MedianFilter.leastDepth).contains(kept))
    }

    @Test func aMedianOfUnequalTimesIsThatOfTime() {
        let filter = MedianFilter(timeConstant: 0.5)
        var map: [Float] = [5]
        // 5 counts for 0.6 s of the last second, the three others together for 0.4 s.
        for (value, elapsed) in [(5, 0), (5, 0.6), (1, 0.1), (2, 0.1), (3, 0.2)] as [(Float, Double)] {
            map = [value]
            filter.filter(&map, after: elapsed)
        }
        #expect(map == [5])
    }
}
