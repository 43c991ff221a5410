/// How a model is computed, and why so.
struct EngineChoice: Codable, Sendable, Equatable {
    var settings = EngineSettings()
    /// What was measured; nil: there was nothing to choose.
    var precisions: Contest?
    var sharings: Contest?

    /// Such as " (f32: 3.6 ms, bf16: 5.3 ms)", to stand behind the precision; empty where there was no choice.
    var reason: String { precisions.map { " (\($0.text))" } ?? "" }

    /// A line of its own on the cores; nil where there was no choice.
    var sharingNote: String? {
        sharings.map { "inferences: \(settings.sharing.title) (beside a busy encoder \($0.text))" }
    }
}

/// Measures how a model is computed fastest, once for each model and machine.
struct EngineChooser {
    /// In the engine's words; the first one is exact.
    let precisions: [String]
    let sharings: [CoreSharing]
    /// Where choices are kept; nil: nowhere.
    let store: ChoiceStore?
    /// What the choice is kept under; nil: it cannot be told.
    let key: () -> ChoiceKey?
    /// Runs entrants that differ in their precision, or in how they share the cores; nil: the first of them cannot be
    /// run, and compiling the model will tell why.
    let measure: (_ entrants: [EngineSettings]) -> Contest?

    /// What a rounding precision must save: else the exact one is better.
    private static let precisionMargin = 0.05
    /// All cores for one inference cost more work in all.
    private static let sharingMargin = 0.15

    /// - Returns: the choice, and notes on how it came about, for the log.
    func callAsFunction() -> (choice: EngineChoice, notes: [String]) {
        var choice = EngineChoice(settings: EngineSettings(precision: precisions[0], sharing: sharings[0]))
        guard precisions.count > 1 || sharings.count > 1 else { return (choice, []) }
        let key = key()
        if let key, let known = store?.choice(for: key), allows(known.settings) {
            return (known, ["what computes fastest was measured before"])
        }
        if precisions.count > 1 {
            let entrants = precisions.map { EngineSettings(precision: $0, sharing: sharings[0]) }
            guard let contest = measure(entrants) else { return (choice, []) }
            choice.settings.precision = precisions[contest.winner(margin: Self.precisionMargin)]
            choice.precisions = contest
        }
        if sharings.count > 1 {
            let entrants = sharings.map { EngineSettings(precision: choice.settings.precision, sharing: $0) }
            guard let contest = measure(entrants) else { return (choice, []) }
            choice.settings.sharing = sharings[contest.winner(margin: Self.sharingMargin)]
            choice.sharings = contest
        }
        if let key, let store, store.keep(choice, for: key) { return (choice, []) }
        return (choice, ["what computes fastest is measured at each start: the cache's folder cannot be written"])
    }

    private func allows(_ settings: EngineSettings) -> Bool {
        precisions.contains(settings.precision) && sharings.contains(settings.sharing)
    }
}
