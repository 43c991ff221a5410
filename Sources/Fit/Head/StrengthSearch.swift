import COpenBLAS
import Synchronization

/// Tries strengths of L2 on folds, each from where the one before ended: weaker ones until two in a row are no better
/// than the best, then, if none of them was better than the first, stronger ones until one is worse.
struct StrengthSearch {
    private let rows: TrainingRows
    private let folds: [Fold]
    private let threads: Int
    private let options: HeadFitOptions
    private let isCancelled: @Sendable () -> Bool
    /// By place in the list of strengths: from strong to weak, without gaps.
    private var tried: [Int: HeadFit.Trial] = [:]
    /// Of each, the first fold's parameters for standardised features.
    private var parameters: [Int: [Double]] = [:]

    /// Enough to compare strengths; the head itself is fitted further.
    private static let solver = LBFGS(relativeGain: 1e-4, maximumIterations: 150)

    init(_ rows: TrainingRows, folds: Int, options: HeadFitOptions, isCancelled: @escaping @Sendable () -> Bool) {
        self.rows = rows
        (self.options, self.isCancelled) = (options, isCancelled)
        threads = options.threads
        // Each fold is computed on one thread, as many at a time as there are threads.
        self.folds = folds > 1 ? (0..<folds).map { Fold(rows, $0) } : []
    }

    /// From strong to weak.
    var trials: [HeadFit.Trial] { tried.sorted { $0.key < $1.key }.map(\.value) }

    /// The strongest that is hardly worse than the one with the lowest loss: where a few examples are far apart all are good,
    /// and chance would choose.
    var best: HeadFit.Trial? { bestPlace.map { tried[$0]! } }

    private var bestPlace: Int? {
        guard let lowest = tried.values.map(\.logLoss).min() else { return nil }
        let tested = Double(folds.reduce(0) { $0 + $1.labels.count })
        return tried.filter { $0.value.logLoss <= 1.002 * lowest + 0.2 / tested }.keys.min()
    }

    /// What to try next; nil: the best is found.
    var next: Double? {
        let first = min(options.firstStrength, options.strengths.count - 1)
        guard let bestPlace else { return options.strengths[first] }
        let (strongest, weakest) = (tried.keys.min()!, tried.keys.max()!)
        if weakest - bestPlace < 2, strongest == first, weakest + 1 < options.strengths.count {
            return options.strengths[weakest + 1]
        }
        let lowest = tried.min { ($0.value.logLoss, $0.key) < ($1.value.logLoss, $1.key) }!.key
        return lowest == strongest && strongest > 0 ? options.strengths[strongest - 1] : nil
    }

    /// Where the fit of all rows may begin: near by. Another standardisation changes little.
    var start: ((Standardisation) -> [Double])? {
        bestPlace.flatMap { parameters[$0] }.map { parameters in { _ in parameters } }
    }

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
        let place = options.strengths.firstIndex(of: strength)!
        tried[place] = trial
        parameters[place] = folds[0].parameters
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
