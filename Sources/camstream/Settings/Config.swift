import Capture
import Catalogue
import Encode
import Events
import Infer
import Live
import Overlay
import Pipeline
import Serve

/// All settings, as a config file writes them: those of one camera or of several, and the server's.
@dynamicMemberLookup
struct Config: Decodable, Sendable, Equatable {
    /// Of the only camera, which has no name; where there are several, what holds for all of them.
    var camera = CameraConfig()
    /// Several, each with a name of its own; none: there is one.
    var named: [NamedCamera] = []
    /// nil: no server.
    var serve: ServeConfig?
    /// What is told of what happens, of all cameras.
    var events = EventsConfig()
    /// nil: no broker.
    var mqtt: MQTTConfig?
    /// What is done when something happens.
    var hooks: [HookConfig] = []
    /// Where the summary of a recording's run goes; nil: to the log alone. Not in config files.
    var summary: String?
    /// The file that these were read from.
    var file: String?

    init() {}

    private enum Key: String, CodingKey, CaseIterable {
        case capture, infer, detect, overlay, encode, defaults, cameras, serve, events, mqtt
        case hooks = "on"
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.strictContainer(keyedBy: Key.self)
        serve = try fields.decodeIfPresent(ServeConfig.self, forKey: .serve)
        events = try fields.decodeIfPresent(EventsConfig.self, forKey: .events) ?? events
        mqtt = try fields.decodeIfPresent(MQTTConfig.self, forKey: .mqtt)
        hooks = try fields.decodeIfPresent([HookConfig].self, forKey: .hooks) ?? hooks
        guard fields.contains(.cameras) else {
            if fields.contains(.defaults) {
                throw ConfigError.misplaced(
                    key: "defaults", advice: "it holds for those of cameras, and there are none")
            }
            try camera.read(decoder)
            return
        }
        if let key = [Key.capture, .infer, .detect, .overlay, .encode].first(where: fields.contains) {
            throw ConfigError.misplaced(
                key: key.rawValue, advice: "beside cameras, what holds for all of them is written below defaults")
        }
        camera = try fields.decodeIfPresent(CameraConfig.self, forKey: .defaults) ?? camera
        let cameras = try fields.nestedContainer(keyedBy: SettingKey.self, forKey: .cameras)
        for key in cameras.allKeys {
            guard CameraName.isValid(key.stringValue) else {
                throw ConfigError.outOfRange(
                    key: "a name below cameras", value: ConfigError.shown(key: key.stringValue),
                    allowed: CameraName.allowed)
            }
            named.append(
                try NamedCamera(
                    name: key.stringValue, over: camera, from: cameras.superDecoder(forKey: key)))
        }
        if named.isEmpty { throw ConfigError.missing(key: "a camera below cameras") }
    }

    /// A file's settings, for what has no use of several cameras.
    static func ofOneCamera(path: String) throws(ConfigError) -> Config {
        let config = try YAMLFile.decode(Config.self, path: path)
        if !config.named.isEmpty {
            throw .inFile(path: path, .misplaced(key: "cameras", advice: "they are for 'camstream serve' and --serve"))
        }
        return config
    }

    /// All cameras; one without a name is alone.
    var cameras: [NamedCamera] { named.isEmpty ? [NamedCamera(camera)] : named }

    /// Changes the settings of each camera, and what holds for all.
    mutating func changeEach(_ change: (inout CameraConfig) throws -> Void) rethrows {
        try change(&camera)
        for index in named.indices { try change(&named[index].config) }
    }

    /// The camera's settings: `config.capture` is `config.camera.capture`.
    subscript<Value>(dynamicMember path: WritableKeyPath<CameraConfig, Value>) -> Value {
        get { camera[keyPath: path] }
        set { camera[keyPath: path] = newValue }
    }

    func validate() throws(ConfigError) {
        try checkDefaults()
        for camera in cameras { try camera.validate() }
        try serve?.validate()
        try events.validate()
        try checkOutlets()
        try checkTeaching()
        try checkThatFilesDiffer()
    }

    /// A set is taught by viewers of one camera.
    private func checkTeaching() throws(ConfigError) {
        var taught: [String: String] = [:]
        for camera in cameras {
            guard let name = camera.config.infer.teach else { continue }
            let key = camera.name.isEmpty ? "infer.teach" : "cameras.\(camera.name).infer.teach"
            guard serve != nil else {
                throw .misplaced(key: key, advice: "viewers teach, so it takes --serve")
            }
            if let other = taught[name] {
                throw .outOfRange(
                    key: key, value: name, allowed: "another name than that of camera \(other), or {camera} in it")
            }
            taught[name] = camera.name
        }
    }

    /// What is wrong with the defaults is told of them, not of the first camera.
    private func checkDefaults() throws(ConfigError) {
        guard !named.isEmpty else { return }
        for setting in CameraConfig.settings {
            guard !setting.isSame(camera, CameraConfig()), let value = setting.fault(camera) else { continue }
            throw .outOfRange(key: "defaults.\(setting.key)", value: value, allowed: setting.allowed ?? "another")
        }
    }

    /// Of a file, checks that what is to be compared is shown. Viewers of a live picture may choose the layout later.
    func checkComparison() throws(ConfigError) {
        guard camera.overlay.layout == .compare else {
            guard let methods = camera.infer.methods else { return }
            throw .outOfRange(
                key: "infer.methods", value: methods.text, allowed: "none but with --layout compare, which shows them")
        }
        guard let path = camera.encode.maps else { return }
        throw .outOfRange(
            key: "encode.maps", value: path,
            allowed: "no file with --layout compare, whose maps are of several methods; choose one with --method")
    }

    /// All that a run reads: no command writes into it.
    var filesRead: [DistinctFiles.Read] {
        [
            (file, "the config file"), (serve?.tokenFile, "the file of tokens"), (serve?.userFile, "the file of users"),
            (serve?.tlsCertificate, "the certificate"), (serve?.tlsKey, "the certificate's key"),
        ] + outletFiles + cameras.flatMap { $0.filesRead }
    }

    private var filesWritten: [DistinctFiles.Written] {
        cameras.flatMap { $0.filesWritten } + [
            (events.file, "the file of events", "events.file"),
            (summary == "-" ? nil : summary, "the summary", "--summary-json"),
        ]
    }

    private func checkThatFilesDiffer() throws(ConfigError) {
        try DistinctFiles.check(read: filesRead, written: filesWritten)
    }
}

extension NamedCamera {
    fileprivate var filesRead: [DistinctFiles.Read] {
        [(config.capture.input, "the input\(suffix)"), (config.overlay.font, "the font\(suffix)")] + modelFiles
    }

    fileprivate var filesWritten: [DistinctFiles.Written] {
        let prefix = name.isEmpty ? "" : "cameras.\(name)."
        return [
            (config.encode.output, "the output\(suffix)", "\(prefix)encode.output"),
            (config.encode.sidecar, "the sidecar\(suffix)", "\(prefix)encode.sidecar"),
            (config.encode.maps, "the maps\(suffix)", "\(prefix)encode.maps"),
            (config.encode.dwell, "the picture of where objects were\(suffix)", "\(prefix)encode.dwell"),
        ]
    }

    private var suffix: String { name.isEmpty ? "" : " of camera \(name)" }

    private var modelFiles: [DistinctFiles.Read] {
        let finder = ModelFinder.ofThisProgram
        let found =
            config.infer.model.map { (try? finder.path(of: $0)) ?? $0 }
            ?? (try? finder.defaultModel(for: .init(ofInput: config.capture.input)))?.path
        let files = found.map { config.infer.files(ofModel: $0).map { ($0.path, $0.words) } } ?? []
        guard let detector = config.infer.ofDetector, let named = detector.model else { return files }
        let path = (try? finder.path(of: named)) ?? named
        return files + detector.files(ofModel: path).map { ($0.path, "the detector, or what is read with it") }
    }
}
