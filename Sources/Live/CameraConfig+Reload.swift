import Infer
import Overlay

extension CameraConfig {
    /// Whether a running pipeline can take these settings in place of the others.
    func differsOnlyInLiveSettings(from other: CameraConfig) -> Bool {
        var same = self
        same.overlay = other.overlay
        same.infer = other.infer
        same.detect = other.detect
        // Another model has other classes, which the file may name; and frames are left out by the pipeline itself.
        (same.infer.model, same.infer.card, same.infer.outputTensor) = (infer.model, infer.card, infer.outputTensor)
        // Nor do other things go on as these.
        (same.infer.detector, same.infer.detectorClasses) = (infer.detector, infer.detectorClasses)
        (same.infer.device, same.infer.precision) = (infer.device, infer.precision)
        (same.infer.camEvery, same.infer.inferenceRate) = (infer.camEvery, infer.inferenceRate)
        // A font is not looked for while pictures flow.
        return same == other && overlay.font == other.overlay.font
    }
}
