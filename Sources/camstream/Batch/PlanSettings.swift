import Batch
import Capture
import Encode
import Engine
import Foundation
import Infer
import Live
import Logging
import Pipeline

/// A run's settings as a plan keeps them: all that decides what comes out, and nothing that is one recording's or one
/// machine's.
struct PlanSettings {
    let head: PlanHead
    /// Whether pictures are drawn and encoded.
    let drawsPictures: Bool
    private let named: EncodeConfig

    /// What is each job's own, or has no meaning for results.
    private static let left: Set<String> = [
        "capture.input", "infer.model", "infer.card", "infer.detector", "encode.output", "encode.sidecar",
        "encode.maps", "encode.report", "encode.dwell", "encode.force", "capture.decoder-threads",
    ]
    /// Encoders write other bytes with other numbers of threads.
    private static let encoderThreads = 2

    /// - Throws: what is wrong with the settings or the model.
    init(_ options: Camstream, outDir: String, _ log: Logger) throws {
        var config = try options.settings()
        config.capture.input = ""
        let live = [
            (!config.named.isEmpty, "cameras"), (config.serve != nil, "serve"), (config.capture.live, "capture.live"),
            (config.encode.segment != nil, "encode.segment"), (config.infer.teach != nil, "infer.teach"),
        ]
        if let (_, key) = live.first(where: \.0) {
            throw ConfigError.misplaced(key: key, advice: "a batch is of recordings")
        }
        guard config.summary == nil else {
            throw ConfigError.misplaced(key: "--summary-json", advice: "'camstream batch run --json' has the summary")
        }
        // A measurement would choose anew on each machine.
        if config.infer.precision == .auto { config.infer.precision = .f32 }
        if config.encode.threads == 0 { config.encode.threads = Self.encoderThreads }
        config.encode.force = true
        if config.encode.files.isEmpty || config.encode.keepVideo && config.encode.output.isEmpty {
            config.encode.output = config.encode.keepVideo ? "{parent}/{stem}.mkv" : "{parent}/{stem}.mp4"
        }
        try config.findModels(log)
        var tried = config.camera
        tried.capture.input = "recording"
        try tried.validate()
        try config.checkComparison()
        named = config.encode
        drawsPictures = !config.encode.drawsNothing
        try OutputTrial.check(config.encode, Self.names(config.encode))
        head = PlanHead(
            camstream: Camstream.version, folder: InputList.absolute(outDir), model: try Self.model(config.infer),
            settings: Self.settings(config.camera))
    }

    /// By `PlannedJob.roles`.
    func patterns() throws(BatchError) -> [String: OutputPattern] {
        var patterns: [String: OutputPattern] = [:]
        for (role, name) in Self.names(named) { patterns[role] = try OutputPattern(name) }
        return patterns
    }

    private static func names(_ config: EncodeConfig) -> [String: String] {
        let names = [
            "output": config.output.isEmpty ? nil : config.output, "sidecar": config.sidecar, "maps": config.maps,
            "report": config.report, "dwell": config.dwell,
        ]
        return names.compactMapValues { $0 }
    }

    private static func model(_ config: InferConfig) throws -> PlanHead.Model {
        let path = config.model ?? ""
        var files: [PlanHead.File] = []
        // A model that cannot be read is told before the first recording, and once.
        var paths = config.files(ofModel: path).map(\.path) + (try config.weightFiles(ofModel: path))
        if let detector = config.ofDetector, let path = detector.model {
            paths += detector.files(ofModel: path).map(\.path) + (try detector.weightFiles(ofModel: path))
        }
        for file in paths.map(InputList.absolute)
        where !files.contains(where: { $0.path == file }) {
            files.append(PlanHead.File(path: file, sha256: try InputStamp.checksum(file)))
        }
        return PlanHead.Model(
            path: InputList.absolute(path), card: config.card.map(InputList.absolute),
            detector: config.detector.map(InputList.absolute), files: files)
    }

    private static func settings(_ config: CameraConfig) -> JSONValue {
        var stages: [String: [String: JSONValue]] = [:]
        for setting in CameraConfig.settings where !left.contains(setting.key) {
            let value = setting.value(config)
            let parts = setting.key.split(separator: ".", maxSplits: 1).map(String.init)
            guard value != .null, parts.count == 2 else { continue }
            stages[parts[0], default: [:]][parts[1]] = value
        }
        return .object(stages.mapValues { .object($0) })
    }
}

extension PlanHead {
    /// The settings of a run on one recording, whose paths are still to be set.
    func config() throws -> Config {
        var config = Config()
        config.camera = try JSONDecoder().decode(CameraConfig.self, from: try JSONEncoder().encode(settings))
        config.infer.model = model.path
        config.infer.card = model.card
        config.infer.detector = model.detector
        (config.encode.force, config.encode.isRepeatable) = (true, true)
        return config
    }
}
