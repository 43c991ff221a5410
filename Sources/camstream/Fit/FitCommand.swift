import ArgumentParser
import Encode
import Fit
import Foundation
import Infer
import Logging

/// `camstream fit`: a classifier of one's own classes, or a model of one's own good parts, made of photographs and clips.
struct FitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fit",
        _superCommandName: "camstream",
        abstract: "Make a classifier of your own classes from photographs and clips, with exact class activation maps.",
        discussion: """
            Takes a folder with one folder a class, or a table (CSV: path,label[,from,to][,x,y,w,h]). The features of a \
            classifier that is there already are computed for each image, and a new last layer is fitted to them, which \
            takes seconds. A fifth of the images is held out to measure how good the result is. The result is an ONNX file \
            that has its labels inside, for --model and for 'camstream models add'; a report is written beside it.

            With --from NAME it takes what was taught live with --serve --teach NAME: the images that are kept of it.

            A class called none, other or background is for images of nothing that is of interest: where the \
            classifier sees that, images say that nothing is recognised, and have no heat.

            With --normal it takes images and clips of good parts alone, without classes, and makes a model that maps what \
            is otherwise: scratches, holes, stains.

            Examples:
              camstream fit photos --out mine.onnx
              camstream fit photos --out mine.onnx --test photos-of-another-day
              camstream fit labels.csv --out mine.onnx --model resnet18
              camstream fit photos --out mine.onnx --validate 5
              camstream fit arrows --out mine.onnx --no-mirror
              camstream fit --from cups --out cups.onnx
              camstream fit --normal good --out line.onnx --test defects
              camstream -i /dev/video0 -m mine.onnx --serve
            """,
        version: Camstream.version)

    @Argument(help: "Folder with one folder a class, or a table of images.")
    var photos: String?

    @Option(
        help: ArgumentHelp("Take what was taught live under this name, in the place of images.", valueName: "name"))
    var from: String?

    @Option(
        help: ArgumentHelp(
            "Folder of images and clips of good parts, or one of these, in the place of classes. May be given several times.",
            valueName: "folder"))
    var normal: [String] = []

    @Option(
        name: [.customShort("o"), .customLong("out")], help: "The classifier: a .onnx file. The report goes beside it.")
    var output: String

    @Option(
        name: .shortAndLong,
        help: """
            Classifier whose features are used: an ONNX file that ends in a global average pooling, its card, or a name that \
            'camstream models' lists.
            """)
    var model: String?

    @Option(help: "Model card that stands elsewhere than beside that model.")
    var card: String?

    @Option(
        help: """
            Folder or table of other images of the same classes to test on; then none is held out. With --normal a folder with \
            a folder 'good' and one for each kind of defect.
            """)
    var test: String?

    @Option(help: ArgumentHelp("Share of the examples that is held out, 0 to 0.5; 0: none.", valueName: "number"))
    var testShare: Double?

    @Option(
        help: ArgumentHelp(
            """
            Fit so many times, each time with another part held out, and then to all images: for few images; 2 to 20.
            """, valueName: "whole-number"))
    var validate: Int?

    @Option(
        help: ArgumentHelp(
            "Ways to look at each image (parts, light, mirrored), 1 to 16; without it fewer the more there are.",
            valueName: "whole-number"))
    var views: Int?

    @Flag(inversion: .prefixedNo, help: "Look at images mirrored, too; not where left and right tell classes apart.")
    var mirror = true

    @Option(
        help: ArgumentHelp(
            "Images of one clip at most, 60 without it; two a second are taken.", valueName: "whole-number"))
    var maxFrames: Int?

    @Option(help: ArgumentHelp("Strength of the regularisation; found without it.", valueName: "number"))
    var l2: Double?

    @Option(
        help: ArgumentHelp(
            "Rows of features that a model of good parts remembers at most, 1600 without it; 16 to 20000.",
            valueName: "whole-number"))
    var coreset: Int?

    @Option(
        help: ArgumentHelp(
            "Layers whose features a model of good parts has, with commas between; two middle ones without it.",
            valueName: "names"))
    var layers: String?

    @Option(help: "What the model is called; the file's name without it.")
    var name: String?

    @Flag(help: "Print the report as JSON, for programs.")
    var json = false

    @Flag(help: "Replace existing files.")
    var force = false

    @Flag(name: .shortAndLong, help: "Say nothing but warnings and errors.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Say more.")
    var verbose = false

    private func checkWhatIsNamed() throws {
        guard normal.isEmpty else { return try checkNormal() }
        let ofGoodParts = [("--coreset", coreset != nil), ("--layers", layers != nil)]
        if let (name, _) = ofGoodParts.first(where: \.1) {
            throw ValidationError("\(name) is for models of good parts: give it with --normal")
        }
        switch (photos, from) {
        case (nil, nil): throw ValidationError("name a folder of images, or what was taught live with --from")
        case (.some, .some): throw ValidationError("images and --from exclude each other: give one of them")
        default: break
        }
        guard from != nil else { return }
        let ofFiles: [(String, Bool)] = [
            ("--test", test != nil), ("--max-frames", maxFrames != nil), ("--model", model != nil),
            ("--card", card != nil),
        ]
        if let (name, _) = ofFiles.first(where: \.1) {
            throw ValidationError("\(name) cannot be given with --from: the images are kept as their model got them")
        }
    }

    private func checkNormal() throws {
        guard photos == nil else {
            throw ValidationError("\(photos ?? "") and --normal exclude each other: good parts have no classes")
        }
        let ofClasses: [(String, Bool)] = [
            ("--from", from != nil), ("--test-share", testShare != nil), ("--validate", validate != nil),
            ("--views", views != nil), ("--no-mirror", !mirror), ("--l2", l2 != nil),
        ]
        if let (name, _) = ofClasses.first(where: \.1) {
            throw ValidationError("\(name) cannot be given with --normal: it is for classifiers")
        }
    }

    func run() throws {
        try checkWhatIsNamed()
        let log = Main.openLog(quiet: quiet, verbose: verbose)
        guard normal.isEmpty else { return try Main.performWhole(log) { try fitNormal(log) } }
        try Main.performWhole(log) {
            let options = try options()
            let material = try material(options, log)
            let files = try FittedFiles(
                output, replacing: force, read: [photos, test].compactMap(\.self), model: material.backbone,
                material.card
            )
            try FitRun(
                material: material, name: modelName, files: files, printsJSON: json, log: log,
                showsProgress: !quiet)()
        }
    }

    private func fitNormal(_ log: Logger) throws {
        var options = NormalOptions()
        options.test = test
        (options.coreset, options.mostFrames) = (coreset ?? options.coreset, maxFrames ?? options.mostFrames)
        options.layers = (layers ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        try options.check()
        var infer = InferConfig()
        (infer.model, infer.card) = (model, card)
        let backbone = try ModelChoice(infer, input: nil, log: log).path
        let files = try FittedFiles(
            output, replacing: force, read: normal + [test].compactMap(\.self), model: backbone, card)
        try NormalRun(
            folders: normal, options: options, backbone: (backbone, card), name: modelName, files: files,
            printsJSON: json, log: log, showsProgress: !quiet)()
    }

    private var modelName: String { name ?? URL(filePath: output).deletingPathExtension().lastPathComponent }

    /// What is learnt from, and by which features.
    private func material(_ options: FitOptions, _ log: Logger) throws -> FitMaterial {
        if let from { return try FitMaterial(taughtAs: from, options) }
        var infer = InferConfig()
        (infer.model, infer.card) = (model, card)
        let backbone = try ModelChoice(infer, input: nil, log: log).path
        let photos = photos ?? ""
        return FitMaterial(source: photos, backbone: backbone, card: card) {
            try Fitting(photos, options)
        }
    }

    private func options() throws(FitError) -> FitOptions {
        var options = FitOptions()
        options.test = test
        options.testShare = testShare ?? options.testShare
        (options.validate, options.views, options.l2) = (validate, views, l2)
        (options.mirrors, options.mostFrames) = (mirror, maxFrames ?? options.mostFrames)
        if test != nil, testShare != nil { throw .optionsExclude(one: "--test", other: "--test-share") }
        if validate != nil, test != nil { throw .optionsExclude(one: "--validate", other: "--test") }
        if validate != nil, testShare != nil { throw .optionsExclude(one: "--validate", other: "--test-share") }
        try options.check()
        return options
    }
}
