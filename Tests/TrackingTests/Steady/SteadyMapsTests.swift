import Pipeline
import Testing

@testable import Tracking

/// Maps of several classes over time, from raw values to heat.
struct SteadyMapsTests {
    private func steady(
        _ timeConstant: Double = 0.4, _ scale: ScaleChoice = .running, filter: MapFilter = .exponential,
        traits: MapTraits = MapTraits(), capacity: Int = 12
    ) -> SteadyMaps {
        SteadyMaps(
            .init(filter: filter, smoothing: timeConstant, scale: scale), traits, classes: 1000, capacity: capacity)
    }

    private func heat(
        _ maps: inout SteadyMaps, _ values: [Float], ofClass classID: Int = 0, probability: Float = 1,
        at seconds: Double, after motion: PictureMotion? = nil
    ) -> (heat: [Float], scales: MapScales) {
        var map = RawMap(height: 1, width: values.count, values: values)
        let scales = maps.heat(&map, of: .score(classID), probability: probability, at: seconds, after: motion)
        return (map.values, scales)
    }

    @Test func withoutSmoothingAndWithTheFramesScaleEachFrameIsByItself() {
        var maps = steady(0, .frame)
        for (frame, raw) in ([[-3, 1, 7.5], [0.1, 0.3, 0.2], [-1, -2, -3]] as [[Float]]).enumerated() {
            let seen = heat(&maps, raw, probability: 0.01, at: Double(frame) / 30)
            let (low, high): (Float, Float) = (0, raw.max()!)
            // To the last bit.
            #expect(seen.heat == raw.map { high > 0 ? min(1, max(0, $0 - low) / (high - low)) : 0 })
            #expect(seen.scales.frame == ColourScale(low: 0, high: high) && seen.scales.shown == seen.scales.frame)
        }
    }

    @Test(arguments: [ScaleChoice.running, .frame, .fixed(low: 0, high: 4)], [0, 0.4])
    func aColdMapIsColdOnEveryScaleAndKeepsItsOrder(_ scale: ScaleChoice, smoothing: Double) {
        var maps = steady(smoothing, scale)
        for frame in 0..<20 {
            var map = RawMap(height: 1, width: 3, values: [1, 4, 2])
            _ = maps.heat(&map, of: .score(0), probability: 1, isCold: true, at: Double(frame) / 30)
            #expect(map.values.allSatisfy { $0 < 0.02 } && map.values[1] > map.values[2], "\(map.values)")
        }
        var same = steady(smoothing, scale, traits: MapTraits(isClassDiscriminative: false))
        var map = RawMap(height: 1, width: 3, values: [1, 4, 2])
        _ = same.heat(&map, of: .score(0), probability: 1, isCold: true, at: 0)
        #expect(map.values[1] > 0.9)
    }

    @Test func aFixedScaleHoldsWhateverComes() {
        var maps = steady(0, .fixed(low: 2, high: 4))
        let seen = heat(&maps, [1, 2, 3, 9], probability: 0.01, at: 0)
        #expect(seen.heat == [0, 0, 0.5, 1])
        #expect(seen.scales == MapScales(frame: .init(low: 0, high: 9), shown: .init(low: 2, high: 4)))
    }

    @Test func theScalesBeforeAndAfterAreTold() {
        var maps = steady(0, .running)
        _ = heat(&maps, [0, 8], at: 0)
        let seen = heat(&maps, [0, 4], at: 1.0 / 30)
        #expect(seen.scales.frame == ColourScale(low: 0, high: 4))
        #expect(seen.scales.shown.high > 7 && seen.scales.shown.high < 8)
    }

    @Test func aGridsUnlikelyClassIsPaintedFainterThanTheLikelyOne() {
        for zero in [ZeroLevel.zero, .lowest] {
            var maps = steady(traits: MapTraits(zero: zero))
            // The same map, in whatever unit.
            for probability in [0.97, 0.003] as [Float] {
                let seen = heat(
                    &maps, [0, 0.002, 0.004], ofClass: probability > 0.5 ? 1 : 2, probability: probability, at: 0)
                #expect(probability > 0.5 ? seen.heat[2] > 0.9 : seen.heat[2] < 0.05, "\(zero)")
            }
            maps = steady(traits: MapTraits(zero: zero, isClassDiscriminative: false))
            #expect(heat(&maps, [0, 0.002, 0.004], probability: 0.003, at: 0).heat[2] > 0.9, "\(zero)")
        }
    }

    @Test func classesKeepTheirOwnPastWhateverTheirOrder() {
        var (together, alone) = (steady(), steady())
        for frame in 0..<30 {
            let time = Double(frame) / 30
            let raw: [Float] = [Float(frame % 5), 3, Float(frame % 7)]
            let seen = heat(&alone, raw, ofClass: 7, probability: 0.5, at: time)
            let classes = frame.isMultiple(of: 2) ? [7, 3] : [3, 7]
            var found: [Float] = []
            for classID in classes {
                let values = classID == 7 ? raw : raw.map { 100 - $0 }
                let result = heat(&together, values, ofClass: classID, probability: 0.5, at: time)
                if classID == 7 { found = result.heat }
            }
            #expect(found == seen.heat)
        }
    }

    @Test(arguments: [ScaleChoice.frame, .running], MapFilter.allCases)
    func forgettingAndAStepBackInTimeStartAfresh(scale: ScaleChoice, filter: MapFilter) {
        let fresh: ([Float], Double) -> [Float] = { values, time in
            var maps = self.steady(0.4, scale, filter: filter)
            return self.heat(&maps, values, at: time).heat
        }
        func after(_ time: Double, forgetting: Bool = false) -> [Float] {
            var maps = steady(0.4, scale, filter: filter)
            for frame in 0..<10 { _ = heat(&maps, [9, 0, 1, 2], at: 10 + Double(frame) / 30) }
            if forgetting { maps.forget() }
            return heat(&maps, [1, 5, 0, 0], at: time).heat
        }
        #expect(after(10.4, forgetting: true) == fresh([1, 5, 0, 0], 0))
        #expect(after(9) == fresh([1, 5, 0, 0], 0))
        #expect(after(10.4) != fresh([1, 5, 0, 0], 0))
    }

    @Test func aClassThatWasNotDrawnForLongStartsAfresh() {
        var maps = steady(0.4)
        _ = heat(&maps, [9, 0], ofClass: 1, at: 0)
        for frame in 1..<20 { _ = heat(&maps, [4, 4], ofClass: 2, at: Double(frame) / 10) }
        var fresh = steady(0.4)
        #expect(heat(&maps, [0, 5], ofClass: 1, at: 2) == heat(&fresh, [0, 5], ofClass: 1, at: 2))
    }

    @Test func picturesFarApartGoOnWhereNoneIsMissingBetweenThem() {
        var maps = steady(0.4)
        _ = heat(&maps, [9, 0], at: 0)
        let seen = heat(&maps, [1, 0], at: 2)
        // The scale has not yet come down.
        #expect(seen.scales.shown.high > 1.2)
    }

    @Test func aMapThatIsTheSameForAllClassesGoesOnWhenAnotherOneIsDrawn() {
        var maps = steady(0.4, traits: MapTraits(isClassDiscriminative: false))
        _ = heat(&maps, [8, 0], ofClass: 1, at: 0)
        let next = heat(&maps, [0, 8], ofClass: 2, at: 0.1)
        #expect(next.heat[0] > next.heat[1])
        // In a grid it is asked for several times a picture.
        #expect(heat(&maps, [0, 8], ofClass: 5, at: 0.1).heat == next.heat)
    }

    @Test(arguments: MapFilter.allCases) func classesOfAnotherListKeepTheirFiltersAndScales(filter: MapFilter) {
        var (maps, same) = (steady(5, filter: filter), steady(5, filter: filter))
        for frame in 0..<10 {
            for classID in [0, 1] {
                _ = heat(&maps, [8, 1], ofClass: classID, at: Double(frame) / 10)
                _ = heat(&same, [8, 1], ofClass: classID, at: Double(frame) / 10)
            }
        }
        maps.renumber(Renumbering(from: ["a", "b"], to: ["b", "c", "d"]))
        #expect(heat(&maps, [1, 4], ofClass: 0, at: 1) == heat(&same, [1, 4], ofClass: 1, at: 1))
        #expect(heat(&same, [1, 4], ofClass: 0, at: 1) != heat(&maps, [1, 4], ofClass: 2, at: 1))
        // New, though its number was another class's; and what has gone comes back as new.
        var fresh = steady(5, filter: filter)
        let new = heat(&fresh, [1, 4], ofClass: 1, at: 1)
        #expect(heat(&maps, [1, 4], ofClass: 1, at: 1) == new)
        maps.renumber(Renumbering(from: ["b", "c", "d"], to: ["a", "b"]))
        #expect(heat(&maps, [1, 4], ofClass: 0, at: 1.1) == new)
    }

    @Test func whatIsNoNumberLeavesNoTraceInTheScale() {
        var maps = steady(0, .running, traits: MapTraits(zero: .lowest))
        _ = heat(&maps, [.nan, 1, 2], at: 0)
        #expect(heat(&maps, [0, 1, 2], at: 0.1).heat.allSatisfy { (0...1).contains($0) })
    }

    @Test func theLongestGapGrowsWithTheTimeConstant() {
        #expect(steady(0).settings.longestGap == 1)
        #expect(steady(10).settings.longestGap == 40)
    }

    @Test func moreClassesThanFitTakeThePlaceOfTheOldest() {
        var maps = steady(10, .frame, capacity: 2)
        _ = heat(&maps, [8, 1], ofClass: 1, at: 0)
        _ = heat(&maps, [8, 1], ofClass: 2, at: 0.1)
        _ = heat(&maps, [1, 1], ofClass: 3, at: 0.2)
        // 2 is still known, 1 is not.
        #expect(heat(&maps, [1, 8], ofClass: 2, at: 0.3).heat[0] == 1)
        #expect(heat(&maps, [1, 8], ofClass: 1, at: 0.4).heat == [0.125, 1])
    }

    @Test func whatIsNoNumberDoesNotStay() {
        var maps = steady(0.4, .frame)
        _ = heat(&maps, [1, 2], at: 0)
        _ = heat(&maps, [.nan, .infinity], at: 0.1)
        let seen = heat(&maps, [1, 2], at: 0.2)
        #expect(seen.heat.allSatisfy { (0...1).contains($0) } && seen.heat[1] == 1)
    }

    @Test func otherSettingsHoldFromTheNextMapOn() {
        var maps = steady(10, .frame)
        _ = heat(&maps, [8, 0], at: 0)
        // Of another filter, the first map.
        maps.settings.filter = .oneEuro
        #expect(heat(&maps, [0, 8], at: 0.1).heat == [0, 1])
        // Off, and on again: nothing is left of the past.
        maps.settings.smoothing = 0
        #expect(heat(&maps, [8, 0], at: 0.2).heat == [1, 0])
        maps.settings.smoothing = 10
        #expect(heat(&maps, [0, 8], at: 0.3).heat == [0, 1])
        maps.settings.scale = .fixed(low: 0, high: 16)
        maps.settings.smoothing = 0
        #expect(heat(&maps, [0, 8], at: 0.4).heat == [0, 0.5])
    }

    @Test(arguments: MapFilter.allCases)
    func rememberedMapsMoveWithThePicture(filter: MapFilter) {
        var maps = steady(10, .frame, filter: filter)
        _ = heat(&maps, [8, 0, 0, 0], ofClass: 1, at: 0)
        _ = heat(&maps, [4, 8, 0, 0], ofClass: 2, at: 0)
        // By one cell to the right; what comes in is as it is now.
        var field = MotionField(columns: 1, rows: 1)
        field.dx = [0.25]
        let motion = PictureMotion(field: field, since: 0)
        #expect(heat(&maps, [2, 8, 0, 0], ofClass: 1, at: 0.1, after: motion).heat == [0.25, 1, 0, 0])
        #expect(heat(&maps, [0, 4, 8, 0], ofClass: 2, at: 0.1, after: motion).heat == [0, 0.5, 1, 0])
    }

    @Test func mapsOfAnotherTimeThanTheMotionsStayWhereTheyAre() {
        var maps = steady(10, .frame)
        _ = heat(&maps, [8, 0, 0, 0], at: 0)
        var field = MotionField(columns: 1, rows: 1)
        field.dx = [0.25]
        let seen = heat(&maps, [0, 8, 0, 0], at: 0.2, after: PictureMotion(field: field, since: 0.1))
        #expect(seen.heat[0] == 1 && seen.heat[1] < 0.1)
    }
}
