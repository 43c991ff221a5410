import ArgumentParser
import Capture
import Encode
import Infer
import Overlay
import Pipeline
import Serve

/// The command line's options. Each overrides the config file's setting of the same meaning.
struct Options: ParsableArguments {
    // MARK: Input

    @Option(
        name: [.short, .long],
        help: """
            Video, still picture, numbered sequence (frames/%05d.png), URL, - for standard input, camera (/dev/video0), or \
            demo: for a scene that is drawn (demo:seconds=60,size=1920x1080,fps=25,seed=7).
            """)
    var input: String?

    @Option(help: "Size of a camera's pictures, such as 1280x720; the best for the machine without it.")
    var size: PictureSize?

    @Option(
        help: ArgumentHelp(
            "Frames a second: of a camera the nearest that it has, of numbered pictures their own.", valueName: "number"
        ))
    var fps: Double?

    @Option(help: "Pixel format of a camera, such as YUYV or MJPG; 'camstream devices' lists them.")
    var pixelFormat: String?

    @Option(
        help: "Set a control of a camera, such as brightness=128 (repeatable); 'camstream devices' lists them.")
    var control: [ControlSetting] = []

    // MARK: Model

    @Option(
        name: [.short, .long],
        help: "ONNX image classifier, the YAML card of one, or a name that 'camstream models' lists.")
    var model: String?

    @Option(help: "Model card that stands elsewhere than beside the model (model.yaml beside model.onnx).")
    var card: String?

    @Option(help: "The model's output to explain, where it has several; found without it.")
    var outputTensor: String?

    @Option(name: .customLong("class"), help: "Explain this class: its number, its name or a unique part of it.")
    var explainedClass: String?

    @Option(help: "How maps are made; auto: CAM where the model's head allows it, else Grad-CAM, else Recipro-CAM.")
    var method: MethodName?

    @OptionGroup var methodOptions: MethodOptionGroup

    @Option(
        parsing: .unconditional,
        help: """
            Map this tensor or node (a name, a unique part of one, or -1 for the last that 'camstream layers' lists), or \
            several with commas between them; found from the graph without it.
            """)
    var layer: String?

    @Option(help: "How the maps of several layers become one.")
    var fuse: LayerFusion?

    @Option(help: "What to compute in; auto measures once what is fastest here.")
    var precision: InferConfig.Precision?

    @OptionGroup var steady: SteadyOptionGroup

    // MARK: Picture

    @Option(help: "What a frame of the output shows.")
    var layout: OverlayConfig.Layout?

    @OptionGroup var heat: HeatOptionGroup

    @Option(help: "Which class names are written on the picture.")
    var labels: OverlayConfig.Labels?

    @Flag(inversion: .prefixedNo, help: "Frame the hot region: the largest one above 20 % of the map's maximum.")
    var box: Bool?

    @Flag(inversion: .prefixedNo, help: "Show the colour bar.")
    var colorBar: Bool?

    @Flag(
        inversion: .prefixedNo,
        help:
            "Make small pictures (up to 100 pixels) larger by a whole factor, to 256 pixels or more, so that labels fit."
    )
    var enlarge: Bool?

    // MARK: Output

    @Option(name: [.customShort("o"), .customLong("out")], help: "Video, picture (.png, .jpg) or numbered sequence.")
    var output: String?

    @Option(help: "Write a JSON object a frame (class, probabilities, peak, box) to this file.")
    var sidecar: String?

    @Option(help: "Write the raw maps (float32) with classes and times to this file in NumPy's format, .npz.")
    var maps: String?

    @Option(help: "Video encoder of the linked FFmpeg, such as libx264, libx265, libvpx-vp9, ffv1.")
    var codec: String?

    @Option(help: "Encoder preset, such as ultrafast, veryfast, medium, slow.")
    var preset: String?

    @Option(help: ArgumentHelp("Constant rate factor: lower is better and larger.", valueName: "number"))
    var crf: Double?

    @Flag(help: "Replace an existing output.")
    var force = false

    // MARK: Live

    @Flag(help: "Play a file at its own rate as if it were a camera: the newest frame wins.")
    var live = false

    @Flag(help: "Wait for a camera or stream that is not there yet.")
    var wait = false

    @Option(
        help:
            "Begin a new recording after this time, such as 10m; --out is a pattern such as rec/%Y-%m-%d/%H-%M-%S.mp4.")
    var segment: TimeSpan?

    @Option(help: "Delete recordings older than this, such as 7d.")
    var keep: TimeSpan?

    @Option(help: "Delete the oldest recordings when all are larger than this, such as 20G.")
    var maxBytes: DataSize?

    @Flag(help: "Show the live picture to browsers, on 127.0.0.1:8090 unless --listen says otherwise.")
    var serve = false

    @Option(help: "What the HTTP server listens on, such as 127.0.0.1:8090, [::1]:80 or *:8090; implies --serve.")
    var listen: String?

    @Option(help: "File of tokens that let clients in, one a line.")
    var tokenFile: String?

    @Option(help: "File of users that are let in, each 'name:password'.")
    var userFile: String?

    @Flag(help: "Let anybody in, also from other machines.")
    var insecure = false

    @Option(help: "PEM file of the server's certificate, for HTTPS.")
    var tlsCert: String?

    @Option(help: "PEM file of the certificate's key.")
    var tlsKey: String?

    @Flag(help: "Let clients change nothing.")
    var readOnly = false

    // MARK: The program

    @Option(help: "YAML file with settings; options win.")
    var config: String?

    @Flag(name: .shortAndLong, help: "Say nothing but warnings and errors.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Say more.")
    var verbose = false
}

extension Options {
    /// The config file's settings, with these over them.
    func settings() throws(ConfigError) -> Config {
        var config = Config()
        if let path = self.config { config = try YAMLFile.decode(Config.self, path: path) }
        apply(to: &config)
        return config
    }

    /// Puts what was given on the command line over the settings.
    func apply(to config: inout Config) {
        func set<Value>(_ value: Value?, _ path: WritableKeyPath<Config, Value>) {
            if let value { config[keyPath: path] = value }
        }
        func set<Value>(_ value: Value?, _ path: WritableKeyPath<Config, Value?>) {
            if let value { config[keyPath: path] = value }
        }
        set(input, \.capture.input)
        set(size, \.capture.size)
        set(fps, \.capture.frameRate)
        set(pixelFormat, \.capture.pixelFormat)
        config.capture.controls += control
        if live { config.capture.live = true }
        if wait { config.capture.wait = true }
        set(segment, \.encode.segment)
        set(keep, \.encode.keep)
        set(maxBytes, \.encode.maxBytes)
        set(model, \.infer.model)
        set(card, \.infer.card)
        set(outputTensor, \.infer.outputTensor)
        set(explainedClass, \.infer.explainedClass)
        set(method, \.infer.method)
        methodOptions.apply(to: &config.infer.methodOptions)
        set(layer.map { InferConfig.layers($0) }, \.infer.layers)
        set(fuse, \.infer.layerFusion)
        set(precision, \.infer.precision)
        steady.apply(to: &config.infer)
        set(layout, \.overlay.layout)
        heat.apply(to: &config.overlay)
        set(labels, \.overlay.labels)
        set(box, \.overlay.box)
        set(colorBar, \.overlay.colourBar)
        set(enlarge, \.overlay.enlarge)
        set(output, \.encode.output)
        set(sidecar, \.encode.sidecar)
        set(maps, \.encode.maps)
        set(codec, \.encode.codec)
        set(preset, \.encode.preset)
        set(crf, \.encode.crf)
        if force { config.encode.force = true }
        applyServer(to: &config)
    }

    private func applyServer(to config: inout Config) {
        let isGiven =
            serve || insecure || readOnly || ![listen, tokenFile, userFile, tlsCert, tlsKey].allSatisfy { $0 == nil }
        guard isGiven || config.serve != nil else { return }
        var server = config.serve ?? ServeConfig()
        if let listen { server.listen = listen }
        if let tokenFile { server.tokenFile = tokenFile }
        if let userFile { server.userFile = userFile }
        if let tlsCert { server.tlsCertificate = tlsCert }
        if let tlsKey { server.tlsKey = tlsKey }
        if insecure { server.insecure = true }
        if readOnly { server.readOnly = true }
        config.serve = server
    }
}
