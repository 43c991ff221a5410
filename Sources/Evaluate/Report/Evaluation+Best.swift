import Foundation

/// Which method a report speaks for.
extension Evaluation {
    /// The method whose mean rank over all figures is the best; of several, the report's first one. Baselines do not count.
    package var best: (method: RunFacts.Method, meanRank: Double)? {
        let ranked = methods.filter { !$0.method.isBaseline }.compactMap { method -> (RunFacts.Method, Double)? in
            let ranks = metrics.compactMap { method.ranks[$0.key] }
            guard !ranks.isEmpty else { return nil }
            return (method.method, Double(ranks.reduce(0, +)) / Double(ranks.count))
        }
        return ranked.min { $0.1 < $1.1 }
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
