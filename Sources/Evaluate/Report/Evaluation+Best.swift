import Foundation

/// Which method a report speaks for.
extension Evaluation {
    /// The method whose mean rank over all figures is the best, or its rank by the one score that was asked for; of several, the
    /// report's first one. Baselines do not count.
    package var best: (method: RunFacts.Method, meanRank: Double)? {
        let ranked = methods.filter { !$0.method.isBaseline }.compactMap { method -> (RunFacts.Method, Double)? in
            let ranks = (options.score.map { [$0] } ?? metrics).compactMap { method.ranks[$0.key] }
            guard !ranks.isEmpty else { return nil }
            return (method.method, Double(ranks.reduce(0, +)) / Double(ranks.count))
        }
        return ranked.min { $0.1 < $1.1 }
    }

    /// The methods in the order of the one score that was asked for, the best one first, in a sentence; nil: nobody asked.
    package var scoreRemark: String? {
        guard let score = options.score else { return nil }
        let scored = methods.filter { !$0.method.isBaseline }.compactMap { method in
            method.figures[score.key].map { (name: Self.name(method.method), figure: $0) }
        }.sorted { score.higherIsBetter ? $0.figure.value > $1.figure.value : $0.figure.value < $1.figure.value }
        let texts = scored.map { name, figure in
            let bounds = EvaluationText.interval(figure, score)
            return "\(name) \(EvaluationText.value(figure, score))" + (bounds.isEmpty ? "" : " (\(bounds))")
        }
        return "By \(score.title) alone: \(texts.joined(separator: ", "))."
    }

    private static func name(_ method: RunFacts.Method) -> String {
        method.key.contains("@") ? "\(method.title) \(method.layers.joined(separator: "+"))" : method.title
    }

    /// Reads a report.
    ///
    /// - Throws: `.cannotRead`.
    package init(report path: String) throws(EvaluationError) {
        do {
            self = try JSONDecoder().decode(Evaluation.self, from: Data(contentsOf: URL(filePath: path)))
        } catch let error as CocoaError {
            throw .cannotRead(path: path, reason: error.localizedDescription)
        } catch {
            throw .cannotRead(path: path, reason: "it is no report of camstream evaluate")
        }
    }
}
