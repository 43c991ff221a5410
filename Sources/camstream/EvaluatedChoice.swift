import Evaluate
import Infer
import Logging

extension InferConfig {
    /// Puts the best method of a report, and its layers, in the place of `best`. The model is found.
    ///
    /// - Throws: `EvaluationError`, `InferError`.
    mutating func takeEvaluated(_ log: Logger) throws {
        guard let path = evaluated else {
            guard method != .best else { throw InferError.bestOfNothing }
            return
        }
        guard method == .best else { throw EvaluationError.notChosen }
        guard layers.isEmpty else { throw EvaluationError.chosenTwice(option: "--layer") }
        let report = try Evaluation(report: path)
        let model = model ?? ""
        guard try checksum(ofModel: model) == report.facts.modelChecksum else {
            throw EvaluationError.otherModel(path: path, model: report.facts.model, run: model)
        }
        guard let best = report.best, let name = best.method.key.split(separator: "@").first,
            let method = MethodName(rawValue: String(name))
        else { throw EvaluationError.noBest(path: path) }
        (self.method, evaluated) = (method, nil)
        // Without a layer in its name it was judged on its usual ones.
        if best.method.key.contains("@") { layers = best.method.layers }
        let rank = (best.meanRank * 10).rounded() / 10
        let unfinished = report.summary.isFinished ? "" : ", of a run that was stopped"
        log.info(
            "method: \(best.method.key), the best of \(path) (mean rank \(rank) over \(report.metrics.count) figures, \(report.summary.judged) pictures\(unfinished))"
        )
    }
}
