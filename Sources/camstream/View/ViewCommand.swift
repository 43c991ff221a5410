import ArgumentParser
import Logging
import Serve

/// `camstream view`: a kept recording in the browser, as it is, with its heat over it.
struct ViewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "view",
        _superCommandName: "camstream",
        abstract: "Play kept recordings in the browser, with their heat over them.",
        discussion: """
            Takes a recording that was written with --keep-video, or a folder of them, and shows a page that plays the video as it \
            was, with the heat drawn over each picture. Colours, blend, opacity and threshold can be changed while it plays. \
            --export writes the page as files that can be sent to somebody or put on any web server; nothing is served then.

            Examples:
              camstream -i clip.mp4 --keep-video -o clip.mkv
              camstream view clip.mkv
              camstream view recordings --listen 127.0.0.1:8095
              camstream view clip.mkv --export page
            """,
        version: Camstream.version)

    @Argument(help: "Recording that was written with --keep-video, or a folder of them.")
    var recording: String

    @Option(help: "Write the page into this folder, which must not be there yet, instead of serving it.")
    var export: String?

    @Option(
        help: ArgumentHelp(
            "Where to serve the page: an address of this machine; 127.0.0.1 and any free port without it.",
            valueName: "host:port"))
    var listen: String?

    @Flag(name: .shortAndLong, help: "Say nothing but warnings and errors.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Say more.")
    var verbose = false

    func validate() throws {
        if export != nil, listen != nil { throw ValidationError("--export serves nothing: leave --listen away") }
        if let export, export.isEmpty { throw ValidationError("--export needs the name of a folder") }
    }

    func run() async throws {
        let log = Main.openLog(quiet: quiet, verbose: verbose)
        if let export { return try ViewRun.export(recording, to: export, log) }
        do {
            let status = try await ViewRun.serve(recording, at: listen ?? "127.0.0.1:0", log)
            if status != 0 { throw ExitCode(status) }
        } catch let error as ExitCode {
            throw error
        } catch {
            log.error("\(SettingNames(self).named(error))")
            throw ExitCode(ExitStatus(for: error).rawValue)
        }
    }
}
