import Detect
import Infer
import Overlay
import Tracking

extension LiveSettings {
    /// What is set just now, or in a file.
    struct Values: Sendable, Equatable {
        var overlay: OverlayConfig
        var infer: InferConfig
        var detect: DetectConfig
        /// nil: the most probable class of each picture.
        var explainedClass: Int?
        private(set) var scale = ScaleChoice.running
        /// What a file named last.
        private(set) var fixedScale: ScaleChoice?
        /// Whether pictures are to be recorded.
        var isRecording: Bool

        init(
            overlay: OverlayConfig, infer: InferConfig, detect: DetectConfig = DetectConfig(), explainedClass: Int?,
            scale: ScaleChoice = .running,
            isRecording: Bool
        ) {
            self.overlay = overlay
            self.infer = infer
            self.detect = detect
            self.explainedClass = explainedClass
            self.isRecording = isRecording
            follow(scale)
        }

        /// What a config file says.
        init(_ config: CameraConfig, explainedClass: Int?, isRecording: Bool) {
            self.init(
                overlay: config.overlay, infer: config.infer, detect: config.detect, explainedClass: explainedClass,
                scale: config.infer.scale ?? config.usualScale(),
                isRecording: isRecording)
        }

        /// Takes a scale, and keeps a fixed one on the list for good.
        mutating func follow(_ scale: ScaleChoice) {
            self.scale = scale
            if case .fixed = scale { fixedScale = scale }
        }

        /// As many maps as the layout shows.
        var maps: MapSettings {
            MapSettings(
                explainedClass: explainedClass, filter: infer.filter, smoothing: infer.smoothing, scale: scale,
                mapCount: overlay.layout.mapCount)
        }

        /// Goes back to what a session was opened with.
        mutating func takeSession(of other: Values, layout: OverlayConfig.Layout) {
            var infer = other.infer
            (infer.filter, infer.smoothing, infer.scale) = (self.infer.filter, self.infer.smoothing, self.infer.scale)
            self.infer = infer
            if (overlay.layout == .compare) != (other.overlay.layout == .compare) { overlay.layout = layout }
        }
    }
}

extension OverlayConfig.Layout {
    /// How many classes' maps the layout shows.
    package var mapCount: Int { self == .grid ? 5 : 1 }
}
