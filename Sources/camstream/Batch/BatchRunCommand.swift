import ArgumentParser
import Batch
import Encode
import Foundation
import Live
import Logging
import Pipeline

/// `camstream batch run`.
struct BatchRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Do a part of a plan, or all of it; what is done already is skipped.",
        discussion: """
            The part is that of --index, else of SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX, AWS_BATCH_JOB_ARRAY_INDEX or \
            PBS_ARRAY_INDEX. SIGTERM and SIGINT give up what is under way; SIGUSR1 finishes it and begins no other.

            Examples:
              camstream batch run jobs.jsonl --all
              camstream batch run jobs.jsonl --all --jobs 4
              camstream batch run jobs.jsonl --index 17
              camstream batch run jobs.jsonl --index 3 --of 8
              seq 0 7 | xargs -P 2 -I@ camstream batch run jobs.jsonl --index @ --of 8

            Exit codes: 0 all is done, 65 some recordings are bad (their receipts say why; the others are done), 75 try \
            again: something was left or failed that may go well another time, 130 and 143 after SIGINT and SIGTERM, 64 \
            wrong usage.
            """)

    @Argument(help: "Plan that 'camstream batch plan' wrote.")
    var plan: String

    @Option(help: "Number of the shard, from 0.")
    var index: Int?

    @Option(help: "Into how many parts the plan's shards are dealt out; each task does every such shard.")
    var of: Int?

    @Flag(help: "Do all shards.")
    var all = false

    @Option(name: .shortAndLong, help: "Recordings at a time; by default as many as cores and memory allow.")
    var jobs: Int?

    @Flag(help: "Try bad recordings again.")
    var bad = false

    @Flag(name: .shortAndLong, help: "Say nothing but warnings and errors.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Say more.")
    var verbose = false

    func run() async throws {
        let log = Main.openLog(quiet: quiet, verbose: verbose)
        do {
            let status = try await work(log)
            if status != 0 { throw ExitCode(status) }
        } catch let error where error is ExitCode || error is ValidationError {
            throw error
        } catch {
            log.error("\(error)")
            throw ExitCode(ExitStatus(for: error).rawValue)
        }
    }

    private func work(_ log: Logger) async throws -> Int32 {
        if let jobs, !(1...256).contains(jobs) { throw ValidationError("--jobs must be 1 to 256") }
        let signals = BatchSignals()
        let plan = try Plan(path: plan)
        try plan.check(version: Camstream.version)
        let part = try PlanPart(index: index, of: of, isAll: all, shards: plan.end.shards)
        let jobs = try plan.jobs { part.contains($0) }
        try plan.checkModel()
        if let first = jobs.first {
            do {
                let place = URL(filePath: "\(plan.head.folder)/\(JobPlaces.hidden)")
                try OutputTrial.check(try plan.head.config().encode, first.outputs, in: place)
            } catch let error as EncodeError where error.category != .usage {
                log.error("\(error)")
                return ExitStatus.tryAgain.rawValue
            }
        }
        let work = try JobWork(plan.head, log)
        let runner = JobRunner(in: plan.head.folder, plan.head.fingerprints, repeatsBad: bad) {
            job, files throws(JobFailure) in try await work(job, files)
        }
        let progress = BatchProgress(jobs, isShown: !quiet, log: log)
        let parallel = min(self.jobs ?? Parallelism.usual, max(jobs.count, 1))
        let batch = BatchRun(jobs, runner, parallel: parallel) { job, outcome, tally in
            progress.note(job, outcome, tally)
        }
        signals.onStop { stop, signal in
            batch.stop(stop)
            if stop == .now { work.stop(signal) }
        }
        let tally = await batch()
        progress.finish(tally)
        return Self.status(tally, signals.received)
    }

    /// The exit code that engines act upon.
    static func status(_ tally: BatchRun.Tally, _ signal: Int32?) -> Int32 {
        if case .fatal(let text, let exit)? = tally.fatal, !text.isEmpty { return exit }
        if !tally.isComplete {
            if let signal, signal != SIGUSR1 { return ExitStatus.interrupted(by: signal) }
            return ExitStatus.tryAgain.rawValue
        }
        return tally.bad > 0 ? ExitStatus.badInput.rawValue : ExitStatus.done.rawValue
    }
}
