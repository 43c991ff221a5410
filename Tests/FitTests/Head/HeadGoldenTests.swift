import Testing

@testable import Fit

struct HeadGoldenTests {
    @Test func theGoldensAreThere() throws {
        let golden = try FitGolden.shared.get()
        #expect(golden.heads.count == 5)
        #expect(golden.temperatures.count == 3)
    }

    @Test(arguments: FitGolden.heads)
    func theHeadIsThatOfScikitLearn(_ golden: FitGolden.Head) throws {
        var options = HeadFitOptions(threads: 1)
        options.balancesBelow = golden.balanced ? .max : 0
        let fitter = HeadFitter(classes: golden.classes, options: options)
        let data = try Material(
            golden.table, Array(golden.labels.indices), golden.examples, golden.classes, options)
        #expect(data.balancesClasses == golden.balanced)
        let head = try fitter.solve(
            data, l2: golden.l2, temperature: 1, trials: [], from: nil,
            LBFGS(relativeGain: 0, gradientTolerance: 1e-7), { false })
        // Products in 32 bits: scores of about 10 are exact to some 1e-6, and a weak L2 lets the minimum be flat.
        let middle = head.bias.reduce(0, +) / Float(golden.classes)
        #expect(zip(head.weights, golden.weights).allSatisfy { abs($0 - $1) < 5e-3 }, "\(head.weights)")
        #expect(zip(head.bias, golden.bias).allSatisfy { abs($0 - middle - $1) < 2e-2 }, "\(head.bias)")
    }

    @Test(arguments: FitGolden.temperatures)
    func theTemperatureIsThatOfSciPy(_ golden: FitGolden.Scored) {
        let found = Temperature(golden.scores, golden.labels, classes: golden.classes)
        #expect(abs(found.value - golden.temperature) < 1e-5)
        #expect(abs(found.logLoss - golden.logLoss) < 1e-6)
    }

    @Test(arguments: FitGolden.intervals)
    func theIntervalIsThatOfSciPy(_ golden: FitGolden.Interval) {
        let interval = WilsonInterval(golden.successes, of: golden.count)
        #expect(abs(interval.low - golden.low) < 1e-12)
        #expect(abs(interval.high - golden.high) < 1e-12)
    }

    @Test func theFiguresOfAnEvaluationAreThoseOfScikitLearn() throws {
        let golden = try FitGolden.shared.get().evaluation
        let evaluation = Evaluation(scores: golden.scores, labels: golden.labels, classes: golden.classes)
        #expect(evaluation.confusion == golden.confusion)
        #expect(abs(evaluation.accuracy - golden.accuracy) < 1e-12)
        #expect(abs(evaluation.accuracyInterval.low - golden.low) < 1e-12)
        #expect(abs(evaluation.accuracyInterval.high - golden.high) < 1e-12)
        #expect(abs(evaluation.classMeanAccuracy - golden.balancedAccuracy) < 1e-12)
        #expect(abs(evaluation.logLoss - golden.logLoss) < 1e-6)
        #expect(abs(evaluation.calibration.error! - golden.calibrationError) < 1e-6)
        #expect(evaluation.ofClasses.map(\.count) == golden.counts)
        #expect(evaluation.ofClasses.map(\.precision) == golden.precision)
        #expect(evaluation.ofClasses.map(\.recall) == golden.recall)
    }
}
