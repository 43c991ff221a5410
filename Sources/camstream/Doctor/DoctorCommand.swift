import ArgumentParser
import Pipeline

/// `camstream doctor`: what this machine has of what camstream needs.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        _superCommandName: "camstream",
        abstract: "Tell what this machine has of what camstream needs, what is missing, and how to get it.",
        discussion: """
            Looks at the processor, the memory, the inference engine and its devices, FFmpeg's codecs, the cameras and whether \
            you may open them, the models, the folders, the fonts and the server's port. Nothing is changed.

            Examples:
              camstream doctor
              camstream doctor --json > doctor.json

            Exit codes: 0 what is needed is there, 1 something is missing.
            """,
        version: Camstream.version)

    @Flag(help: "As JSON, for programs.")
    var json = false

    func run() throws {
        let log = Main.openLog(quiet: false)
        try Main.performWhole(log) {
            let report = DoctorReport()
            try StandardOutput.write(json ? report.json : report.text)
            if report.hasLack { throw ExitCode(ExitStatus.otherFailure.rawValue) }
        }
    }
}
