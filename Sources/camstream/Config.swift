import Capture
import Encode
import Infer
import Overlay
import Pipeline

/// All settings: the stages' own, as a config file writes them.
struct Config: Decodable, Sendable, Equatable {
    var capture = CaptureConfig()
    var infer = InferConfig()
    var overlay = OverlayConfig()
    var encode = EncodeConfig()

    init() {}

    private enum Key: String, CodingKey, CaseIterable { case capture, infer, overlay, encode }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.strictContainer(keyedBy: Key.self)
        capture = try fields.decodeIfPresent(CaptureConfig.self, forKey: .capture) ?? capture
        infer = try fields.decodeIfPresent(InferConfig.self, forKey: .infer) ?? infer
        overlay = try fields.decodeIfPresent(OverlayConfig.self, forKey: .overlay) ?? overlay
        encode = try fields.decodeIfPresent(EncodeConfig.self, forKey: .encode) ?? encode
    }

    func validate() throws(ConfigError) {
        try capture.validate()
        try infer.validate()
        try overlay.validate()
        try encode.validate()
    }
}
