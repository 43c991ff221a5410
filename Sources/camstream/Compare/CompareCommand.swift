import ArgumentParser
import Capture
import Encode
import Engine
import Infer
import Live
import Overlay

/// `camstream compare`: methods or layers side by side on one picture.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        _superCommandName: "camstream",
        abstract: "Compare methods, or layers, on one image: a sheet with a panel and a time for each.",
        discussion: """
            Takes an image, or a frame of a video, and draws the map of one class by each method beside it, with the time \
            that it takes. Without --methods these are the methods that tell one class from another and work on the model. \
            A method that does not work on it has a panel that says why, if it was named. Of a detector each panel has all \
            boxes, and the heat of all of them. --data adds metrics: on images whose objects are labelled with boxes or masks, \
            a table reports where the heat of each method lies, and whether the score depends on it.

            Examples:
              camstream compare --input photo.jpg --out sheet.png
              camstream compare -i photo.jpg -m vgg16.onnx -o sheet.png
              camstream compare -i photo.jpg --methods gradcam,layercam -o sheet.png
              camstream compare -i photo.jpg --class "Egyptian cat" -o cat.png
              camstream compare -i photo.jpg --class "Egyptian cat" --versus tabby -o apart.png
              camstream compare -i clip.mp4 --at 12.5 -o sheet.png
              camstream compare -i photo.jpg -m resnet18 --layers -1,-3 -o layers.png
              camstream compare -i photo.jpg --data pets -o sheet.png
              camstream compare -i street.jpg -m yolox_nano.yaml --min-score 0.5 -o boxes.png
            """,
        version: Camstream.version)

    @Option(
        name: .shortAndLong,
        help:
            "Image, video, URL, camera or demo:, as of 'camstream --input'; without it the first image of --data.")
    var input: String?

    @Option(name: [.customShort("o"), .customLong("out")], help: "The sheet: a .png or .jpg file.")
    var output: String

    @Option(help: "Time of a video's frame: seconds such as 12.5, or HH:MM:SS; its first frame without it.")
    var at: String?

    @Option(
        name: .shortAndLong,
        help: "ONNX image classifier or detector, its card, or a name that 'camstream models' lists.")
    var model: String?

    @Option(help: "Model card that stands elsewhere than beside the model.")
    var card: String?

    @Option(help: .setting("infer.output-tensor"))
    var outputTensor: String?

    @Option(help: .setting("infer.class"))
    var `class`: String?

    @Option(help: .setting("infer.versus"))
    var versus: String?

    // Any number of them, which is no setting.
    @Option(name: .customLong("methods"), help: "Methods with commas between them, as of 'camstream --method'.")
    var comparedMethods: String?

    @Option(
        parsing: .unconditional,
        help: "Layers with commas between them, as 'camstream layers' lists them: a panel for each method and layer.")
    var layers: String?

    @Option(help: .setting("detect.min-score", valueName: "number"))
    var minScore: Double?

    @Option(help: .setting("detect.max-boxes", valueName: "whole-number"))
    var maxBoxes: Int?

    @Option(
        help: ArgumentHelp(
            "Folder of labelled images, as of 'camstream evaluate': also list metrics of the methods on up to 100 of them.",
            valueName: "path"))
    var data: String?

    @Option(help: ArgumentHelp("File that says which of its classes is which of the model's.", valueName: "file"))
    var labelsMap: String?

    @OptionGroup var methodOptions: MethodOptionGroup

    @Option(help: .setting("infer.device", valueName: "device"))
    var device: Device?

    @Option(help: "What to compute in.")
    var precision: Precision?

    @OptionGroup var heat: HeatOptionGroup

    @Flag(help: "Print what was found as JSON, for programs.")
    var json = false

    @Flag(help: "Replace an existing sheet.")
    var force = false

    @Flag(name: .shortAndLong, help: "Say nothing but warnings and errors.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Say more.")
    var verbose = false

    func validate() throws { _ = try labelled() }

    func run() throws {
        let log = Main.openLog(quiet: quiet, verbose: verbose)
        try Main.performWhole(log, SettingNames(self)) {
            let layers = try layers.map { text throws(CompareError) in try ComparedMethod.names(text, of: "--layers") }
            let methods = try comparedMethods.map { text throws(CompareError) in try ComparedMethod.methods(text) }
            let labelled = try labelled()
            var config = settings
            if input == nil, let labelled { config.capture.input = "file:\(try labelled.firstPicture())" }
            try config.findInputs(log)
            let time = try at.map { text throws(CompareError) in try FrameSearch.seconds(text) }
            config.infer.model = try ModelChoice(config.infer, input: config.capture.input, log: log).path
            let comparison = Comparison(
                config: config, methods: ComparedMethod.all(methods, layers: layers ?? []), layers: layers ?? [],
                time: time, labelled: labelled, printsJSON: json, log: log, showsProgress: !quiet)
            try comparison()
        }
    }

    /// - Throws: `ValidationError` of options that say nothing together.
    private func labelled() throws -> ShortEvaluation.Labelled? {
        guard let data else {
            if input == nil { throw ValidationError("--input or --data is missing") }
            if labelsMap != nil { throw ValidationError("--labels-map is of --data, and there is none") }
            return nil
        }
        if versus != nil { throw ValidationError("--data judges maps of one class: leave out --versus") }
        return ShortEvaluation.Labelled(data: data, labelsMap: labelsMap)
    }

    private var settings: Config {
        var config = Config()
        GivenOptions(self).apply(to: &config)
        return config
    }
}
