import ArgumentParser
import Batch
import Encode
import Logging
import Pipeline
import Reports

/// `camstream batch retry`.
struct BatchRetryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Write a plan of what is not done.",
        discussion: """
            Recordings that were found bad are left out, unless --bad asks for them; what was made with another model, other \
            settings or of an input that has changed is not done. Shards are numbered anew.

            Examples:
              camstream batch retry jobs.jsonl > rest.jsonl
              camstream batch retry jobs.jsonl --bad --shard-size 5m > rest.jsonl
            """)

    @Argument(help: "Plan that 'camstream batch plan' wrote.")
    var plan: String

    @Flag(help: "Take bad recordings, too; run the new plan with --bad then.")
    var bad = false

    @Option(help: "Estimated work of one task, such as 10m.")
    var shardSize = TimeSpan(seconds: 600)

    func run() throws {
        let log = Main.openLog(quiet: false)
        try Main.perform(log) {
            let plan = try Plan(path: plan)
            let output = LineOutput()
            var writer = try PlanWriter(plan.head, shardCost: Double(shardSize.seconds)) { try output.write($0) }
            let prints = plan.head.fingerprints
            try plan.visitJobs { job in
                switch JobState(job, in: plan.head.folder, prints) {
                case .done: return
                case .bad where !bad: return
                case .bad, .open, .newer: try writer.add(job)
                }
            }
            try writer.finish()
            try output.flush()
            log.notice("\(counted(writer.jobs, "recording", "recordings")) of \(plan.end.jobs) to be done")
        }
    }
}
