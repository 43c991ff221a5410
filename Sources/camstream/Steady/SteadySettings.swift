import Detect
import Infer
import Live
import Pipeline
import Tracking

/// What is compared: the current settings, and what they are measured against.
struct SteadySettings {
    let steady: InferConfig
    let against: InferConfig
    /// Whether maps are scaled as pytorch-grad-cam scales them, each by itself.
    let isRaw: Bool
    /// What the table calls it.
    let name: String

    /// - Parameter against: `raw`, or a config file, of whose keys `infer` and `detect` all but the models counts.
    init(_ steady: InferConfig, _ detect: DetectConfig, against: String) throws(ConfigError) {
        var steady = steady
        steady.detect = detect
        self.steady = steady
        isRaw = against == "raw"
        if isRaw {
            self.against = Self.raw(steady)
            name = "raw"
        } else {
            let config = try Config.ofOneCamera(path: against)
            var other = config.infer
            (other.model, other.card, other.detector) = (steady.model, steady.card, steady.detector)
            other.detect = config.detect
            try other.validate()
            self.against = other
            name = against
        }
    }

    /// Frame by frame, as the libraries do it; how maps are scaled then is `MeasuredMethod`'s.
    private static func raw(_ steady: InferConfig) -> InferConfig {
        var raw = steady
        (raw.smoothing, raw.scale, raw.motion, raw.camEvery) = (0, .frame, .off, 1)
        raw.inferenceRate = nil
        raw.detect.track = .off
        return raw
    }
}
