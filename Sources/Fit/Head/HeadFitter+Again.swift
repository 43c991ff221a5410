/// Fitting anew while somebody teaches: often, and soon.
extension HeadFitter {
    /// Fits anew after a change, within half a second on one core, for as many examples as there may be: from the former
    /// head's place, on as many rows a class as there is time for, the newest among them. All classes weigh the same: who
    /// teaches shows one class long and another one briefly.
    ///
    /// Where there is time, L2 and temperature are chosen anew. Else they stay; `fit` chooses them with more time.
    ///
    /// - Parameters:
    ///   - features: rows in the order in which they came.
    ///   - former: the head until now, for the same classes (see `HeadFit.rearranged`); nil: there is none.
    ///   - operations: products and sums that it may take; half a second of one core of a small machine.
    /// - Throws: `HeadError`.
    package func refit(
        _ features: FeatureTable, _ examples: [LabelledExample], from former: HeadFit?, operations: Double = 1.6e10,
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(HeadError) -> HeadFit {
        precondition(former.map { ($0.classes, $0.width) == (classes, features.width) } ?? true)
        let algebra = try Parallel.algebra(threads: options.threads)
        defer { withExtendedLifetime(algebra) {} }
        var options = options
        options.balancesBelow = .max
        let fitter = HeadFitter(classes: classes, options: options)

        // Two products a row, a multiplication and an addition each.
        let operationsOfRow = 4 * Double(classes * features.width)
        // Few parameters cost more beside the products than in them.
        let overhead = 60 * Double(classes * features.width)
        func rows(evaluations: Int) -> Int {
            max(2 * classes, Int((operations / Double(evaluations) - overhead) / operationsOfRow))
        }
        // About what all folds and strengths take together, each of 4 / 5 of the rows.
        if features.count <= rows(evaluations: 5 * 8 * 12 + 60) {
            return try fitter.fit(features, examples, isCancelled: isCancelled)
        }
        let evaluations = 20
        let chosen = newest(features, examples, count: rows(evaluations: evaluations))
        let data = try Material(features, chosen, examples, classes, options)
        return try fitter.solve(
            data, l2: former?.l2 ?? options.usualStrength, temperature: former?.temperature ?? 1,
            trials: former?.trials ?? [], from: former.map { former in { $0.parameters(of: former) } },
            LBFGS(relativeGain: 1e-4, maximumEvaluations: evaluations), isCancelled)
    }

    /// At most so many rows, the same number of each class as far as it goes: half of a class's are its newest ones, the
    /// others lie evenly over the rest of them.
    private func newest(_ features: FeatureTable, _ examples: [LabelledExample], count: Int) -> [Int] {
        guard features.count > count else { return Array(0..<features.count) }
        var byClass = [[Int]](repeating: [], count: classes)
        for row in 0..<features.count { byClass[examples[features.examples[row]].label].append(row) }
        // What small classes leave goes to the larger ones.
        var (left, remaining) = (count, classes)
        var chosen: [Int] = []
        for rows in byClass.sorted(by: { $0.count < $1.count }) {
            let share = min(rows.count, left / remaining)
            (left, remaining) = (left - share, remaining - 1)
            let recent = share < rows.count ? share / 2 : share
            let earlier = rows.count - recent
            chosen += (0..<share - recent).map { rows[$0 * earlier / (share - recent)] } + rows.suffix(recent)
        }
        return chosen.sorted()
    }
}
