import Capture
import Encode
import Infer
import Overlay
import Pipeline
import Serve
import Tracking

/// All settings: the stages' own, as a config file writes them.
struct Config: Decodable, Sendable, Equatable {
    var capture = CaptureConfig()
    var infer = InferConfig()
    var overlay = OverlayConfig()
    var encode = EncodeConfig()
    /// nil: no server.
    var serve: ServeConfig?

    init() {}

    private enum Key: String, CodingKey, CaseIterable { case capture, infer, overlay, encode, serve }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.strictContainer(keyedBy: Key.self)
        capture = try fields.decodeIfPresent(CaptureConfig.self, forKey: .capture) ?? capture
        infer = try fields.decodeIfPresent(InferConfig.self, forKey: .infer) ?? infer
        overlay = try fields.decodeIfPresent(OverlayConfig.self, forKey: .overlay) ?? overlay
        encode = try fields.decodeIfPresent(EncodeConfig.self, forKey: .encode) ?? encode
        serve = try fields.decodeIfPresent(ServeConfig.self, forKey: .serve)
    }

    /// The scale that is wanted, else the one that suits: a grid compares classes that are hardly seen, which the running
    /// scale would show as cold.
    func scale(ofStill isStill: Bool = false) -> ScaleChoice {
        infer.scale ?? (isStill || overlay.layout == .grid ? .frame : .running)
    }

    func validate() throws(ConfigError) {
        try capture.validate()
        try infer.validate()
        try overlay.validate()
        try encode.validate()
        try serve?.validate()
        try checkThatFilesDiffer()
    }

    private func checkThatFilesDiffer() throws(ConfigError) {
        try DistinctFiles.check(
            read: [
                (capture.input, "the input"), (infer.model, "the model"), (infer.card, "the model's card"),
                (serve?.tokenFile, "the file of tokens"), (serve?.userFile, "the file of users"),
                (serve?.tlsCertificate, "the certificate"), (serve?.tlsKey, "the certificate's key"),
            ],
            written: [
                (encode.output, "the output", "encode.output"), (encode.sidecar, "the sidecar", "encode.sidecar"),
                (encode.maps, "the maps", "encode.maps"),
            ])
    }
}
