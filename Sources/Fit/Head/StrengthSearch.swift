import COpenBLAS
import Synchronization

/// Tries strengths of L2 on folds, each from where the one before ended.
struct StrengthSearch {
    private let rows: TrainingRows
    private let folds: [Fold]
    private let threads: Int
    private let isCancelled: @Sendable () -> Bool
    private(set) var trials: [HeadFit.Trial] = []
    /// Of the best trial, the first fold's parameters for standardised features.
    private var bestParameters: [Double]?

    /// Enough to compare strengths; the head itself is fitted further.
    private static let solver = LBFGS(relativeGain: 1e-4, maximumIterations: 150)

    init(_ rows: TrainingRows, folds: Int, options: HeadFitOptions, isCancelled: @escaping @Sendable () -> Bool) {
        self.rows = rows
        self.isCancelled = isCancelled
        threads = options.threads
        // Each fold is computed on one thread, as many at a time as there are threads.
        self.folds = folds > 1 ? (0..<folds).map { Fold(rows, $0) } : []
    }

    var best: HeadFit.Trial? { trials.min { $0.logLoss < $1.logLoss } }

    /// Whether two strengths in a row were worse than the best.
    var isPastBest: Bool {
        guard let best, let place = trials.firstIndex(of: best) else { return false }
        return trials.count - place > 2
    }

    /// Where the fit of all rows may begin: near by. Another standardisation changes little.
    var start: ((Standardisation) -> [Double])? { bestParameters.map { parameters in { _ in parameters } } }

    mutating func tryOut(_ strength: Double) throws(HeadError) {
        let failure = Mutex<HeadError?>(nil)
        Parallel.run(folds.count, threads: threads) { [folds, isCancelled] number in
            do throws(HeadError) {
                try folds[number].fit(strength, Self.solver, isCancelled)
            } catch {
                failure.withLock { $0 = $0 ?? error }
            }
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
        let labels = folds.flatMap(\.labels)
        let scores = folds.flatMap(\.scores)
        let temperature = Temperature(scores, labels, classes: rows.classes)
        let right = labels.indices.count { row in
            let own = scores[row * rows.classes..<(row + 1) * rows.classes]
            return own.firstIndex(of: own.max()!)! - own.startIndex == labels[row]
        }
        let trial = HeadFit.Trial(
            l2: strength, accuracy: Double(right) / Double(labels.count), logLoss: temperature.logLoss,
            temperature: temperature.value)
        if trial.logLoss < best?.logLoss ?? .infinity { bestParameters = folds[0].parameters }
        trials.append(trial)
    }
}

/// One fold: what is learnt without it, and how it is judged then.
private final class Fold: @unchecked Sendable {  // safe: one thread at a time computes it
    private let rows: TrainingRows
    private let loss: LogisticLoss
    private let scaling: Standardisation
    /// The fold's pictures as they are.
    private let tested: [Int]
    private(set) var parameters: [Double]
    /// `[tested, classes]`.
    private(set) var scores: [Float] = []
    let labels: [Int]

    init(_ rows: TrainingRows, _ number: Int) {
        self.rows = rows
        let ranges = rows.ranges(without: number)
        scaling = Standardisation(of: rows, in: ranges)
        loss = LogisticLoss(rows, in: ranges, scaling: scaling, threads: 1)
        parameters = [Double](repeating: 0, count: rows.classes * (rows.width + 1))
        tested = rows.plainRows[number]
        labels = tested.map { rows.labels[$0] }
    }

    func fit(_ strength: Double, _ solver: LBFGS, _ isCancelled: @escaping @Sendable () -> Bool) throws(HeadError) {
        loss.l2 = strength
        parameters = try solver.minimise(from: parameters, isCancelled: isCancelled) { [loss] in
            loss.value(at: $0, gradient: $1)
        }.position
        let layer = scaling.folded(parameters, classes: rows.classes, temperature: 1)
        let head = HeadFit(
            classes: rows.classes, width: rows.width, weights: layer.weights, bias: layer.bias, temperature: 1,
            l2: strength, folds: 0, trials: [], balancesClasses: false)
        scores = head.scores(tested.flatMap { rows.values[$0 * rows.width..<($0 + 1) * rows.width] })
    }
}
