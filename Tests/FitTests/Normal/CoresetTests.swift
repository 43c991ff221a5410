import Pipeline
import Testing

@testable import Fit

/// Rows that stand for many.
struct CoresetTests {
    /// Three heaps on a line, and one far away.
    private let line: [Float] = [0, 0.1, 5, 5.2, 9, 9.1, 40]

    @Test func eachNextIsTheFarthest() throws {
        let coreset = try Coreset(of: line, width: 1, count: 3, seed: 3)
        let values = coreset.chosen.map { line[$0] }
        // From any start the far one, or the other end if it was the first, comes next.
        #expect(Set(values.map { $0 > 30 ? 2 : $0 > 4 ? 1 : 0 }).contains(2))
        var left = Set(line.indices).subtracting(coreset.chosen.prefix(1))
        for position in 1..<3 {
            let before = coreset.chosen.prefix(position)
            func nearest(_ row: Int) -> Float { before.map { abs(line[row] - line[$0]) }.min()! }
            let best = left.map(nearest).max()!
            #expect(abs(nearest(coreset.chosen[position]) - best) < 1e-3)
            left.remove(coreset.chosen[position])
        }
    }

    @Test func noOtherRowLiesFartherThanTheRadius() throws {
        var random = SplitMix64(7)
        let values = (0..<9000 * 6).map { _ in Float(random.value(in: -1...1)) }
        let coreset = try Coreset(of: values, width: 6, count: 40)
        #expect(coreset.chosen.count == 40 && Set(coreset.chosen).count == 40)
        var farthest: Float = 0
        for row in 0..<9000 {
            let nearest = coreset.chosen.map { chosen in
                (0..<6).reduce(Float(0)) {
                    let difference = values[row * 6 + $1] - values[chosen * 6 + $1]
                    return $0 + difference * difference
                }
            }.min()!
            farthest = max(farthest, nearest)
        }
        #expect(abs(farthest.squareRoot() - coreset.radius) < 1e-3)
    }

    @Test func theSameSeedChoosesTheSame() throws {
        var random = SplitMix64(1)
        let values = (0..<10_000 * 4).map { _ in Float(random.value(in: -1...1)) }
        let one = try Coreset(of: values, width: 4, count: 30)
        #expect(try one.chosen == Coreset(of: values, width: 4, count: 30).chosen)
        #expect(try one.chosen != Coreset(of: values, width: 4, count: 30, seed: 1).chosen)
    }

    @Test func equalRowsAreChosenOnce() throws {
        let values: [Float] = [1, 2, 1, 2, 3, 4, 1, 2]
        let coreset = try Coreset(of: values, width: 2, count: 10)
        #expect(coreset.chosen.count == 2 && coreset.radius == 0)
    }

    @Test func itIsGivenUp() {
        #expect(throws: HeadError.cancelled) {
            try Coreset(of: [1, 2, 3], width: 1, count: 2, isCancelled: { true })
        }
    }
}
