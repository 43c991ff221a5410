import ArgumentParser
import Capture
import Catalogue
import Daemon
import Infer
import Live
import Logging
import Overlay
import Pipeline
import Serve

/// `camstream serve`: the live run as a service, with one camera or several.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        _superCommandName: "camstream",
        abstract: "Show and record cameras for months: the live picture as a service.",
        discussion: """
            The settings come from a config file; options win. The HTTP server listens on 127.0.0.1:8090 unless told \
            otherwise. SIGHUP reads the file again: a wrong one changes nothing. Several cameras share a model; the file \
            names them below 'cameras:', and SIGHUP leaves those alone that are as they were.

            Examples:
              camstream serve --config /etc/camstream/door.yaml
              camstream serve --input /dev/video0
              camstream serve --input /dev/video0 --input rtsp://camera/stream --inference-rate 5
              camstream serve --config configs/site.yaml
              systemctl enable --now camstream@door

            Exit codes: 0 stopped by SIGTERM or SIGINT, or at the end of the input, 64 wrong usage, 65 bad model, 66 no \
            pictures from the input, 69 cannot listen or no such device, 73 cannot write, 78 wrong settings, 1 any other failure.
            """,
        version: Camstream.version)

    /// All that `camstream` takes.
    @OptionGroup var options: Camstream

    func run() async throws {
        let log = Main.openLog(quiet: options.quiet, verbose: options.verbose)
        let variables = ServiceVariables.take()
        do {
            let config = try settings(log)
            let manager = ServiceManager(variables) { log.warning("\($0)") }
            let service = LiveService(manager, socket: try SocketActivation.socket(variables), log: log) {
                try settings(log)
            }
            let status = try await LiveRun(config: config, log: log, service: service)()
            if status != 0 { throw ExitCode(status) }
        } catch let error where error is ExitCode || error is ValidationError {
            throw error
        } catch {
            log.error("\(SettingNames(options, file: options.config).named(error))")
            throw ExitCode(ServiceExit(for: error).rawValue)
        }
    }

    /// As the file has them just now, with the options over them.
    private func settings(_ log: Logger) throws -> Config {
        var config = try options.settings()
        guard !config.named.isEmpty || !config.capture.input.isEmpty else {
            throw ConfigError.missing(key: "capture.input")
        }
        try config.checkThatNoSummaryIsAsked()
        config.serve = config.serve ?? ServeConfig()
        config.changeEach { $0.capture.live = true }
        try config.findInputs(log)
        try config.findModels(log)
        try config.validate()
        return config
    }
}

extension ServiceExit {
    /// The code of what ended a service; the same reasons have codes of their own for `camstream` itself.
    init(for error: any Error) {
        self =
            switch error {
            case is ConfigError, is DaemonError: .config
            case ServeError.cannotListen: .unavailable
            case is ServeError: .config
            case let error as CaptureError: error.isUsage ? .config : .noInput
            default:
                switch ExitStatus(for: error) {
                case .usage: .config
                case .badInput: .badModel
                case .unavailable: .unavailable
                case .cannotWrite: .cannotWrite
                case .done, .otherFailure, .tryAgain: .otherFailure
                }
            }
    }
}
