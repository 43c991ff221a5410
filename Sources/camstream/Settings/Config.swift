import Capture
import Catalogue
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
    /// The file that these were read from.
    var file: String?

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

    /// All that a run reads: no command writes into it.
    var filesRead: [DistinctFiles.Read] {
        [
            (capture.input, "the input"), (file, "the config file"),
            (serve?.tokenFile, "the file of tokens"), (serve?.userFile, "the file of users"),
            (serve?.tlsCertificate, "the certificate"), (serve?.tlsKey, "the certificate's key"),
            (overlay.font, "the font"),
        ] + modelFiles
    }

    private func checkThatFilesDiffer() throws(ConfigError) {
        try DistinctFiles.check(
            read: filesRead,
            written: [
                (encode.output, "the output", "encode.output"), (encode.sidecar, "the sidecar", "encode.sidecar"),
                (encode.maps, "the maps", "encode.maps"),
            ])
    }

    private var modelFiles: [DistinctFiles.Read] {
        let finder = ModelFinder.ofThisProgram
        let found = infer.model.map { (try? finder.path(of: $0)) ?? $0 } ?? (try? finder.defaultModel())
        return found.map { infer.files(ofModel: $0).map { ($0.path, $0.words) } } ?? []
    }
}
