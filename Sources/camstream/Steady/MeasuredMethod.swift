import Infer
import Pipeline
import Steadiness

/// One way to make maps, asked picture by picture.
final class MeasuredMethod {
    let explainer: Explainer
    private let isRaw: Bool

    /// - Parameter isRaw: whether maps are scaled as pytorch-grad-cam scales them.
    init(_ config: InferConfig, isRaw: Bool, format: VideoFormat, _ models: SharedModels) throws(InferError) {
        explainer = try Explainer(config, format: format, mapCount: 1, shared: models)
        explainer.keepsRawMaps = isRaw
        self.isRaw = isRaw
    }

    /// - Returns: the map as it would be drawn, and its class.
    func map(_ picture: borrowing Frame) throws -> (heatmap: Heatmap, classID: Int) {
        try explainer.submit(try picture.reference())
        let seen = try explainer.next()!.observations[0]
        guard isRaw, let raw = seen.raw else { return (seen.heatmap, seen.prediction.classID) }
        return (Heatmap.scaledAlone(raw, like: seen.heatmap), seen.prediction.classID)
    }

    /// Makes the next picture the first one.
    func forget() { explainer.forget() }
}
