/// How a model is computed, and why so.
package struct EngineChoice: Codable, Sendable, Equatable {
    package var options = EngineOptions()
    /// What was measured; nil: there was nothing to choose.
    var precisions: Contest?
    var hints: Contest?

    /// Such as " (f32: 3.6 ms, bf16: 5.3 ms)", to stand behind the precision; empty where there was no choice.
    package var reason: String { precisions.map { " (\($0.text))" } ?? "" }

    /// A line of its own on the cores; nil where there was no choice.
    package var hintNote: String? {
        hints.map { "inferences: \(options.hint.title) (beside a busy encoder \($0.text))" }
    }
}

/// A choice that was made, and notes on how it came about, for the log.
package typealias MeasuredSpeed = (choice: EngineChoice, notes: [String])

/// Measures how a model is computed fastest, once for each model and machine.
package struct EngineChooser {
    var device = Device.cpu
    /// In the engine's words; the first one is exact.
    let precisions: [String]
    let hints: [PerformanceHint]
    /// Where choices are kept; nil: nowhere.
    let store: ChoiceStore?
    /// What the choice is kept under; nil: it cannot be told.
    let key: () -> ChoiceKey?
    /// Runs entrants that differ in their precision, or in how they share the cores; nil: the first of them cannot be
    /// run, and compiling the model will tell why.
    let measure: (_ entrants: [EngineOptions]) -> Contest?

    /// What a rounding precision must save: else the exact one is better.
    private static let precisionMargin = 0.05
    /// All cores for one inference cost more work in all.
    private static let latencyMargin = 0.15

    package func callAsFunction() -> MeasuredSpeed {
        var choice = EngineChoice(options: options(precisions[0], hints[0]))
        guard precisions.count > 1 || hints.count > 1 else { return (choice, []) }
        let key = key()
        if let key, let known = store?.choice(for: key), allows(known.options) {
            return (known, ["what computes fastest was measured before"])
        }
        if precisions.count > 1 {
            let entrants = precisions.map { options($0, hints[0]) }
            guard let contest = measure(entrants) else { return (choice, []) }
            choice.options.precision = precisions[contest.winner(margin: Self.precisionMargin)]
            choice.precisions = contest
        }
        if hints.count > 1 {
            let entrants = hints.map { options(choice.options.precision, $0) }
            guard let contest = measure(entrants) else { return (choice, []) }
            choice.options.hint = hints[contest.winner(margin: Self.latencyMargin)]
            choice.hints = contest
        }
        if let key, let store, store.keep(choice, for: key) { return (choice, []) }
        return (choice, ["what computes fastest is measured at each start: the cache's folder cannot be written"])
    }

    private func options(_ precision: String, _ hint: PerformanceHint) -> EngineOptions {
        EngineOptions(device: device, precision: precision, hint: hint)
    }

    private func allows(_ options: EngineOptions) -> Bool {
        options.device == device && precisions.contains(options.precision) && hints.contains(options.hint)
    }
}
