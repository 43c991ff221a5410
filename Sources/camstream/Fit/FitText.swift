import Fit
import Infer
import Logging

/// What `camstream fit` says.
enum FitText {
    /// For the progress line.
    static func progress(_ step: Fitting.Step, seconds: Double) -> String {
        switch step {
        case .reading(let done, let total):
            let rest = done > 0 ? Double(total - done) * seconds / Double(done) : 0
            return "looking at \(done)/\(total) files  \(100 * done / max(1, total)) %  ETA \(ProgressLine.time(rest))"
        case .comparing: return "comparing the images with each other"
        case .validating(let share): return "validating  \(Int(100 * share)) %"
        case .fitting(let share): return "fitting  \(Int(100 * share)) %"
        case .drawing(let done, let total): return "drawing the worst errors  \(done)/\(total)"
        }
    }

    /// How many files that are left out are told one by one; the report has all.
    private static let mostTold = 5

    static func tell(_ skipped: [SkippedFile], _ log: Logger) {
        for file in skipped.prefix(mostTold) { log.warning("left out: \(file.name): \(file.reason)") }
        let others = skipped.count - mostTold
        if others > 0 { log.warning("left out: \(others) more file\(others == 1 ? "" : "s"); the report has all") }
    }

    /// The last lines.
    static func summary(_ fitted: Fitted, _ paths: (model: String, page: String, numbers: String)) -> [String] {
        let count = fitted.split.training.count
        var lines = [
            "\(paths.model): \(fitted.classes.count) classes, learnt from \(count) examples"
                + " (\(fitted.backbone.name)'s features, L2 \(short(fitted.head.l2)))"
        ]
        if let evaluation = fitted.evaluation {
            let interval = evaluation.accuracyInterval
            let what =
                fitted.fitting.test != nil
                ? "tested" : fitted.fitting.options.validate.map { "validated \($0) times" } ?? "held out"
            lines.append(
                "\(what): \(evaluation.right) of \(evaluation.answers.count) right, \(percent(evaluation.accuracy))"
                    + " (95 % sure: \(percent(interval.low)) to \(percent(interval.high)))"
                    + (evaluation.calibration.error.map { "; calibration error \(percent($0))" } ?? ""))
            if evaluation.answers.count < 30 {
                lines.append("so few say little: give --validate 5, or more images")
            }
            if let worst = mistaken(evaluation, fitted.classes) { lines.append(worst) }
        } else {
            lines.append("nothing was held out, so nobody knows how good it is: --validate 5 measures it")
        }
        lines.append("report: \(paths.page), \(paths.numbers)")
        lines.append("see it at work: camstream -i /dev/video0 -m \(paths.model) --serve")
        return lines
    }

    /// The most frequent confusion.
    private static func mistaken(_ evaluation: Evaluation, _ names: [String]) -> String? {
        let classes = evaluation.classes
        let wrong = evaluation.confusion.indices.filter { $0 / classes != $0 % classes && evaluation.confusion[$0] > 0 }
        guard let worst = wrong.max(by: { evaluation.confusion[$0] < evaluation.confusion[$1] }) else { return nil }
        return "most often mistaken: \(names[worst / classes]) for \(names[worst % classes])"
            + " (\(evaluation.confusion[worst]) of \(evaluation.answers.count))"
    }

    /// With one decimal.
    static func percent(_ share: Double) -> String {
        let permille = Int((share * 1000).rounded())
        return "\(permille / 10).\(permille % 10) %"
    }

    /// With two digits that say something.
    private static func short(_ value: Double) -> String {
        let text = "\((value * 1e6).rounded() / 1e6)"
        return String(text.prefix(8))
    }
}
