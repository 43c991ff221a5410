import ArgumentParser
import Capture
import Encode
import Kept
import Live
import Logging
import Overlay

/// `camstream burn`: the overlay video of a kept recording, without a model.
struct BurnCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "burn",
        _superCommandName: "camstream",
        abstract: "Draw the heat of a kept recording over its video, in any style, without a model.",
        discussion: """
            Takes a recording that was written with --keep-video, which has the video as it was and the heat, the labels and \
            the records as tracks beside it, and draws the overlay that the run itself would have drawn. The options are those \
            of the run, unless others are given here. The layouts grid and compare need a recording that was kept with them.

            Examples:
              camstream -i clip.mp4 --keep-video -o clip.mkv
              camstream burn clip.mkv -o overlay.mp4
              camstream burn clip.mkv --colormap viridis --blend mix --opacity 0.4 -o overlay.mp4
              camstream burn clip.mkv --layout side-by-side --labels top5 --box -o beside.mp4
              camstream burn clip.mkv --no-color-bar --labels none --codec ffv1 -o lossless.mkv
              camstream burn clip.mkv -o 'heat/%05d.png'
            """,
        version: Camstream.version)

    @Argument(help: "Recording that was written with --keep-video.")
    var recording: String

    @Option(name: [.customShort("o"), .customLong("out")], help: .setting("encode.output"))
    var output: String

    // MARK: Picture

    @OptionGroup var picture: PictureOptionGroup

    @Option(help: .setting("overlay.font"))
    var font: String?

    // MARK: Output

    @OptionGroup var encoder: EncoderOptionGroup

    @Option(help: .setting("encode.quality", valueName: "whole-number"))
    var quality: Int?

    @Flag(inversion: .prefixedNo, help: .setting("encode.copy-streams"))
    var copyStreams: Bool?

    @Flag(help: .setting("encode.force"))
    var force = false

    // MARK: The program

    @Flag(name: .shortAndLong, help: "Say nothing but warnings and errors.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Say more.")
    var verbose = false

    func run() async throws {
        let log = Main.openLog(quiet: quiet, verbose: verbose)
        do {
            let burning = BurnRun(log: log, showsProgress: !quiet) { facts in settings(over: facts) }
            let status = try await burning()
            if status != 0 { throw ExitCode(status) }
        } catch let error where error is ExitCode || error is ValidationError {
            throw error
        } catch {
            log.error("\(SettingNames(self).named(error))")
            throw ExitCode(ExitStatus(for: error).rawValue)
        }
    }

    /// The run's own way to draw, with what was given on the command line over it.
    ///
    /// - Parameter facts: nil: nobody knows yet.
    func settings(over facts: KeptFacts?) -> Config {
        var config = Config()
        if let facts { config.overlay = OverlayConfig(of: facts) }
        config.capture.input = recording
        GivenOptions(self).apply(to: &config)
        return config
    }
}
