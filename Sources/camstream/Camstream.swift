import ArgumentParser
import Capture
import Encode
import Glibc
import Logging
import Pipeline

/// `camstream`: shows on video why an image classifier sees what it sees.
@main
struct Camstream: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "camstream",
        abstract: "Show on video why an image classifier sees what it sees.",
        discussion: """
            Reads a video, runs an ONNX classifier on every frame, computes the class activation map of the class that \
            the classifier sees, and writes the video with the heatmap over it.

            Examples:
              camstream --input demo: --out overlay.mp4
              camstream --input clip.mp4 --model model.onnx --out overlay.mp4
              camstream -i photo.jpg -m model.onnx --layout grid -o top5.png
              camstream -i clip.mp4 -m model.onnx --class "Egyptian cat" --sidecar cat.jsonl -o cat.mkv
              camstream -i 'frames/%05d.png' -m model.onnx --colormap jet --blend mix -o 'heat/%05d.png'
              camstream --config configs/file.yaml --input clip.mp4 --out overlay.mp4

            Exit codes: 0 done, 64 wrong usage, 65 bad input or model, 73 cannot write, 130 and 143 interrupted by \
            SIGINT and SIGTERM (what was done until then is kept and plays), 1 any other failure.
            """,
        version: version)

    static let version = "0.1.0"

    @OptionGroup var options: Options

    func run() async throws {
        let quiet = options.quiet
        let verbose = options.verbose
        LoggingSystem.bootstrap { _ in
            StandardErrorLog(logLevel: quiet ? .warning : verbose ? .debug : .info)
        }
        let log = Logger(label: "camstream")
        do {
            let config = try settings()
            guard !config.capture.input.isEmpty else { throw ValidationError("name an input with --input") }
            guard !config.encode.output.isEmpty else { throw ValidationError("name an output with --out") }
            let status = try await Run(config: config, log: log, showsProgress: !quiet)()
            if status != 0 { throw ExitCode(status) }
        } catch let error where error is ExitCode || error is ValidationError {
            throw error
        } catch {
            log.error("\(error)")
            throw ExitCode(ExitStatus(for: error).rawValue)
        }
    }

    private func settings() throws(ConfigError) -> Config {
        var config = Config()
        if let path = options.config { config = try YAMLFile.decode(Config.self, path: path) }
        options.apply(to: &config)
        return config
    }
}
