import ArgumentParser
import Batch
import Capture
import Encode
import Foundation
import Infer
import Live
import Logging
import Pipeline
import Reports

/// `camstream batch plan`.
struct BatchPlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Find recordings, and say what is to be made of each.",
        discussion: """
            Inputs are files, folders (with all that is below them), patterns and addresses. The options are those of a run; \
            names of results are patterns with {parent} (the folders below the one that was named), {stem} (the file's name \
            without its ending), {name} (with it) and {id}. The plan goes to standard output.

            Examples:
              camstream batch plan clips --out-dir heat > jobs.jsonl
              camstream batch plan clips --out-dir heat --keep-video --sidecar '{parent}/{stem}.jsonl' > jobs.jsonl
              camstream batch plan 'site*/2026-*/*.mp4' --out-dir seen --report '{parent}/{stem}.html' --model mine > jobs.jsonl
              find /archive -name '*.mkv' | camstream batch plan --list - --out-dir heat --out '{stem}-{id}.mp4' > jobs.jsonl
              camstream batch plan clips --out-dir heat --config run.yaml --shard-size 20m > jobs.jsonl
            """)

    @Argument(help: "Recordings, folders of them, patterns or addresses.")
    var recordings: [String] = []

    @Option(help: "Folder for all results; it is made when it is needed.")
    var outDir: String

    @Option(help: "File with one input a line; - is standard input.")
    var list: String?

    @Option(help: "Endings of files in folders that count as recordings, such as mp4,mkv.")
    var endings: String?

    @Option(help: "Estimated work of one task, such as 10m: short recordings are put together up to it.")
    var shardSize = TimeSpan(seconds: 600)

    @Flag(
        inversion: .prefixedNo,
        help: "Look into each file for its length and size; without, the file's size is all that the estimate has.")
    var probe = true

    /// All that `camstream` takes.
    @OptionGroup var options: Camstream

    func run() async throws {
        let log = Main.openLog(quiet: options.quiet, verbose: options.verbose)
        try Main.perform(log, SettingNames(options, file: options.config)) {
            let inputs = try inputs()
            guard !inputs.isEmpty else { throw ValidationError("name recordings, folders or a --list") }
            let plan = try PlanSettings(options, outDir: outDir, log)
            let planner = Planner(
                try plan.patterns(), in: plan.head.folder, replacing: options.force,
                CostEstimate(drawsPictures: plan.drawsPictures))
            let output = LineOutput()
            var writer = try PlanWriter(plan.head, shardCost: Double(shardSize.seconds)) { try output.write($0) }
            let found = InputList(
                endings: try namedEndings ?? InputList.videoEndings, without: plan.head.folder, for: inputs
            ) { log.warning("\($0)") }
            let progress = ProgressLine(isShown: !options.quiet)
            var groups = ProbeGroups { [probe] found in
                guard probe, found.stamp != nil, let file = MediaProbe(path: found.path) else {
                    return CostEstimate.Facts()
                }
                return CostEstimate.Facts(duration: file.duration, frameRate: file.frameRate, pixels: file.pixels)
            } visit: { found, facts in
                guard let job = try planner.job(for: found, facts) else { return }
                try writer.add(job)
                progress.draw { _ in "\(writer.jobs) recordings found" }
            }
            for input in inputs { try found.find(input) { try groups.add($0) } }
            try groups.finish()
            progress.erase()
            guard writer.jobs > 0 else { throw BatchError.nothingToDo(places: inputs.map(redacted)) }
            try writer.finish()
            try output.flush()
            if planner.repeated > 0 { log.notice("\(planner.repeated) recordings were named more than once") }
            let parts = counted(writer.shards, "shard", "shards")
            let time = ProgressLine.time(writer.cost)
            log.notice("\(counted(writer.jobs, "recording", "recordings")) in \(parts), about \(time) of one core")
        }
    }

    private var namedEndings: [String]? {
        get throws {
            guard let endings else { return nil }
            let words = endings.split { $0 == "," || $0 == " " }.map(String.init)
            if words.isEmpty { throw ValidationError("--endings names none; write it as mp4,mkv") }
            return words
        }
    }

    private func inputs() throws -> [String] {
        guard let list else { return recordings + options.inputs }
        let text: String
        do throws(TextFile.Problem) {
            text = try TextFile.text(of: list == "-" ? "/dev/stdin" : list)
        } catch {
            throw BatchError.cannotRead(path: list == "-" ? "standard input" : list, reason: "\(error)")
        }
        // By bytes: names may have what is a line's end elsewhere.
        let lines = text.utf8.split(separator: UInt8(ascii: "\n")).map { line in
            String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
        }
        return recordings + options.inputs + lines.filter { !$0.allSatisfy(\.isWhitespace) }
    }
}
