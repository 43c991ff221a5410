import ArgumentParser
import Engine
import Evaluate
import Foundation
import Infer
import Live

/// `camstream evaluate`: whether the heat is right, by figures.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        _superCommandName: "camstream",
        abstract: "Judge methods by metrics: whether their heat lies on the object, on images with boxes or masks.",
        discussion: """
            Takes labelled images: a folder for each class, Pascal VOC, COCO, YOLO, ImageNet's or a plain table, masks, or videos with boxes by frame; what \
            they are is seen from the folder. Explains each image by all methods, from one forward pass, and reports for each \
            how well the heat fits the boxes and masks, with bounds, beside maps that know nothing of the model. The table goes \
            to standard output. Ctrl-C leaves a report of what is done, and --resume goes on.

            Examples:
              camstream evaluate --data pets --out report.json --html report.html
              camstream evaluate --data VOC2012 -m resnet18 --methods cam,gradcam,layercam --limit 500 -o report.json
              camstream evaluate --data coco/annotations/instances_val2017.json --labels-map names.csv -o report.json
              camstream evaluate --data photos --target top --bootstrap 5000 --tune-share 0.3 -o report.json
              camstream evaluate --data pets --layers -1,-3 --methods gradcam -o layers.json
            """,
        version: Camstream.version)

    @Option(help: ArgumentHelp("Folder of labelled images, or the list in it.", valueName: "path"))
    var data: String

    // A layout of data is no setting of drawing.
    @Option(name: .customLong("layout"), help: "How they are labelled; auto: seen from what is there.")
    var dataLayout: DataLayout = .auto

    @Option(
        help: ArgumentHelp(
            "File that says which class is which of the model's: a line each, name,class.", valueName: "file"))
    var labelsMap: String?

    @Option(name: .shortAndLong, help: "ONNX image classifier, its card, or a name that 'camstream models' lists.")
    var model: String?

    @Option(help: "Model card that stands elsewhere than beside the model.")
    var card: String?

    @Option(help: .setting("infer.output-tensor"))
    var outputTensor: String?

    // Any number of them, which is no setting.
    @Option(
        name: .customLong("methods"),
        help:
            "Methods with commas between them, or all; without it those that tell one class from another and are quick."
    )
    var judgedMethods: String?

    @Option(
        parsing: .unconditional,
        help: "Layers with commas between them, as 'camstream layers' lists them: each method is judged on each.")
    var layers: String?

    @Option(
        help:
            "What is measured beside where the heat lies, with commas between: score, stability, model, cost; or all, or none."
    )
    var measure = "score,stability,cost"

    @Option(help: "Also put the methods in an order by one figure: arcc or adcc.")
    var score: String?

    @OptionGroup var methodOptions: MethodOptionGroup

    @Option(help: .setting("infer.device", valueName: "device"))
    var device: Device?

    @Option(help: "What to compute in.")
    var precision: Precision?

    @Option(help: ArgumentHelp("Look at so many images, evenly from all.", valueName: "whole-number"))
    var limit: Int?

    @Option(help: "Which class is explained: label (that of the data), or top (the most probable one).")
    var target: EvaluateSettings.Target = .label

    @Option(
        help: ArgumentHelp(
            "Draw the images anew so often, for the bounds of the figures; 0: not.", valueName: "whole-number"))
    var bootstrap = 1000

    @Option(
        help: ArgumentHelp(
            "Choose thresholds on this share of the images, 0 to 0.9, and judge on the others; 0: the best ones on all.",
            valueName: "number"))
    var tuneShare = 0.0

    @Option(
        name: [.customShort("o"), .customLong("out")],
        help: "The report: a .json file; what each image gave goes beside it.")
    var output: String

    @Option(help: "The same as a page with curves and images: a .html file.")
    var html: String?

    @Flag(help: "Go on with a run that was stopped.")
    var resume = false

    @Flag(help: "Print the report as JSON in place of the table.")
    var json = false

    @Flag(help: "Replace existing files.")
    var force = false

    @Flag(name: .shortAndLong, help: "Say nothing but warnings and errors.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Say more.")
    var verbose = false

    private func check() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be 1 or more") }
        guard (0...100_000).contains(bootstrap) else { throw ValidationError("--bootstrap must be 0 to 100000") }
        guard (0...0.9).contains(tuneShare) else { throw ValidationError("--tune-share must be 0 to 0.9") }
        if EvaluateSettings.groups(measure) == nil {
            throw ValidationError(
                "--measure must be score, stability, model and cost with commas between, all, or none")
        }
        if let score {
            guard Self.scores[score] != nil else { throw ValidationError("--score must be arcc or adcc") }
            guard EvaluateSettings.groups(measure)?.contains(.score) == true else {
                throw ValidationError("--score is measured with --measure score")
            }
        }
        if resume, force { throw ValidationError("--resume and --force exclude each other: go on, or begin anew") }
    }

    func run() throws {
        try check()
        let log = Main.openLog(quiet: quiet, verbose: verbose)
        try Main.perform(log, SettingNames(self)) {
            let status = try EvaluateRun(
                settings: try settings(), files: try files(), printsJSON: json, log: log, showsProgress: !quiet)()
            if status != 0 { throw ExitCode(status) }
        }
    }

    private static let scores = ["arcc": Metric.arcc, "adcc": .adcc]

    private func settings() throws -> EvaluateSettings {
        var config = Config()
        GivenOptions(self).apply(to: &config)
        try config.infer.validate()
        let layers = try layers.map { text throws(CompareError) in try ComparedMethod.names(text, of: "--layers") }
        return EvaluateSettings(
            data: data, layout: dataLayout, labelsMap: labelsMap, infer: config.infer,
            methods: try judgedMethods.map { text throws(CompareError) in try EvaluateSettings.methods(text) },
            layers: layers ?? [], groups: EvaluateSettings.groups(measure) ?? [], limit: limit, target: target,
            evaluation: Evaluation.Options(
                draws: bootstrap, tuneShare: tuneShare, score: score.flatMap { Self.scores[$0] }),
            resumes: resume)
    }

    private func files() throws -> EvaluateFiles {
        var infer = InferConfig()
        infer.card = card
        let model = model.map { infer.files(ofModel: $0).map { ($0.path as String?, $0.words) } } ?? []
        return try EvaluateFiles(
            report: output, page: html, mayReplace: force || resume, resumes: resume,
            read: [(data, "the data"), (labelsMap, "the map of labels")] + model)
    }
}

extension DataLayout: ExpressibleByArgument {}
extension EvaluateSettings.Target: ExpressibleByArgument {}
