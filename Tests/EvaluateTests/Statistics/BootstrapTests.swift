import Evaluate
import Pipeline
import Testing

@Suite struct BootstrapTests {
    private static let metric = Metric("sharpness", "sharpness", "")
    private let layout = TallyLayout(means: [Self.metric], hasBoxes: false, hasMasks: false)

    private func tallies(_ values: [Double]) -> [Tally] {
        values.map { value in
            var tally = Tally(layout)
            tally.add([Self.metric.key: value], boxes: nil, mask: nil)
            return tally
        }
    }

    private func estimate(_ values: [Double], seed: UInt64 = 7, draws: Int = 2000) -> Estimate {
        let bootstrap = Bootstrap(groups: values.count, draws: draws, seed: seed)
        return Estimate(
            values.reduce(0, +) / Double(values.count),
            draws: bootstrap.figures(tallies(values), at: nil).map { $0[0] })
    }

    @Test func theIntervalOfAMeanIsThatOfItsStandardError() throws {
        // 50 zeros and 50 ones: standard error 0.05.
        let found = estimate((0..<100).map { Double($0 % 2) })
        let (low, high) = (try #require(found.low), try #require(found.high))
        #expect(abs(low - 0.402) < 0.012 && abs(high - 0.598) < 0.012)
    }

    @Test func theSameSeedGivesTheSameAndAnotherOneAnother() {
        let values = (0..<40).map { Double($0 * $0 % 17) }
        #expect(estimate(values) == estimate(values))
        #expect(estimate(values, seed: 8) != estimate(values))
    }

    @Test func withoutDrawsNothingIsSure() {
        let found = estimate([0, 1], draws: 0)
        #expect(found.low == nil && found.high == nil && !found.isSure)
    }

    @Test func differencesOfTheSamePicturesArePaired() throws {
        // Pictures differ much, the methods by 0.1 in each.
        let one = (0..<60).map { Double($0 % 10) }
        let other = one.enumerated().map { $1 + 0.1 + ($0 % 2 == 0 ? 0.01 : -0.01) }
        let bootstrap = Bootstrap(groups: 60, draws: 500, seed: 1)
        let (first, second) = (bootstrap.figures(tallies(one), at: nil), bootstrap.figures(tallies(other), at: nil))
        let difference = Estimate(0.1, draws: zip(second, first).map { $0[0] - $1[0] })
        #expect(difference.isSure && difference.high! - difference.low! < 0.01)
        let single = Estimate(4.5, draws: first.map { $0[0] })
        #expect(single.high! - single.low! > 1)
    }

    @Test func manyPicturesFallIntoFewGroupsOfAboutTheSameSize() {
        let groups = Bootstrap.groups(of: 1000, seed: 3)
        var counts = [Int](repeating: 0, count: Bootstrap.mostGroups)
        for group in groups { counts[group] += 1 }
        #expect(counts.allSatisfy { (3...4).contains($0) })
        #expect(groups != Bootstrap.groups(of: 1000, seed: 4))
        #expect(Bootstrap.groups(of: 5, seed: 3) == [0, 1, 2, 3, 4])
    }

    @Test func anIntervalOverGroupsIsAboutThatOverPictures() throws {
        var random = SplitMix64(5)
        let values = (0..<2000).map { _ in Double(random.share()) }
        let each = estimate(values, draws: 800)
        var grouped = [Tally](repeating: Tally(layout), count: Bootstrap.mostGroups)
        for (value, group) in zip(values, Bootstrap.groups(of: values.count, seed: 1)) {
            grouped[group].add([Self.metric.key: value], boxes: nil, mask: nil)
        }
        let bootstrap = Bootstrap(groups: grouped.count, draws: 800, seed: 2)
        let found = Estimate(each.value, draws: bootstrap.figures(grouped, at: nil).map { $0[0] })
        let widths = [each, found].map { $0.high! - $0.low! }
        #expect(abs(widths[1] / widths[0] - 1) < 0.2, "\(widths)")
    }
}

@Suite struct RanksTests {
    @Test func theBestIsFirstAndEqualsShareAPlace() {
        #expect(Ranks.of([0.2, 0.9, .nan, 0.9, 0.1], higherIsBetter: true) == [3, 1, nil, 1, 4])
        #expect(Ranks.of([0.2, 0.9, 0.1], higherIsBetter: false) == [2, 3, 1])
    }
}
