import ArgumentParser
import CStart
import Capture
import Encode
import Foundation
import Glibc
import Infer
import Live
import Logging
import Pipeline

/// The program. Subcommands such as `camstream models ...` are parsed by themselves, because the root command would take
/// its options, such as `--card`, wherever they stand.
@main
enum Main {
    static func main() async {
        StandardStreams.secure()
        start_watch_memory()
        ProcessMemory.keepSmall()
        if let lack = lackOfRoom {
            StandardError.write("camstream: error: \(lack)\n")
            exit(ExitStatus(for: lack).rawValue)
        }
        do {
            let arguments = try TerminalColour.take(from: Array(CommandLine.arguments.dropFirst()))
            if let text = try OwnAnswer.text(arguments) { write(text) } else { await run(OwnAnswer.parsed(arguments)) }
        } catch {
            StandardError.write("camstream: error: \(error)\n")
            exit(ExitStatus.usage.rawValue)
        }
    }

    private static func run(_ arguments: [String]) async {
        let named = Camstream.command.subcommands.first { $0.configuration.commandName == arguments.first }
        let rest = Array(arguments.dropFirst())
        if let named {
            await run(named, rest, all: arguments)
        } else {
            await run(Camstream.self, arguments, all: arguments)
        }
    }

    /// As the argument parser's own `main`, but wrong usage is told in one line.
    ///
    /// - Parameter all: with the command's name.
    @concurrent private static func run<Command: ParsableCommand>(
        _ type: Command.Type, _ arguments: [String], all: [String]
    ) async {
        do {
            if let late = LateCommand(arguments, of: type) { throw ValidationError("\(late)") }
            var command = try type.parseAsRoot(arguments)
            if let command = command as? any AsyncParsableCommand {
                try await start(command)
            } else {
                try command.run()
            }
            end()
        } catch {
            let (message, code) = told(error, by: type)
            // Not by the parser's own means, which would show the secrets in addresses.
            if code.isSuccess {
                write(OwnAnswer.isHelp(message) ? OwnAnswer.help(all) : message)
            } else if !message.isEmpty {
                StandardError.write(message + "\n")
            }
            end()
            // What libraries do at the end may wait for what they did not get.
            _exit(code.rawValue)
        }
    }

    /// What was asked for; the end of the program where it cannot be written.
    private static func write(_ text: String) {
        guard !text.isEmpty else { return }
        do {
            try StandardOutput.write(Array("\(text)\n".utf8)[...])
        } catch {
            StandardError.write("camstream: error: \(error)\n")
            end()
            _exit(ExitStatus(for: error).rawValue)
        }
    }

    /// What is still to be written of an error, and the exit code. Whoever throws a code has told the rest.
    private static func told<Command: ParsableCommand>(
        _ error: any Error, by type: Command.Type
    ) -> (message: String, code: ExitCode) {
        if let code = error as? ExitCode { return ("", code) }
        if let usage = UsageError(error, of: type) {
            return ("camstream: error: \(usage)", ExitCode(ExitStatus.usage.rawValue))
        }
        let code = type.exitCode(for: error)
        if code.isSuccess { return (type.fullMessage(for: error), code) }
        let message = type.message(for: error)
        let own = ExitStatus(for: error)
        return (
            message.isEmpty ? "" : "camstream: error: \(message)",
            own == .otherFailure ? code : ExitCode(own.rawValue)
        )
    }

    /// What is missing for any command: the threads that Swift's tasks run on, and their stacks.
    private static var lackOfRoom: LackOfResources? {
        do throws(LackOfResources) {
            let threads = ProcessInfo.processInfo.activeProcessorCount + 4
            // Where there is no room for a stack, libdispatch tries again for ever.
            try Headroom.requireMemory(bytes: 64 << 20 + threads * Headroom.stackSize, for: "to start")
            try Headroom.requireThreads(threads)
            return nil
        } catch {
            return error
        }
    }

    private static func end() {
        fflush(nil)
        // Who reads the log may be slow, but does not keep the program.
        StandardError.flush(within: 200)
    }

    @concurrent private static func start(_ command: some AsyncParsableCommand) async throws {
        var command = command
        try await command.run()
    }

    /// Makes the log go to standard error; to be called once.
    static func openLog(quiet: Bool, verbose: Bool = false) -> Logger {
        LoggingSystem.bootstrap { _ in
            StandardErrorLog(logLevel: quiet ? .warning : verbose ? .debug : .info)
        }
        return Logger(label: "camstream")
    }

    /// Runs the work of a command whose result is there as a whole or not at all: the first signal ends it at once, and what is
    /// half made is removed.
    static func performWhole(_ log: Logger, _ names: SettingNames? = nil, _ work: () throws -> Void) throws {
        let signals = Signals()
        signals.onStop { [weak signals] in
            // Else all is done.
            guard let signals else { return }
            Unfinished.ofProcess.removeAll {
                log.notice("interrupted: what was not complete is removed")
                StandardError.flush(within: 200)
                _exit(ExitStatus.interrupted(by: signals.received ?? SIGTERM))
            }
        }
        try withExtendedLifetime(signals) { try perform(log, names, work) }
    }

    /// Runs a command's work; an error becomes its one line and its exit code.
    ///
    /// - Parameter names: what it calls settings.
    static func perform(_ log: Logger, _ names: SettingNames? = nil, _ work: () throws -> Void) throws {
        do {
            try work()
        } catch let error where error is ExitCode || error is ValidationError {
            throw error
        } catch {
            log.error("\(names?.named(error) ?? error)")
            throw ExitCode(ExitStatus(for: error).rawValue)
        }
    }
}

extension Camstream {
    static let command = CommandConfiguration(
        commandName: "camstream",
        abstract: "Show on video why an image classifier sees what it sees.",
        discussion: """
            Reads a video or a camera, runs an ONNX classifier on the frames, computes the class activation map of the \
            class that the classifier sees, and writes the video with the heatmap over it, or shows it to browsers.

            Examples:
              camstream --input demo: --out overlay.mp4
              camstream --input clip.mp4 --out overlay.mp4
              camstream --input clip.mp4 --model model.onnx --out overlay.mp4
              camstream -i photo.jpg -m model.onnx --layout grid -o top5.png
              camstream -i clip.mp4 -m model.onnx --class "Egyptian cat" --sidecar cat.jsonl -o cat.mkv
              camstream -i clip.mp4 --sidecar seen.jsonl
              camstream -i clip.mp4 --detector yolox_nano.yaml --detector-class dog -m breeds.onnx -o breeds.mp4
              camstream -i 'frames/%05d.png' -m model.onnx --colormap jet --blend mix -o 'heat/%05d.png'
              camstream --config configs/file.yaml --input clip.mp4 --out overlay.mp4
              camstream -i /dev/video0 --size 1280x720 -o overlay.mp4
              camstream -i /dev/video0 --serve
              camstream -i /dev/video0 -i /dev/video2 --serve
              camstream -i rtsp://camera/stream --segment 10m --keep 7d -o 'rec/%Y-%m-%d/%H-%M-%S.mp4'
              camstream serve --config door.yaml
              camstream doctor
              camstream devices
              camstream models
              camstream models fetch resnet18
              camstream layers --model resnet18
              camstream compare --input photo.jpg --model resnet18 --out sheet.png
              camstream steady --input clip.mp4
              camstream evaluate --data pets --out report.json
              camstream fit photos --out mine.onnx
              camstream burn clip.mkv --out overlay.mp4
              camstream batch plan clips --out-dir heat > jobs.jsonl
              camstream batch run jobs.jsonl --all
              camstream view clip.mkv
              camstream -i clip.mp4 -m resnet18 -o overlay.mp4

            Exit codes: 0 done, 64 wrong usage, 65 bad input or model, 69 cannot fetch a model or listen, or no such \
            device, 73 cannot write, 130 and 143 interrupted by SIGINT and SIGTERM (what was done until then is kept and plays; live runs \
            end with 0), 1 any other failure.
            """,
        version: version,
        subcommands: [
            ServeCommand.self, DevicesCommand.self, ModelsCommand.self, LayersCommand.self, CompareCommand.self,
            SteadyCommand.self, EvaluateCommand.self, FitCommand.self, BurnCommand.self, BatchCommand.self,
            ViewCommand.self, DoctorCommand.self,
        ])

    func run() async throws {
        let log = Main.openLog(quiet: quiet, verbose: verbose)
        do {
            var config = try settings()
            if config.named.isEmpty {
                guard !config.capture.input.isEmpty else { throw ValidationError("name an input with --input") }
                guard
                    !config.encode.files.isEmpty || config.serve != nil || !config.encode.push.isEmpty
                        || config.tellsEvents
                else {
                    throw ValidationError(
                        "name an output with --out, --sidecar or --events, send the picture with --push, or show it to browsers with --serve"
                    )
                }
            } else if config.serve == nil {
                throw ValidationError("several inputs are cameras: watch them with --serve, or run 'camstream serve'")
            }
            try config.findInputs(log)
            try config.findModels(log)
            // Who watches, watches now: a file that is shown is played at its own rate.
            if config.serve != nil { config.changeEach { $0.capture.live = true } }
            let status = try await InputRun(config: config, log: log, showsProgress: !quiet)()
            if status != 0 { throw ExitCode(status) }
        } catch let error where error is ExitCode || error is ValidationError {
            throw error
        } catch {
            log.error("\(SettingNames(self, file: self.config).named(error))")
            throw ExitCode(ExitStatus(for: error).rawValue)
        }
    }

}
