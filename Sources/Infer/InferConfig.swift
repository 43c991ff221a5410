package import Detect
package import Engine
import Foundation
package import Pipeline
package import Tracking

/// The settings of the inference stage: the key `infer` of a config file.
package struct InferConfig: Decodable, Sendable, Equatable {
    /// An ONNX file, or a model card that names one.
    package var model: String?
    /// A detector, or its card: the model looks at what is in its boxes; nil: the model looks at the picture.
    package var detector: String?
    /// Which of its classes count; none: all.
    package var detectorClasses: [String] = []
    /// A model card that stands elsewhere than beside the model.
    package var card: String?
    /// The model's output to explain, or a tensor before it; nil: the one that the card names, or that looks like scores.
    package var outputTensor: String?
    /// How maps are made.
    package var method = MethodName.auto
    /// Path of a report of `camstream evaluate` that chooses the method; nil: none does.
    package var evaluated: String?
    /// What is compared side by side where a layout shows several methods; nil: the usual ones.
    package var methods: MethodList?
    /// Whether `methods` explain each picture, rather than `method`. No setting: it follows from the layout.
    package var comparesMethods = false
    package var methodOptions = MethodOptions()
    /// The tensors or nodes whose activations are mapped; none: found from the graph.
    package var layers: [String] = []
    /// How the maps of several layers become one.
    package var layerFusion = LayerFusion.mean
    /// Whose map: a class's number, name or a unique part of its name; nil: the most probable class of each frame.
    package var explainedClass: String?
    /// Which class it is told apart from, named in the same way; nil: maps are of a class alone.
    package var versus: String?
    /// The part of each picture that the model looks at; nil: all.
    package var region: PictureRegion?
    /// The set of examples that viewers teach classes with, which stand in for the model's own; nil: nobody teaches.
    package var teach: String?
    /// What computes.
    package var device = Device.cpu
    package var precision = Precision.auto
    /// No setting: it follows from the input.
    package var pace = Pace.picture
    /// Whether what is compiled is kept for later runs of the program. No setting.
    package var keepsCompiled = true
    /// How maps are smoothed over time.
    package var filter = MapFilter.oneEuro
    /// Time constant of maps that stand still, in seconds; 0: neither maps nor classes are smoothed.
    package var smoothing = 0.4
    /// Below this probability the label says that nothing is recognised; 0: never.
    package var labelFloor = ShownClasses.usualFloor
    /// What is no heat and full heat; nil: as suits what is shown, else running.
    package var scale: ScaleChoice?
    /// Which boxes of a detector count. No setting of this stage.
    package var detect = DetectConfig()
    /// What suits what is shown, where nobody names a scale and the model has none. No setting.
    package var usualScale = ScaleChoice.running
    /// Whether maps follow motion in the video.
    package var motion = MotionChoice.auto
    /// The classifier looks at one picture of so many, or at those in which something changed; in between, its maps follow the
    /// motion.
    package var camEvery: CamEvery = 1
    /// How many pictures a second the classifier looks at, at most; nil: as many as there are.
    package var inferenceRate: Double?

    package init() {}

    package static let settings: [SettingDescriptor<InferConfig>] = [
        .init(
            \.model, "model", .optional(.text()), example: "model.onnx",
            "ONNX image classifier, the YAML card of one, or a name that 'camstream models' lists."),
        .init(
            \.detector, "detector", .optional(.text()), example: "yolox_nano.onnx",
            "ONNX detector, its card or its name: the model then classifies what is in each box, and explains it there."
        ),
        .init(
            \.detectorClasses, "detector-class", .names, example: "dog",
            "Which boxes of the detector count: a class by number, name or a unique part of it, or several with commas between them."
        ),
        .init(
            \.card, "card", .optional(.text()), example: "model.yaml",
            "Model card that stands elsewhere than beside the model (model.yaml beside model.onnx)."),
        .init(
            \.outputTensor, "output-tensor", .optional(.text()), example: "logits",
            "The model's output to explain, where it has several; found without it."),
        .init(
            \.method, "method", .word,
            """
            How maps are made; auto: CAM where the model's head allows it, else Grad-CAM, else Recipro-CAM; best: by the \
            report that evaluated names.
            """),
        .init(
            \.evaluated, "evaluated", .optional(.text()), example: "report.json",
            "With method best: the report of 'camstream evaluate' whose best method and layers are taken."),
        .init(
            \.methods, "methods", .optional(.value(MethodList.form, written: \.text)), example: "cam,layercam",
            """
            What layout compare shows side by side: 2 to 6 methods with commas between them; without it the one that method \
            names, and LayerCAM.
            """),
        .init(
            \.methodOptions.channels, "channels", .value(ChannelSelection.form, written: \.text),
            "What method features shows: channels such as 435 or 435-437, or the strongest ones as in max:5."),
        .init(
            \.methodOptions.samples, "samples", .optional(.whole(1...1_000_000)), example: "500",
            """
            How often a method samples: masks of rise, draws of ss-cam, steps of is-cam, channels of scorecam (those that \
            vary most); without it as often as its authors did.
            """),
        .init(
            \.methodOptions.seed, "seed", .whole,
            "Seed of the methods that draw random numbers; the same seed gives the same maps."),
        .init(
            \.layers, "layer", .names, example: "features",
            """
            Map this tensor or node (a name, a module such as layer4 for the last tensor in it, a unique part of a name, or -1 for \
            the last that 'camstream layers' lists), or \
            several with commas between them; found from the graph without it.
            """),
        .init(\.layerFusion, "fuse", .word, "How the maps of several layers become one."),
        .init(
            \.explainedClass, "class", .optional(.text()), example: "Egyptian cat",
            """
            Explain this class: its number, its name or a unique part of it; without it the most probable one of each frame. Of a \
            detector also several with commas between them.
            """),
        .init(
            \.versus, "versus", .optional(.text()), example: "tabby",
            "Tell the class apart from this one: maps show what speaks for the class and against this one."),
        .init(
            \.region, "region", .optional(.value(PictureRegion.form, written: \.text)), example: "0.5,0,0.5,1",
            """
            Let the model look at a part of the picture: x,y,width,height in shares of the picture, such as 0.5,0,0.5,1 for \
            the right half, or in pixels.
            """),
        .init(
            \.teach, "teach", .optional(.text()), example: "desk",
            """
            Let viewers teach classes of their own with what the camera sees; the examples are kept under this name \
            (with --serve).
            """),
        .init(
            \.device, "device", .value(Device.form, written: \.name),
            "What computes: CPU, GPU, NPU, or AUTO for the best of them, as the inference engine names it."),
        .init(\.precision, "precision", .word, "What to compute in; auto measures once what is fastest here."),
        .init(\.filter, "filter", .word, viewers: "Filter", "How maps are smoothed over time."),
        .init(
            \.smoothing, "smoothing", .number(0...60, unit: "seconds", step: 0.05, slider: 0...5), viewers: "Smoothing",
            "Time constant of the smoothing in seconds; 0 turns it off, also that of the classes."),
        .init(
            \.labelFloor, "label-floor", .number(0...1),
            "Probability below which the label says that nothing is recognised; 0: never."),
        .init(
            \.scale, "scale", .optional(.value(ScaleChoice.form, written: \.text)), example: "running",
            """
            What is drawn as no heat and as full heat: no evidence and the strongest pixel of each frame, a scale that \
            follows them and the class's probability (running; default but for stills and grids), or two values of the maps \
            (fixed:LO,HI).
            """),
        .init(\.motion, "motion", .word, "Whether maps follow motion in the video."),
        .init(
            // Motion is followed no further back.
            \.camEvery, "cam-every",
            .value(CamEvery.form, where: { $0.frames.map { (1...30).contains($0) } ?? true }),
            """
            Run the classifier on every Nth frame only, or (auto) when something changed and once a second; in between, \
            its maps follow the motion.
            """),
        .init(
            \.inferenceRate, "inference-rate", .optional(.number(0.01...1000, unit: "a second")), example: "5",
            "Run the classifier on this many frames a second at most; in between, its maps follow the motion."),
    ]

    package init(from decoder: any Decoder) throws { try Self.settings.decode(from: decoder, into: &self) }

    package func validate() throws(ConfigError) { try Self.settings.check(self, in: "infer") }

    /// - Parameter text: names with commas between them.
    package static func layers(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}

extension SettingForm<[String]> {
    /// Names with commas between them.
    fileprivate static var names: SettingForm {
        .joined(read: InferConfig.layers, written: { $0.joined(separator: ",") })
    }
}

extension InferConfig {
    /// The files that a model is read from, and what each is, as far as can be told before it is opened.
    ///
    /// - Parameter path: of the model, or of the card that names it.
    package func files(ofModel path: String) -> [(path: String, words: String)] {
        ModelFiles.paths(of: path, card: card)
    }

    /// SHA-256 of a model's file, in hexadecimal digits, as explainers tell it. The model is read.
    ///
    /// - Parameter path: of the model, or of the card that names it.
    /// - Throws: `InferError` if it cannot be read.
    package func checksum(ofModel path: String) throws(InferError) -> String {
        try Backbone.checksum(try ModelFiles(model: path, card: card, output: outputTensor).path)
    }

    /// Files that hold weights of a model, beside its own. The model is read.
    ///
    /// - Parameter path: of the model, or of the card that names it.
    /// - Throws: `InferError` if it cannot be read.
    package func weightFiles(ofModel path: String) throws(InferError) -> [String] {
        try ModelFiles(model: path, card: card, output: outputTensor).weightFiles
    }
}
