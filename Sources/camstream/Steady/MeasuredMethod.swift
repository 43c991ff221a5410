import Detect
import Infer
import Pipeline
import Steadiness

/// One way to make maps, asked picture by picture.
final class MeasuredMethod {
    let explainer: any PictureExplainer
    private let isRaw: Bool
    private let format: VideoFormat

    /// - Parameter isRaw: whether maps are scaled as pytorch-grad-cam scales them.
    init(_ config: InferConfig, isRaw: Bool, format: VideoFormat, _ models: SharedModels) throws(InferError) {
        let opened = try Explainers.open(config, format: format, mapCount: 1, shared: models)
        if case .detector(let detector) = opened, !detector.mapsBoxes {
            throw .hasNoBoxMaps(model: detector.modelName)
        }
        explainer = opened.explainer
        explainer.keepsRawMaps = isRaw
        (self.isRaw, self.format) = (isRaw, format)
    }

    func look(at picture: borrowing Frame) throws -> Look {
        try explainer.submit(try picture.reference())
        let explained = try explainer.next()!
        var seen = explained.observations
        if isRaw {
            for index in seen.indices {
                guard let raw = seen[index].raw else { continue }
                seen[index].heatmap = Heatmap.scaledAlone(raw, like: seen[index].heatmap)
            }
        }
        guard explainer.findsObjects else { return Look(seen, heatmap: seen[0].heatmap) }
        return Look(seen, heatmap: heat(of: seen) ?? explained.heat!)
    }

    /// What raw maps of boxes are together; nil: they are drawn as the explainer says.
    private func heat(of boxes: [Observation]) -> Heatmap? {
        guard isRaw, let join = explainer.detect.heat.join else { return nil }
        return BoxHeat.join(boxes, join, pictureWidth: format.width, pictureHeight: format.height)
    }

    /// Makes the next picture the first one.
    func forget() { explainer.forget() }
}
