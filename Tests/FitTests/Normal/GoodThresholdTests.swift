import Foundation
import ONNX
import Pipeline
import Testing

@testable import Fit

/// From where on a part is anomalous.
struct GoodThresholdTests {
    @Test func ofManyItIsThePercentile() {
        let threshold = GoodThreshold(maxima: (0...1000).map { Float($0) }, usual: 0)
        #expect(threshold.way == .percentile && threshold.scale.threshold == 995)
    }

    @Test func ofFewItIsEstimatedAndNotBelowTheHighest() {
        // Gumbel's distribution, μ 10 and β 2, in its quantiles: -ln(-ln 0.995) = 5.2958 βs above μ.
        let maxima = (0..<40).map { Float(10 - 2 * log(-log((Double($0) + 0.5) / 40))) }
        let threshold = GoodThreshold(maxima: maxima, usual: 1)
        #expect(threshold.way == .extremeValues)
        // The quantiles' end is cut off, which makes the deviation a little smaller.
        #expect(abs(threshold.scale.threshold - 20.59) < 0.6 && maxima.max()! < 19)
        let outlier = GoodThreshold(maxima: [1, 1, 1, 1, 1, 1, 1, 1, 1, 100], usual: 0)
        #expect(outlier.scale.threshold >= 100)
    }

    @Test func aScaleHasTheThresholdInTheMiddle() {
        let scale = GoodThreshold(maxima: [4], usual: 2).scale
        #expect(scale == MapScale(low: 2, threshold: 4))
        #expect([0, 2, 3, 4, 5, 6, 9].map { scale($0) } == [0, 0, 0.25, 0.5, 0.75, 1, 1])
    }

    @Test func somethingLiesBetweenWhereAllPicturesAreTheSame() {
        let scale = GoodThreshold(maxima: [0, 0, 0, 0, 0], usual: 0).scale
        #expect(scale.low < scale.threshold && scale(0) == 0)
    }

    @Test func theAreaIsTheShareOfPairsInOrder() {
        var ranked = RankedScores()
        #expect(ranked.area == nil)
        for score in [1, 2, 3, 4] as [Float] { ranked.add(score, isAnomalous: false) }
        #expect(ranked.area == nil)
        for score in [2, 5] as [Float] { ranked.add(score, isAnomalous: true) }
        // Of 8 pairs: 2 above 1, 2 as 2 (half), 5 above all four.
        #expect(ranked.area == 5.5 / 8)
        var others = RankedScores()
        others.add(6, isAnomalous: false)
        others.add(7, isAnomalous: true)
        var sum = ranked
        sum.addGood(of: others)
        #expect(sum.area == 5.5 / 10)
        ranked.addAll(of: others)
        #expect(ranked.area == 10.5 / 15)
    }
}
