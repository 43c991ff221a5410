import ArgumentParser
import CFFmpeg
import Capture
import Catalogue
import Encode
import Engine
import Foundation
import Infer
import Live
import Logging
import Overlay
import Pipeline
import Steadiness

/// `camstream steady`: how steady the maps are, how quick, and how true.
struct SteadyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "steady",
        _superCommandName: "camstream",
        abstract: "Measure how steady the maps are over time, how quickly they follow, and how true they stay.",
        discussion: """
            Runs the model twice on the same pictures: with the current settings, and frame by frame as the libraries \
            do it, each map scaled by itself. demo: and photographs become clips whose motion is known: noise, a pan, a \
            zoom, cuts; with demo: also an object that moves, and one that jumps. A video is measured as it is, with \
            --boxes against the object's true boxes. The table goes to standard output.

            Examples:
              camstream steady --input demo:
              camstream steady -i photo.jpg --out report.json --picture steady.png
              camstream steady -i clip.mp4 --smoothing 0.3
              camstream steady -i clip.mp4 --boxes clip.json --class "Egyptian cat"
              camstream steady -i demo: --config mine.yaml --against other.yaml
            """,
        version: Camstream.version)

    @Option(name: .shortAndLong, help: "Video, photograph, or demo:, as of 'camstream --input'.")
    var input: String

    @Option(help: "What to measure against: raw (frame by frame, unsmoothed), or a config file.")
    var against = "raw"

    @Option(name: .shortAndLong, help: "ONNX classifier or detector, its card, or a name of 'camstream models'.")
    var model: String?

    @Option(help: .setting("infer.detector"))
    var detector: String?

    @Option(help: .setting("infer.detector-class"))
    var detectorClass: String?

    @Option(help: "Model card that stands elsewhere than beside the model.")
    var card: String?

    @Option(help: .setting("infer.output-tensor"))
    var outputTensor: String?

    @Option(help: .setting("infer.class"))
    var `class`: String?

    @Option(help: "How maps are made, as of 'camstream --method'.")
    var method: MethodName?

    @OptionGroup var steady: SteadyOptionGroup

    @OptionGroup var detect: DetectOptionGroup

    @Option(help: .setting("infer.device", valueName: "device"))
    var device: Device?

    @Option(help: "What to compute in.")
    var precision: Precision?

    @Option(help: "JSON file with the true boxes of a video's object.")
    var boxes: String?

    @Option(help: "YAML file with settings, of which those of the maps count; options win.")
    var config: String?

    @Option(name: [.customShort("o"), .customLong("out")], help: "The report, with all curves: a .json file.")
    var output: String?

    @Option(help: "The curves: a .png or .jpg file.")
    var picture: String?

    @Flag(help: "Replace existing files.")
    var force = false

    @Flag(name: .shortAndLong, help: "Say nothing but warnings and errors.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Say more.")
    var verbose = false

    func run() throws {
        let log = Main.openLog(quiet: quiet, verbose: verbose)
        try Main.performWhole(log, SettingNames(self, file: config)) {
            var config = try settings()
            try check(config)
            let input = try InputName.inFull(input)
            config.infer.model = try ModelChoice(config.infer, input: input, log: log).path
            if let detector = config.infer.detector {
                config.infer.detector = try ModelFinder.ofThisProgram.path(of: detector)
            }
            let run = SteadyRun(
                input: input, settings: try SteadySettings(config.infer, config.detect, against: against),
                boxes: try boxes.map(BoxFile.init), log: log, showsProgress: !quiet)
            let report = try run()
            try StandardOutput.write(report.table)
            if let output { try WholeFile(output, replacing: force).write(try report.json()) }
            if picture != nil { try draw(report.chart, config) }
            for written in [output, picture].compactMap(\.self) { log.info("written: \(written)") }
        }
    }

    private func settings() throws(ConfigError) -> Config {
        var config = Config()
        if let path = self.config { config = try Config.ofOneCamera(path: path) }
        config.file = self.config
        GivenOptions(self).apply(to: &config)
        // The name is that of the report.
        (config.encode.output, config.encode.force) = (picture ?? "", force)
        return config
    }

    private func check(_ config: Config) throws {
        try config.validate()
        if let output, URL(filePath: output).pathExtension.lowercased() != "json" {
            throw SteadyError.notAReport(path: output)
        }
        if let picture, !["png", "jpg", "jpeg"].contains(URL(filePath: picture).pathExtension.lowercased()) {
            throw SteadyError.notAPicture(path: picture)
        }
        try DistinctFiles.check(
            read: config.filesRead + [
                (boxes, "the boxes"), (against == "raw" ? nil : against, "the config file that is measured against"),
            ],
            written: [(output, "the report", "--out"), (picture, "the curves", "--picture")])
        // Nothing is measured for a file that cannot be written.
        if let output { _ = try WholeFile(output, replacing: force) }
        if picture != nil { try config.encode.checkOutput() }
    }

    private func draw(_ chart: Chart, _ config: Config) throws {
        let painter = try ChartPainter(chart, font: config.overlay.font, timeBase: AVRational(num: 1, den: 1))
        let sink = try openSink(config.encode, format: painter.outputFormat)
        try sink.write(try painter.paint())
        try sink.finish()
    }
}
