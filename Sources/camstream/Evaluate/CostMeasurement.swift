import Capture
import Evaluate
import Infer
import Logging
import Pipeline
import Tracking

/// Measures what a map costs, method by method and each by itself: what is judged has passes in common.
struct CostMeasurement {
    let subject: EvaluationSubject
    let log: Logger

    /// Costs hardly depend on the picture.
    private static let mostPictures = 3
    private static let runs = 5

    private struct Found {
        var times: [Duration] = []
        var passes = PassCounts()
    }

    /// - Throws: `InferError`, `CaptureError.interrupted`.
    func callAsFunction(_ interrupt: Interrupt, _ progress: ProgressLine) throws -> [MapCost] {
        var found: [String: Found] = [:]
        var looked = 0
        let reader = PictureReader()
        for picture in subject.data.pictures where looked < Self.mostPictures {
            let refusal = try reader.read(picture, interrupt) { frame, format in
                let classID = subject.explainedClass(picture.label)
                try subject.methods.forEachAlone(format) { key, explainer in
                    if interrupt.isRaised { throw CaptureError.interrupted }
                    progress.draw { _ in "what a map costs: \(key)" }
                    explainer.settings.explainedClass = classID
                    let map = try TimedMap(explainer, frame, runs: Self.runs)
                    for warning in explainer.takeWarnings() { log.debug("\(warning)") }
                    found[key, default: Found()].times.append(map.time)
                    found[key]?.passes = explainer.passCounts.share(of: map.count)
                }
            }
            if refusal == nil { looked += 1 }
        }
        return subject.methods.facts.compactMap { method in
            guard let own = found[method.key], let time = TimedMap.median(own.times) else { return nil }
            return MapCost(
                method: method.key, milliseconds: time / .milliseconds(1), forward: own.passes.forward,
                head: own.passes.head, backward: own.passes.backward)
        }
    }
}

extension PassCounts {
    /// Of each of so many maps, which had the same passes.
    fileprivate func share(of maps: Int) -> PassCounts {
        PassCounts(forward: forward / maps, head: head / maps, backward: backward / maps)
    }
}
