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

    @Option(help: "On Slurm: how often a task that is to be tried again goes back into the queue.")
    var requeue: Int?

    @Option(help: "Folder on this machine's own disk where copies of the model are kept, for all tasks that run here.")
    var stage: String?

    @Flag(help: "Print at the end what became of the recordings as JSON.")
    var json = false

    @Flag(name: .shortAndLong, help: "Say nothing but warnings and errors.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Say more.")
    var verbose = false

    func run() async throws {
        let log = Main.openLog(quiet: quiet, verbose: verbose)
        do {
            let again = try requeue.map {
                try SlurmRequeue(limit: $0, environment: ProcessInfo.processInfo.environment)
            }
            let status = try await work(log)
            if status == ExitStatus.tryAgain.rawValue, let again { Self.requeue(again, log) }
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
        let head = try stagedHead(plan, log)
        if let first = jobs.first {
            do {
                let place = URL(filePath: "\(plan.head.folder)/\(JobPlaces.hidden)")
                try OutputTrial.check(try plan.head.config().encode, first.outputs, in: place)
            } catch let error as EncodeError where error.category != .usage {
                log.error("\(error)")
                return ExitStatus.tryAgain.rawValue
            }
        }
        let work = try JobWork(head, log)
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
        let tally = try await batch()
        progress.finish(tally)
        if json { try StandardOutput.write(json: try progress.json(tally)) }
        return Self.status(tally, signals.received)
    }

    /// The plan's, with the model where it is read: what holds for results is the plan's.
    private func stagedHead(_ plan: Plan, _ log: Logger) throws -> PlanHead {
        var head = plan.head
        if let stage {
            do throws(BatchError) {
                head.model = try ModelStage(stage)(head.model)
                return head
            } catch {
                // It would only have saved time.
                guard case .cannotWrite = error else { throw error }
                log.warning("the model is read where it is: \(error)")
            }
        }
        try plan.checkModel()
        return head
    }

    /// A task that cannot be put back stays as it is: the check of all results tells what is missing.
    private static func requeue(_ again: SlurmRequeue, _ log: Logger) {
        guard let command = again.command, let name = command.first else {
            return log.error("this task \(again.words)")
        }
        log.notice("this task \(again.words)")
        do throws(BatchError) {
            guard let tool = EngineTool(name) else {
                throw .noTool(name: name, package: "the task is not put back into the queue.")
            }
            _ = try tool.output(Array(command.dropFirst()))
        } catch {
            log.error("\(error)")
        }
    }

    /// The exit code that engines act upon.
    static func status(_ tally: BatchRun.Tally, _ signal: Int32?) -> Int32 {
        if case .fatal(_, let exit)? = tally.fatal { return exit }
        if !tally.isComplete {
            if let signal, signal != SIGUSR1 { return ExitStatus.interrupted(by: signal) }
            return ExitStatus.tryAgain.rawValue
        }
        return tally.bad > 0 ? ExitStatus.badInput.rawValue : ExitStatus.done.rawValue
    }
}
