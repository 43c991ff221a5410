import ArgumentParser
import Batch
import Capture
import Foundation
import Logging
import Pipeline
import Reports

/// `camstream batch verify`.
struct BatchVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Read all results of a batch again, and say what is wrong with them.",
        discussion: """
            Finds results that are missing, truncated, altered, made with another model, other settings or another version, or \
            of another input, and files that belong to no recording of the plan.

            Examples:
              camstream batch verify jobs.jsonl
              camstream batch verify jobs.jsonl --no-decode --json
              camstream batch verify jobs.jsonl --reopen

            Exit codes: 0 all that is done is whole, 65 something is wrong.
            """)

    @Argument(help: "Plan that 'camstream batch plan' wrote.")
    var plan: String

    @Flag(inversion: .prefixedNo, help: "Decode videos and count their frames.")
    var decode = true

    @Flag(help: "Take back the receipts of what is wrong, so that the next run makes it anew.")
    var reopen = false

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let log = Main.openLog(quiet: false)
        try Main.perform(log) {
            let plan = try Plan(path: plan)
            let counts = decode
            let report = try BatchCheck(plan) { path, role, frames in
                counts ? ResultReader.fault(of: path, role, frames) : nil
            }()
            if reopen { try report.reopen(plan) }
            try StandardOutput.write(json ? try JSONText.pretty.text(report) : Self.text(report))
            if !report.findings.isEmpty { throw ExitCode(ExitStatus.badInput.rawValue) }
        }
    }

    static func text(_ report: BatchCheck.Report) -> String {
        var lines = TextTable(report.findings.map { [$0.kind.rawValue, $0.path, $0.problem] }).lines
        var parts = ["\(report.good) whole"]
        if report.bad > 0 { parts.append("\(report.bad) bad") }
        if report.open > 0 { parts.append("\(report.open) not done yet") }
        parts.append(counted(report.findings.count, "fault", "faults"))
        lines.append(parts.joined(separator: ", "))
        return lines.joined(separator: "\n")
    }
}

/// Reads a result as a program would that shows it.
enum ResultReader {
    /// What is wrong with it; nil: nothing.
    static func fault(of path: String, _ role: String, _ frames: Int) -> String? {
        switch role {
        case "output": videoFault(path, frames)
        case "sidecar": lineFault(path, frames)
        default: nil
        }
    }

    private static func videoFault(_ path: String, _ frames: Int) -> String? {
        do {
            var config = CaptureConfig()
            config.input = path
            let source = try openSource(config, interrupt: Interrupt())
            while try source.next() != nil {}
            if source.corruptPackets > 0 { return "\(source.corruptPackets) packets cannot be decoded" }
            return source.framesRead == frames ? nil : "it has \(source.framesRead) frames and should have \(frames)"
        } catch {
            return "\(error)"
        }
    }

    /// A line a frame, and one of facts where the video is kept.
    private static func lineFault(_ path: String, _ frames: Int) -> String? {
        guard let data = try? Data(contentsOf: URL(filePath: path), options: .mappedIfSafe) else {
            return "it cannot be read"
        }
        let lines = data.count { $0 == UInt8(ascii: "\n") }
        return lines == frames || lines == frames + 1 ? nil : "it has \(lines) lines for \(frames) frames"
    }
}
