import ArgumentParser
import Capture
import Encode
import Engine
import Infer
import Live
import Overlay
import Pipeline
import Serve

/// `camstream`: shows on video why an image classifier sees what it sees. These are its options; each overrides the config
/// file's setting of the same meaning. They are no group of the command, since a debug build checks what is in groups four
/// times for each level of them, at each start.
struct Camstream: AsyncParsableCommand {
    static let configuration = command

    // MARK: Input

    @Option(
        name: [.short, .customLong("input")], parsing: .singleValue,
        help: .setting("capture.input", more: "Several are cameras, for --serve."))
    var inputs: [String] = []

    @Option(help: .setting("capture.size"))
    var size: PictureSize?

    @Option(name: .customLong("fps"), help: .setting("capture.frame-rate", valueName: "number"))
    var frameRate: Double?

    @Option(help: .setting("capture.pixel-format"))
    var pixelFormat: String?

    @Option(
        help: "Set a control of a camera, such as brightness=128 (repeatable); 'camstream devices' lists them.")
    var control: [ControlSetting] = []

    // MARK: Model

    @Option(name: [.short, .long], help: .setting("infer.model"))
    var model: String?

    @Option(help: .setting("infer.detector"))
    var detector: String?

    @Option(help: .setting("infer.detector-class"))
    var detectorClass: String?

    @Option(help: .setting("infer.card"))
    var card: String?

    @Option(help: .setting("infer.output-tensor"))
    var outputTensor: String?

    @Option(help: .setting("infer.class"))
    var `class`: String?

    @Option(help: .setting("infer.versus"))
    var versus: String?

    @Option(help: .setting("infer.region"))
    var region: PictureRegion?

    @Option(help: .setting("infer.method"))
    var method: MethodName?

    @Option(help: .setting("infer.evaluated", valueName: "report"))
    var evaluated: String?

    @Option(help: .setting("infer.methods"))
    var methods: MethodList?

    @OptionGroup var methodOptions: MethodOptionGroup

    @Option(parsing: .unconditional, help: .setting("infer.layer"))
    var layer: String?

    @Option(help: .setting("infer.fuse"))
    var fuse: LayerFusion?

    @Option(help: .setting("infer.device", valueName: "device"))
    var device: Device?

    @Option(help: .setting("infer.precision"))
    var precision: Precision?

    @OptionGroup var steady: SteadyOptionGroup

    @OptionGroup var detect: DetectOptionGroup

    // MARK: Picture

    @OptionGroup var picture: PictureOptionGroup

    // MARK: Output

    @Option(name: [.customShort("o"), .customLong("out")], help: .setting("encode.output"))
    var output: String?

    @Option(help: .setting("encode.sidecar"))
    var sidecar: String?

    @Option(help: .setting("encode.maps"))
    var maps: String?

    @Option(help: .setting("encode.report"))
    var report: String?

    @Option(help: .setting("encode.dwell"))
    var dwell: String?

    @Flag(help: .setting("encode.keep-video"))
    var keepVideo = false

    @OptionGroup var encoder: EncoderOptionGroup

    @Flag(help: .setting("encode.force"))
    var force = false

    // MARK: Live

    @Flag(help: .setting("capture.live"))
    var live = false

    @Flag(help: .setting("capture.wait"))
    var wait = false

    @Option(
        name: .customLong("push"), parsing: .singleValue,
        help: "Send the live video (H.264) to a server, such as rtsp://127.0.0.1:8554/camera (repeatable).")
    var push: [String] = []

    @Option(help: .setting("encode.segment"))
    var segment: TimeSpan?

    @Option(help: .setting("encode.keep"))
    var keep: TimeSpan?

    @Option(help: .setting("encode.max-bytes"))
    var maxBytes: DataSize?

    @Flag(help: "Show the live video to browsers, on 127.0.0.1:8090 unless --listen says otherwise.")
    var serve = false

    @Option(help: .setting("serve.listen"))
    var listen: String?

    @Option(help: .setting("serve.token-file"))
    var tokenFile: String?

    @Option(help: .setting("serve.user-file"))
    var userFile: String?

    @Flag(help: .setting("serve.insecure"))
    var insecure = false

    @Option(help: .setting("serve.tls-cert"))
    var tlsCert: String?

    @Option(help: .setting("serve.tls-key"))
    var tlsKey: String?

    @Flag(help: .setting("serve.read-only"))
    var readOnly = false

    @Option(help: .setting("infer.teach"))
    var teach: String?

    @Option(help: .setting("events.file"))
    var events: String?

    @Option(help: .setting("mqtt.url"))
    var mqtt: String?

    // MARK: The program

    @Option(help: "YAML file with settings; options win.")
    var config: String?

    @Option(
        help: ArgumentHelp(
            "Write what the run on a recording did (frames, times, files) as JSON into a file, or to standard output (-).",
            valueName: "file"))
    var summaryJson: String?

    @Flag(name: .shortAndLong, help: "Say nothing but warnings and errors.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Say more.")
    var verbose = false
}

extension Camstream {
    /// The config file's settings, with these over them.
    func settings() throws(ConfigError) -> Config {
        var config = Config()
        if let path = self.config { config = try YAMLFile.decode(Config.self, path: path) }
        (config.file, config.summary) = (self.config, summaryJson)
        try takeInputs(&config)
        apply(to: &config)
        return config
    }

    /// One input is the camera's without a name; several make cameras, camera1 and so on.
    private func takeInputs(_ config: inout Config) throws(ConfigError) {
        guard let first = inputs.first else { return }
        guard config.named.isEmpty else {
            throw .misplaced(key: "--input \(redacted(first))", advice: "the config file names the cameras")
        }
        if inputs.count == 1 {
            config.capture.input = first
            return
        }
        config.named = inputs.enumerated().map { index, input in
            var camera = NamedCamera(name: "camera\(index + 1)", config.camera)
            camera.config.capture.input = input
            return camera
        }
    }

    /// Puts what was given on the command line over the settings.
    func apply(to config: inout Config) {
        GivenOptions(self).apply(to: &config)
        config.changeEach { $0.capture.controls += control }
        for index in config.named.indices { config.named[index].namePushes() }
        if serve, config.serve == nil { config.serve = ServeConfig() }
    }
}
