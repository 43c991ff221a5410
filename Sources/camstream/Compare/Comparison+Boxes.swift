import Capture
import Detect
import Infer
import Live
import Logging
import Overlay
import Pipeline
import Reports
import Tracking

/// The same of a detector: each panel has the boxes, and the heat that a method makes of all of them.
extension Comparison {
    /// - Parameters:
    ///   - source: whose picture is looked at.
    ///   - progress: shows how far it is.
    func compareBoxes(_ source: any FrameSource, _ progress: ProgressLine) throws {
        let format = source.format
        guard layers.isEmpty else {
            throw InferError.isDetector(model: config.infer.model ?? "", asked: "--layers")
        }
        guard labelled == nil else {
            throw InferError.isDetector(model: config.infer.model ?? "", asked: "--data")
        }
        // What costs no maps finds the boxes.
        let first = try boxExplainer(.auto, format) { $0.detect.heat = .dwell }
        for note in first.notes { log.debug("\(note)") }
        let picture = try FrameSearch.frame(of: source, at: time, progress)
        for warning in source.takeWarnings() { log.warning("\(warning)") }
        let alone = try TimedMap(first, picture)
        guard !alone.observations.isEmpty else {
            throw CompareError.nothingFound(minScore: config.detect.minScore, asked: config.infer.explainedClass)
        }
        guard first.mapsBoxes else { throw InferError.hasNoBoxMaps(model: first.modelName) }
        log.warnOfMissingGlyphs(alone.observations.map(\.prediction.label), config.overlay)
        let methods = methods.contains { $0.isOptional } ? ComparedMethod.ofBoxes : methods
        let maps = try compare(methods, picture, progress) { compared, picture throws(InferError) in
            let explainer = try boxExplainer(compared.method, format) { $0.detect.heat = .all }
            return ComparedMap(compared, explainer, try TimedMap(explainer, picture))
        }
        progress.erase()
        let text = BoxSheetText(
            things: alone.observations, model: first.modelName, precision: first.precision, alone: alone.time,
            format: format, time: time, maps: maps)
        try write(text.sheet, picture, format)
        tell(maps, of: counted(alone.observations.count, "box", "boxes"))
        guard printsJSON else { return }
        try write(
            ComparisonJSON(
                first.modelName, first.precision, forward: alone.time, self, maps,
                boxes: alone.observations.map(\.prediction)))
    }

    private func boxExplainer(
        _ method: MethodName, _ format: VideoFormat, _ change: (inout InferConfig) -> Void
    ) throws(InferError) -> DetectorExplainer {
        var infer = config.infer
        (infer.method, infer.smoothing, infer.scale) = (method, 0, .frame)
        infer.detect = config.detect
        infer.detect.track = .off
        change(&infer)
        guard
            case .detector(let explainer) = try Explainers.open(infer, format: format, mapCount: 1, shared: shared)
        else { preconditionFailure("it was a detector") }
        return explainer
    }
}
