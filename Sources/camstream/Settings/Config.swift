import Capture
import Catalogue
import Encode
import Infer
import Live
import Overlay
import Pipeline
import Serve

/// All settings, as a config file writes them: those of a camera, and the server's.
@dynamicMemberLookup
struct Config: Decodable, Sendable, Equatable {
    var camera = CameraConfig()
    /// nil: no server.
    var serve: ServeConfig?
    /// The file that these were read from.
    var file: String?

    init() {}

    private enum Key: String, CodingKey, CaseIterable { case capture, infer, overlay, encode, serve }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.strictContainer(keyedBy: Key.self)
        try camera.read(decoder)
        serve = try fields.decodeIfPresent(ServeConfig.self, forKey: .serve)
    }

    /// The camera's settings: `config.capture` is `config.camera.capture`.
    subscript<Value>(dynamicMember path: WritableKeyPath<CameraConfig, Value>) -> Value {
        get { camera[keyPath: path] }
        set { camera[keyPath: path] = newValue }
    }

    func validate() throws(ConfigError) {
        try camera.validate()
        try serve?.validate()
        try checkThatFilesDiffer()
    }

    /// All that a run reads: no command writes into it.
    var filesRead: [DistinctFiles.Read] {
        [
            (camera.capture.input, "the input"), (file, "the config file"),
            (serve?.tokenFile, "the file of tokens"), (serve?.userFile, "the file of users"),
            (serve?.tlsCertificate, "the certificate"), (serve?.tlsKey, "the certificate's key"),
            (camera.overlay.font, "the font"),
        ] + modelFiles
    }

    private func checkThatFilesDiffer() throws(ConfigError) {
        try DistinctFiles.check(
            read: filesRead,
            written: [
                (camera.encode.output, "the output", "encode.output"),
                (camera.encode.sidecar, "the sidecar", "encode.sidecar"),
                (camera.encode.maps, "the maps", "encode.maps"),
            ])
    }

    private var modelFiles: [DistinctFiles.Read] {
        let finder = ModelFinder.ofThisProgram
        let found = camera.infer.model.map { (try? finder.path(of: $0)) ?? $0 } ?? (try? finder.defaultModel())
        return found.map { camera.infer.files(ofModel: $0).map { ($0.path, $0.words) } } ?? []
    }
}
