/// Fits a dense layer to features: standardises them, chooses L2 by k-fold cross-validation over groups, fits multinomial
/// logistic regression, and makes its probabilities right by a temperature that the held-out folds give. It touches no
/// file, and the same features give the same head.
package struct HeadFitter: Sendable {
    package let classes: Int
    package let options: HeadFitOptions

    package init(classes: Int, options: HeadFitOptions = HeadFitOptions()) {
        precondition(classes > 0)
        (self.classes, self.options) = (classes, options)
    }

    /// Chooses L2 and temperature, and fits.
    ///
    /// L2 is the one with the lowest log loss on the held-out folds at the temperature that suits it best: a strong L2 makes
    /// modest scores, which the temperature mends, and so the loss by itself would prefer L2 that is too weak. Each fit begins
    /// where the one before ended.
    ///
    /// - Parameters:
    ///   - features: the first row of an example is the picture as it is; folds are tested on that one alone.
    ///   - examples: what `features.examples` count.
    ///   - progress: share of the work that is done, 0...1; called on this thread.
    ///   - isCancelled: asked often, on any thread.
    /// - Throws: `HeadError`.
    package func fit(
        _ features: FeatureTable, _ examples: [LabelledExample], progress: (Double) -> Void = { _ in },
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(HeadError) -> HeadFit {
        let algebra = try Parallel.algebra(threads: options.threads)
        defer { withExtendedLifetime(algebra) {} }
        let data = try Material(features, Array(0..<features.count), examples, classes, options)
        var search = StrengthSearch(data.rows, folds: data.folds, options: options, isCancelled: isCancelled)
        // The usual number of strengths, and the last fit, which takes about as long as two of them.
        let work = 8.0
        if data.folds > 1 {
            while let strength = search.next {
                try search.tryOut(strength)
                progress(min(6, Double(search.trials.count)) / work)
            }
        }
        progress((work - 2) / work)
        let best = search.best
        let head = try solve(
            data, l2: best?.l2 ?? options.usualStrength, temperature: best?.temperature ?? 1, trials: search.trials,
            from: search.start, LBFGS(), isCancelled)
        progress(1)
        return head
    }

    /// Fits all rows with an L2 and a temperature that are known.
    ///
    /// - Parameter start: parameters to begin with, by the standardisation of the rows; nil: zeros.
    func solve(
        _ data: Material, l2: Double, temperature: Double, trials: [HeadFit.Trial],
        from start: ((Standardisation) -> [Double])?, _ solver: LBFGS, _ isCancelled: @escaping @Sendable () -> Bool
    ) throws(HeadError) -> HeadFit {
        let ranges = data.rows.ranges(without: nil)
        let scaling = Standardisation(of: data.rows, in: ranges)
        let loss = LogisticLoss(data.rows, in: ranges, scaling: scaling, threads: options.threads)
        loss.l2 = l2
        let zeros = [Double](repeating: 0, count: classes * (data.rows.width + 1))
        let minimum = try solver.minimise(from: start?(scaling) ?? zeros, isCancelled: isCancelled) {
            loss.value(at: $0, gradient: $1)
        }
        let (weights, bias) = scaling.folded(minimum.position, classes: classes, temperature: temperature)
        return HeadFit(
            classes: classes, width: data.rows.width, weights: weights, bias: bias, temperature: temperature, l2: l2,
            folds: data.folds, trials: trials, balancesClasses: data.balancesClasses)
    }
}

/// What is learnt from, and how it is weighed and folded.
struct Material {
    let rows: TrainingRows
    /// 0: there is nothing to test on.
    let folds: Int
    let balancesClasses: Bool

    /// - Parameter chosen: rows of the table to learn from, ascending.
    /// - Throws: `HeadError` where a class is empty, or a feature no number.
    init(
        _ features: FeatureTable, _ chosen: [Int], _ examples: [LabelledExample], _ classes: Int,
        _ options: HeadFitOptions
    ) throws(HeadError) {
        guard classes > 1 else { throw .oneClass }
        let used = Set(chosen.map { features.examples[$0] }).sorted()
        var counts = [Int](repeating: 0, count: classes)
        var groups = [Set<Int>](repeating: [], count: classes)
        for example in used {
            counts[examples[example].label] += 1
            groups[examples[example].label].insert(examples[example].group)
        }
        if let label = counts.firstIndex(of: 0) { throw .emptyClass(label: label) }
        balancesClasses = counts.min()! < options.balancesBelow && Set(counts).count > 1
        let weights = counts.map { [balancesClasses] count in
            balancesClasses ? Double(used.count) / Double(classes * count) : 1
        }
        // What a class cannot do without is learnt in every fold and tested in none.
        let needed = Set(groups.filter { $0.count == 1 }.flatMap { $0 })
        let shared = used.filter { !needed.contains(examples[$0].group) }
        let parted = groups.map { $0.subtracting(needed).count }.filter { $0 > 0 }
        let possible = min(options.folds, parted.max() ?? 0)
        // Judged by one class alone, all would be given to it.
        folds = parted.count > 1 && possible > 1 ? possible : 0
        var foldOf = [Int](repeating: folds, count: examples.count)
        if folds > 1 {
            let parts = GroupedParts.assign(
                shared.map { examples[$0] }, shares: [Double](repeating: 1 / Double(folds), count: folds),
                seed: options.seed)
            for (example, part) in zip(shared, parts) { foldOf[example] = part }
        }
        rows = try TrainingRows(
            features, rows: chosen, examples, classes: classes, foldOf: foldOf, folds: folds, classWeights: weights)
    }
}
