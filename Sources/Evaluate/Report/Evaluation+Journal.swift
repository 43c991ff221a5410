import Pipeline

extension Evaluation {
    /// From what was found in the pictures.
    ///
    /// - Parameters:
    ///   - path: of the journal, which is read twice.
    ///   - leftOut: of the data.
    ///   - date: as people write it.
    ///   - seconds: that the run took.
    /// - Throws: `EvaluationError`.
    package init(
        journal path: String, _ options: Options, leftOut: [LeftOut] = [], isFinished: Bool, date: String,
        seconds: Double
    ) throws(EvaluationError) {
        try self.init(
            facts: try Journal.facts(path), options, leftOut: leftOut, isFinished: isFinished, date: date,
            seconds: seconds
        ) { take throws(EvaluationError) in _ = try Journal.read(path, take) }
    }

    /// From pictures that are at hand.
    ///
    /// - Throws: `EvaluationError`, as above.
    package init(
        _ pictures: [JudgedPicture], facts: RunFacts, _ options: Options, leftOut: [LeftOut] = [], date: String,
        seconds: Double
    ) throws(EvaluationError) {
        try self.init(
            facts: facts, options, leftOut: leftOut, isFinished: true, date: date, seconds: seconds
        ) { take throws(EvaluationError) in pictures.forEach(take) }
    }

    /// - Parameter read: gives one picture after the other; is called twice.
    private init(
        facts: RunFacts, _ options: Options, leftOut: [LeftOut], isFinished: Bool, date: String, seconds: Double,
        _ read: ((JudgedPicture) -> Void) throws(EvaluationError) -> Void
    ) throws(EvaluationError) {
        var (judged, hasBoxes, hasMasks, keys) = (0, false, false, Set<String>())
        var problems: [LeftOut] = []
        try read { picture in
            if let problem = picture.problem {
                problems.append(LeftOut(name: picture.picture, reason: problem))
                return
            }
            judged += 1
            for map in picture.maps.values {
                keys.formUnion(map.figures.keys)
                hasBoxes = hasBoxes || map.boxSweep != nil
                hasMasks = hasMasks || map.maskSweep != nil
            }
        }
        guard judged > 0 else {
            throw .nothingJudged(
                pictures: problems.count, first: problems.first.map { "\($0.name): \($0.reason)" } ?? "was not reached")
        }
        if options.tuneShare > 0, !hasBoxes, !hasMasks { throw .tuneWithoutPlaces }
        let layout = TallyLayout(
            means: (Metric.ofPlaces + facts.judged).filter { keys.contains($0.key) }, hasBoxes: hasBoxes,
            hasMasks: hasMasks, series: facts.series)
        var sorting = Sorting(layout, facts, judged: judged, options)
        try read { picture in if picture.problem == nil { sorting.add(picture) } }
        self.init(
            facts, options, sorting, leftOut: leftOut + problems,
            Summary(
                isFinished: isFinished, judged: judged, tuned: sorting.tuned, accuracy: sorting.accuracy(options),
                date: date, seconds: seconds))
    }

    private init(
        _ facts: RunFacts, _ options: Options, _ sorted: Sorting, leftOut: [LeftOut], _ summary: Summary
    ) {
        let metrics = sorted.layout.metrics
        let bootstrap = Bootstrap(groups: sorted.groupCount, draws: options.draws, seed: facts.seed)
        let thresholds = sorted.tuning.map { options.tuneShare > 0 ? $0.thresholds : nil }
        let values = zip(sorted.tallies, thresholds).map { Self.sum($0).figures(at: $1) }
        let drawn = zip(sorted.tallies, thresholds).map { tallies, thresholds in
            bootstrap.draws(tallies) { (figures: $0.figures(at: thresholds), means: $0.means) }
        }
        let draws = drawn.map { $0.map(\.figures) }
        var ranks: [[Int?]] = []
        for (place, metric) in metrics.enumerated() {
            ranks.append(Ranks.of(values.map { $0[place] }, higherIsBetter: metric.higherIsBetter))
        }
        methods = facts.methods.enumerated().map { number, method in
            var figures: [String: Estimate] = [:]
            var (ownRanks, below): ([String: Int], [String: String]) = ([:], [:])
            for (place, metric) in metrics.enumerated() where values[number][place].isFinite {
                figures[metric.key] = Estimate(values[number][place], draws: draws[number].map { $0[place] })
                ownRanks[metric.key] = ranks[place][number]
                if !method.isBaseline {
                    below[metric.key] = Self.better(than: number, at: place, metric, values, facts.methods)
                }
            }
            let all = Self.sum(sorted.tallies[number])
            return Method(
                method: method, figures: figures, ranks: ownRanks, below: below, verdict: Self.verdict(figures),
                boxCurve: sorted.layout.hasBoxes ? all.curve(.largest) : nil,
                maskCurve: sorted.layout.hasMasks ? all.curve(.maskOverlap) : nil,
                curves: Self.curves(all, drawn[number].map(\.means)),
                best: sorted.extremes[number].best, worst: sorted.extremes[number].worst)
        }
        var differences: [Difference] = []
        for one in facts.methods.indices {
            for other in facts.methods.indices.dropFirst(one + 1) {
                var figures: [String: Estimate] = [:]
                for (place, metric) in metrics.enumerated() {
                    let value = values[one][place] - values[other][place]
                    guard value.isFinite else { continue }
                    figures[metric.key] = Estimate(
                        value, draws: zip(draws[one], draws[other]).map { $0[place] - $1[place] })
                }
                differences.append(
                    Difference(method: facts.methods[one].key, other: facts.methods[other].key, figures: figures))
            }
        }
        self.differences = differences
        scatters = zip(sorted.scattered, sorted.points).compactMap { metric, points in
            let place = metrics.firstIndex(of: metric)!
            let compared = facts.methods.indices.compactMap { number in
                facts.methods[number].isBaseline
                    ? nil
                    : ranks[place][number].map {
                        Figures(method: facts.methods[number].key, rank: $0, values: points[number])
                    }
            }
            return Scatter(metric, sorted.pictures, compared)
        }
        (self.facts, self.options, self.summary, self.metrics) = (facts, options, summary, metrics)
        (lead, self.leftOut) = (sorted.lead, leftOut)
    }

    /// - Parameter draws: means of each draw.
    private static func curves(_ tally: Tally, _ draws: [[[Double]]]) -> [String: Curve] {
        var curves: [String: Curve] = [:]
        for (number, (series, values)) in zip(tally.layout.series, tally.means).enumerated() where !values.isEmpty {
            curves[series.key] = Curve(values, draws: draws.map { $0[number] })
        }
        return curves
    }

    private static func verdict(_ figures: [String: Estimate]) -> RandomisationVerdict? {
        guard let ranks = figures[Metric.redrawnRanks.key], let likeness = figures[Metric.redrawnSimilarity.key]
        else { return nil }
        return RandomisationVerdict(rankCorrelation: ranks.value, structuralSimilarity: likeness.value)
    }

    private static func sum(_ tallies: [Tally]) -> Tally {
        var sum = Tally(tallies[0].layout)
        for tally in tallies { sum.add(tally, times: 1) }
        return sum
    }

    /// The best baseline that is better; nil: none is.
    private static func better(
        than number: Int, at place: Int, _ metric: Metric, _ values: [[Double]], _ methods: [RunFacts.Method]
    ) -> String? {
        func isBetter(_ one: Int, _ other: Int) -> Bool {
            metric.higherIsBetter
                ? values[one][place] > values[other][place] : values[one][place] < values[other][place]
        }
        let baselines = methods.indices.filter { methods[$0].isBaseline && values[$0][place].isFinite }
        guard let best = baselines.max(by: { isBetter($1, $0) }), isBetter(best, number) else { return nil }
        return methods[best].key
    }
}
