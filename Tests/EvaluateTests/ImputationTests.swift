import Pipeline
import Testing

@testable import Evaluate

/// Removed places become the weighted mean of their neighbours, whatever the hole.
struct ImputationTests {
    private static let holes = ["disc", "half", "random", "border", "one stays", "stripes"]

    private func isRemoved(_ hole: String, _ row: Int, _ column: Int, _ random: inout SplitMix64) -> Bool {
        switch hole {
        case "disc": (row - 20) * (row - 20) + (column - 25) * (column - 25) < 250
        case "half": row >= 9
        case "random": random.value(in: 0...1) < 0.7
        case "border": !(14..<20).contains(row) || !(11..<18).contains(column)
        case "one stays": (row, column) != (3, 40)
        default: column % 5 != 2
        }
    }

    private func picture(_ height: Int, _ width: Int, channels: Int = 3) -> InputPicture {
        var random = SplitMix64(5)
        return InputPicture(
            channels: channels, height: height, width: width,
            values: (0..<channels * height * width).map { _ in Float(random.value(in: -2...2)) })
    }

    /// How far a removed place is from the mean of its neighbours, at most.
    private func deviation(_ filled: InputPicture, _ removed: [Bool]) -> Double {
        let (height, width) = (filled.height, filled.width)
        var worst = 0.0
        for channel in 0..<filled.channels {
            for place in removed.indices where removed[place] {
                let (row, column) = place.quotientAndRemainder(dividingBy: width)
                var (sum, weights) = (0.0, 0.0)
                for y in max(0, row - 1)...min(height - 1, row + 1) {
                    for x in max(0, column - 1)...min(width - 1, column + 1) where (y, x) != (row, column) {
                        let weight = y == row || x == column ? 1.0 / 6 : 1.0 / 12
                        sum += weight * Double(filled.values[(channel * height + y) * width + x])
                        weights += weight
                    }
                }
                let own = Double(filled.values[channel * removed.count + place])
                worst = max(worst, abs(own - sum / weights))
            }
        }
        return worst
    }

    @Test(arguments: holes) func everyRemovedPlaceIsTheMeanOfItsNeighbours(hole: String) {
        let picture = picture(37, 46)
        var random = SplitMix64(2)
        let removed = (0..<37 * 46).map { isRemoved(hole, $0 / 46, $0 % 46, &random) }
        let filled = LinearImputation(picture, removed: removed)()
        #expect(deviation(filled, removed) < 1e-4)
        for index in filled.values.indices where !removed[index % removed.count] {
            #expect(filled.values[index] == picture.values[index])
        }
    }

    @Test func whatOneKnownPlaceSaysIsEverywhere() {
        let picture = picture(40, 33)
        var removed = [Bool](repeating: true, count: 40 * 33)
        removed[100] = false
        let filled = LinearImputation(picture, removed: removed)()
        for channel in 0..<3 {
            let known = picture.values[channel * 1320 + 100]
            #expect(filled.values[channel * 1320..<(channel + 1) * 1320].allSatisfy { abs($0 - known) < 1e-3 })
        }
    }

    @Test func whereNothingStaysAllIsTheMeanColour() {
        let filled = LinearImputation(picture(6, 7), removed: [Bool](repeating: true, count: 42))()
        #expect(filled.values.allSatisfy { $0 == 0 })
    }

    @Test func whereAllStaysNothingChanges() {
        let picture = picture(6, 7)
        #expect(LinearImputation(picture, removed: [Bool](repeating: false, count: 42))() == picture)
    }

    @Test(arguments: [(1, 9), (9, 1), (2, 2), (1, 2)]) func narrowPicturesAreFilledIn(height: Int, width: Int) {
        let picture = picture(height, width, channels: 1)
        let removed = (0..<height * width).map { $0 != 0 }
        let filled = LinearImputation(picture, removed: removed)()
        #expect(filled.values.allSatisfy { abs($0 - picture.values[0]) < 1e-3 })
    }

    @Test func percentilesAreNumPys() {
        let values: [Float] = [1, 2, 4, 8]
        for (percentile, expected) in [(0.0, 1.0), (20, 1.6), (50, 3), (80, 5.6), (100, 8)] {
            #expect(abs(RemoveAndDebias.percentile(percentile, ofSorted: values) - expected) < 1e-12)
        }
    }
}
