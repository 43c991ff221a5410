import ArgumentParser
import Batch
import Logging
import Pipeline
import Reports

/// `camstream batch status`.
struct BatchStatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Say how a batch stands: done, bad, missing, and how long the rest will take.",
        discussion: """
            Examples:
              camstream batch status jobs.jsonl
              camstream batch status jobs.jsonl --json
              camstream batch status jobs.jsonl --slurm
            """)

    @Argument(help: "Plan that 'camstream batch plan' wrote.")
    var plan: String

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Ask Slurm for the tasks of the plan, too.")
    var slurm = false

    func validate() throws {
        if json, slurm { throw ValidationError("--json and --slurm do not go together") }
    }

    func run() throws {
        let log = Main.openLog(quiet: false)
        try Main.perform(log) {
            let tasks = slurm ? try SlurmTasks(plan: InputList.absolute(plan)) : nil
            let status = try BatchStatus(Plan(path: plan))
            if json { return try StandardOutput.write(try JSONText.pretty.text(status)) }
            try StandardOutput.write(([Self.text(status)] + (tasks?.lines ?? [])).joined(separator: "\n"))
        }
    }

    static func text(_ status: BatchStatus) -> String {
        func share(_ count: Int) -> String { status.jobs > 0 ? percent(Double(count) / Double(status.jobs)) : "-" }
        var rows = [
            ["done", "\(status.done)", share(status.done)], ["bad", "\(status.bad)", share(status.bad)],
            ["running", "\(status.running)", share(status.running)],
            ["missing", "\(status.missing)", share(status.missing)],
        ]
        if status.stale > 0 { rows.append(["to be made anew", "\(status.stale)", share(status.stale)]) }
        rows.append(["recordings", "\(status.jobs)", ""])
        var lines = TextTable(rows).lines
        if status.seconds > 0 {
            let rate = fixed(Double(status.frames) / status.seconds, digits: 1)
            lines.append("\(counted(status.frames, "frame", "frames")), \(rate) a second of each recording")
        }
        if !status.isComplete, let left = status.left {
            var line = "left: about \(ProgressLine.time(left)) one after the other"
            if status.running > 1 {
                line += ", \(ProgressLine.time(left / Double(status.running))) with \(status.running) at a time"
            }
            lines.append(line)
        }
        return lines.joined(separator: "\n")
    }
}
