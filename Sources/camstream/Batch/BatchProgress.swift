import Batch
import Logging
import Pipeline
import Reports
import Synchronization

/// Tells how a batch goes on: a line on a terminal that is drawn over, a line in the log for each recording.
final class BatchProgress: Sendable {
    private let total: (jobs: Int, cost: Double)
    private let line: ProgressLine
    private let log: Logger
    /// Of what was worked on here, and of what was skipped.
    private let costs = Mutex((worked: 0.0, skipped: 0.0))
    private let start = ContinuousClock.now

    init(_ jobs: [PlannedJob], isShown: Bool, log: Logger) {
        total = (jobs.count, jobs.reduce(0) { $0 + $1.cost })
        line = ProgressLine(isShown: isShown)
        self.log = log
    }

    func note(_ job: PlannedJob, _ outcome: JobRunner.Outcome, _ tally: BatchRun.Tally) {
        let name = redacted(job.input)
        var isWork = true
        switch outcome {
        case .done(let receipt):
            log.info("\(name): \(counted(receipt.frames, "frame", "frames")), \(Self.fixed(receipt.seconds)) s")
            if receipt.corrupt > 0 { log.warning("\(name): \(receipt.corrupt) damaged packets") }
        case .bad(let receipt): log.warning("bad: \(Self.named(receipt.problem, name))")
        case .badBefore(let receipt):
            log.info("found bad before: \(Self.named(receipt.problem, name))")
            isWork = false
        case .skipped: isWork = false
        case .busy, .failed(.stopped): return
        case .failed(let failure): log.error("\(Self.named("\(failure)", name))")
        }
        let isWorked = isWork
        let costs = costs.withLock { costs in
            if isWorked { costs.worked += job.cost } else { costs.skipped += job.cost }
            return costs
        }
        line.draw { seconds in
            let all = tally.done + tally.skipped + tally.bad + tally.failed
            var parts = ["\(all)/\(total.jobs) recordings", "\(100 * all / max(total.jobs, 1)) %"]
            if tally.bad > 0 { parts.append("\(tally.bad) bad") }
            if tally.failed > 0 { parts.append("\(tally.failed) failed") }
            if costs.worked > 0 {
                let left = max(total.cost - costs.worked - costs.skipped, 0)
                parts.append("ETA \(ProgressLine.time(seconds * left / costs.worked))")
            }
            parts.append(name)
            return parts.joined(separator: "  ")
        }
    }

    /// The last line.
    func finish(_ tally: BatchRun.Tally) {
        line.erase()
        if case .fatal(let text, _)? = tally.fatal { log.error("\(text)") }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        var parts = ["\(tally.done) done", "\(tally.skipped) done before"]
        if tally.bad > 0 { parts.append("\(tally.bad) bad") }
        if tally.failed > 0 { parts.append("\(tally.failed) failed, to be tried again") }
        if tally.left > 0 { parts.append("\(tally.left) left") }
        let all = counted(total.jobs, "recording", "recordings")
        log.notice("\(all): \(parts.joined(separator: ", ")); \(Self.fixed(seconds)) s")
    }

    /// The same for programs.
    func json(_ tally: BatchRun.Tally) throws -> String {
        var fatal: String?
        if case .fatal(let text, _)? = tally.fatal { fatal = text }
        return try JSONText.pretty.text(
            End(
                recordings: total.jobs, done: tally.done, doneBefore: tally.skipped, bad: tally.bad,
                failed: tally.failed, left: tally.left, problem: fatal,
                seconds: (ContinuousClock.now - start) / .seconds(1)))
    }

    private struct End: Encodable {
        var recordings: Int
        var done: Int
        var doneBefore: Int
        var bad: Int
        /// To be tried again.
        var failed: Int
        var left: Int
        /// What ended the run.
        var problem: String?
        var seconds: Double
    }

    /// With the recording's name, unless it is said already.
    private static func named(_ problem: String?, _ name: String) -> String {
        guard let problem else { return name }
        return problem.contains(name) ? problem : "\(name): \(problem)"
    }

    private static func fixed(_ number: Double) -> String { "\((number * 10).rounded() / 10)" }
}
