import Testing

@testable import Fit

struct LBFGSTests {
    /// Rosenbrock's valley, in pairs of variables: its minimum is 0, at all ones.
    private static func rosenbrock(_ x: UnsafeBufferPointer<Double>, _ g: UnsafeMutableBufferPointer<Double>) -> Double
    {
        stride(from: 0, to: x.count, by: 2).reduce(0) { sum, i in
            let (slope, rise) = (1 - x[i], x[i + 1] - x[i] * x[i])
            g[i] = -2 * slope - 400 * x[i] * rise
            g[i + 1] = 200 * rise
            return sum + slope * slope + 100 * rise * rise
        }
    }

    @Test(arguments: [2, 6, 32, 100])
    func theEndOfRosenbrocksValleyIsFound(count: Int) throws {
        var solver = LBFGS()
        (solver.relativeGain, solver.gradientTolerance) = (0, 1e-9)
        let start = (0..<count).map { $0 % 2 == 0 ? -1.2 : 1.0 }
        let minimum = try solver.minimise(from: start, Self.rosenbrock)
        #expect(minimum.ending == .converged)
        #expect(minimum.value < 1e-14)
        #expect(minimum.position.count == count)
        #expect(minimum.position.allSatisfy { abs($0 - 1) < 1e-6 })
    }

    @Test func axesOfVeryDifferentLengthAreFound() throws {
        var solver = LBFGS()
        (solver.relativeGain, solver.gradientTolerance) = (0, 1e-8)
        let curvatures = (0..<20).map { Double(1 + $0 * $0 * 10) }
        let minimum = try solver.minimise(from: [Double](repeating: 3, count: 20)) { x, g in
            (0..<20).reduce(0) { sum, i in
                g[i] = curvatures[i] * (x[i] - Double(i))
                return sum + curvatures[i] * (x[i] - Double(i)) * (x[i] - Double(i)) / 2
            }
        }
        #expect(zip(minimum.position, 0...).allSatisfy { abs($0 - Double($1)) < 1e-6 })
    }

    @Test func aMinimumIsKept() throws {
        let minimum = try LBFGS().minimise(from: [1, 1], Self.rosenbrock)
        #expect(minimum.position == [1, 1])
        #expect(minimum.evaluations == 1)
    }

    @Test func itEndsWhenItHasAskedOftenEnough() throws {
        let minimum = try LBFGS(maximumEvaluations: 8).minimise(from: [-1.2, 1], Self.rosenbrock)
        #expect(minimum.ending == .budget)
        #expect((8...12).contains(minimum.evaluations))
        #expect(minimum.value < 24.2, "better than the start")
    }

    @Test func itEndsAfterAsManyIterationsAsItMayTake() throws {
        #expect(try LBFGS(maximumIterations: 3).minimise(from: [-1.2, 1], Self.rosenbrock).ending == .budget)
    }

    @Test func itCanBeCancelled() {
        #expect(throws: HeadError.cancelled) {
            try LBFGS().minimise(from: [-1.2, 1], isCancelled: { true }, Self.rosenbrock)
        }
    }

    @Test func whatIsNoNumberIsAnErrorAndNoAnswer() {
        #expect(throws: HeadError.self) {
            try LBFGS().minimise(from: [1, 2]) { _, gradient in
                for index in gradient.indices { gradient[index] = .nan }
                return .nan
            }
        }
    }
}
