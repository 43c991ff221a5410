package import Capture
package import Detect
package import Encode
package import Infer
package import Overlay
package import Pipeline
package import Tracking

/// The settings of one camera: those of the stages that its pictures go through.
package struct CameraConfig: Decodable, Sendable, Equatable {
    package var capture = CaptureConfig()
    package var infer = InferConfig()
    package var detect = DetectConfig()
    package var overlay = OverlayConfig()
    package var encode = EncodeConfig()

    package init() {}

    /// As config files name the stages.
    package enum Key: String, CodingKey, CaseIterable { case capture, infer, detect, overlay, encode }

    package init(from decoder: any Decoder) throws {
        _ = try decoder.strictContainer(keyedBy: Key.self)
        try read(decoder)
    }

    /// Takes what the stages' keys say, and leaves what they do not mention; what else stands there is not looked at.
    package mutating func read(_ decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        for stage in Key.allCases where try fields.contains(stage) && !fields.decodeNil(forKey: stage) {
            let decoder = try fields.superDecoder(forKey: stage)
            switch stage {
            case .capture: try CaptureConfig.settings.decode(from: decoder, into: &capture)
            case .infer: try InferConfig.settings.decode(from: decoder, into: &infer)
            case .detect: try DetectConfig.settings.decode(from: decoder, into: &detect)
            case .overlay: try OverlayConfig.settings.decode(from: decoder, into: &overlay)
            case .encode: try EncodeConfig.settings.decode(from: decoder, into: &encode)
            }
        }
    }

    /// Every setting by its whole name: "overlay.opacity".
    package static let settings: [SettingDescriptor<CameraConfig>] =
        CaptureConfig.settings.map { $0.lifted("capture", \.capture) }
        + InferConfig.settings.map { $0.lifted("infer", \.infer) }
        + DetectConfig.settings.map { $0.lifted("detect", \.detect) }
        + OverlayConfig.settings.map { $0.lifted("overlay", \.overlay) }
        + EncodeConfig.settings.map { $0.lifted("encode", \.encode) }

    /// The scale that suits where nobody names one: a grid compares classes that are hardly seen, which the running
    /// scale would show as cold.
    package func usualScale(ofStill isStill: Bool = false) -> ScaleChoice {
        isStill || overlay.layout == .grid ? .frame : .running
    }

    package func validate() throws(ConfigError) {
        try capture.validate()
        try infer.validate()
        try detect.validate()
        try overlay.validate()
        try encode.validate()
        try checkTeaching()
        guard infer.detector != nil || infer.detectorClasses.isEmpty else {
            throw .misplaced(
                key: "infer.detector-class",
                advice: "it is for --detector, in whose boxes a classifier looks; a detector as --model takes --class")
        }
    }
}
