import ArgumentParser
import Capture
import Logging

/// `camstream devices`: what can be named with `--input /dev/video...`, and how it can be set.
struct DevicesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "devices",
        _superCommandName: "camstream",
        abstract: "List the cameras: names, formats, sizes, rates, controls.",
        discussion: """
            Examples:
              camstream devices
              camstream --input /dev/video0 --size 640x480 --fps 15 --control brightness=128 --out overlay.mp4
            """,
        version: Camstream.version)

    @Flag(help: "As JSON, for programs.")
    var json = false

    func run() throws {
        let log = Main.openLog(quiet: false)
        try Main.performWhole(log) {
            let entries = CameraDescription.all()
            if json {
                try StandardOutput.write(DeviceJSON(entries).text)
            } else if entries.isEmpty {
                log.notice("there is no camera: no /dev/video* gives pictures")
            } else {
                try StandardOutput.write(entries.map { DeviceTable($0).text }.joined(separator: "\n\n"))
            }
        }
    }
}
