import Infer
import Testing

struct InferencePaceTests {
    /// Numbers of the pictures that are looked at, of so many a second.
    private func taken(_ pace: InferencePace, of count: Int = 30, at framesPerSecond: Double = 30) -> [Int] {
        var pace = pace
        return (0..<count).filter { pace.takes(Double($0) / framesPerSecond) }
    }

    @Test func allAreTakenWhereNothingIsSaid() {
        #expect(taken(InferencePace(every: 1, rate: nil)) == Array(0..<30))
        #expect(!InferencePace(every: 1, rate: nil).leavesOut)
    }

    @Test func oneOfSoManyIsTaken() {
        #expect(taken(InferencePace(every: 3, rate: nil), of: 10) == [0, 3, 6, 9])
    }

    @Test(arguments: [(5.0, 30.0), (5, 25), (5, 29.97), (7, 30), (10, 15), (1, 50), (0.5, 30)])
    func theRateHoldsOnAverage(rate: Double, framesPerSecond: Double) {
        let count = Int(framesPerSecond * 60)
        let expected = 60 * rate
        let taken = taken(InferencePace(every: 1, rate: rate), of: count, at: framesPerSecond)
        #expect(abs(Double(taken.count) - expected) <= 1.01)
        let gaps = zip(taken, taken.dropFirst()).map { $1 - $0 }
        #expect((gaps.max() ?? 0) - (gaps.min() ?? 0) <= 1, "they are evenly spread")
    }

    @Test func moreThanThereAreTakesAll() {
        #expect(taken(InferencePace(every: 1, rate: 100)).count == 30)
    }

    @Test func whatWasMissedIsNotMadeUpForAndAStreamThatBeginsAnewIsLookedAtAtOnce() {
        var pace = InferencePace(every: 1, rate: 1)
        let times = [0, 0.5, 10, 10.5, 11, 3, 3.5]
        #expect(times.filter { pace.takes($0) } == [0, 10, 11, 3])
        pace.forget()
        let isTaken = pace.takes(3.6)
        #expect(isTaken)
    }
}
