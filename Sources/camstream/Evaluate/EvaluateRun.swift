import Capture
import Encode
import Evaluate
import Foundation
import Infer
import Logging
import Pipeline

/// Judges methods picture by picture, and writes what comes of it.
struct EvaluateRun {
    let settings: EvaluateSettings
    let files: EvaluateFiles
    let printsJSON: Bool
    let log: Logger
    let showsProgress: Bool

    /// - Returns: the exit code.
    func callAsFunction() throws -> Int32 {
        let start = ContinuousClock.now
        let progress = ProgressLine(isShown: showsProgress)
        defer { progress.erase() }
        let (interrupt, signals) = (Interrupt(), Signals())
        let monitor = PassMonitor()
        signals.onStop {
            interrupt.raise()
            monitor.cancel()
        }
        let subject = try EvaluationSubject(settings, monitor, log)
        log.info("\(subject.summary)")
        let judges = try judges(subject.methods)
        let facts = subject.facts(judges)
        let (journal, known) = try openJournal(facts)
        var costs: [MapCost] = []
        do {
            try judge(subject, judges, journal, known, interrupt, progress)
            if settings.groups.contains(.cost) {
                costs = try CostMeasurement(subject: subject, log: log)(interrupt, progress)
            }
        } catch  where signals.received != nil {
            // What was under way is given up; what is done is in the journal.
        }
        progress.erase()
        return try finish(subject, signals, costs, seconds: (ContinuousClock.now - start) / .seconds(1))
    }

    // MARK: What is judged

    private func judges(_ methods: EvaluatedMethods) throws(InferError) -> [any MapJudge] {
        let seed = settings.seed
        let sessions = settings.groups.isDisjoint(with: [.score, .stability]) ? [] : try methods.sessions()
        var judges: [any MapJudge] = []
        if settings.groups.contains(.score) { judges.append(ScoreJudge(sessions, seed: seed)) }
        if settings.groups.contains(.stability) { judges.append(StabilityJudge(sessions, seed: seed)) }
        if settings.groups.contains(.model) {
            judges.append(ModelJudge(try methods.redrawnSessions(seed: seed)))
        }
        return judges
    }

    // MARK: The journal

    /// - Returns: with the keys of pictures that are in it already.
    private func openJournal(_ facts: RunFacts) throws -> (JournalFile, Set<String>) {
        guard settings.resumes else {
            let journal = try JournalFile(files.journal, keeping: nil)
            try journal.append(try Journal.line(facts))
            return (journal, [])
        }
        if let difference = facts.difference(from: try Journal.facts(files.journal)) {
            throw EvaluationError.otherRun(path: files.journal, difference: difference)
        }
        var known: Set<String> = []
        let size = try Journal.read(files.journal) { known.insert($0.key) }
        log.info("\(files.journal): \(known.count) images are done")
        return (try JournalFile(files.journal, keeping: size), known)
    }

    private func judge(
        _ subject: EvaluationSubject, _ judges: [any MapJudge], _ journal: JournalFile, _ known: Set<String>,
        _ interrupt: Interrupt, _ progress: ProgressLine
    ) throws {
        let untold = try subject.judge(judges, known: known, interrupt, progress) { picture in
            try journal.append(try Journal.line(picture))
        }
        if untold > 0 { log.warning("left out: \(untold) more images; the report has all") }
    }

    // MARK: The end

    private func finish(
        _ subject: EvaluationSubject, _ signals: Signals, _ costs: [MapCost], seconds: Double
    ) throws -> Int32 {
        let stopped = signals.received
        var evaluation: Evaluation
        do throws(EvaluationError) {
            evaluation = try Evaluation(
                journal: files.journal, settings.evaluation, leftOut: subject.data.leftOut, isFinished: stopped == nil,
                date: Date().formatted(.iso8601), seconds: seconds)
        } catch {
            guard let stopped, case .nothingJudged = error else { throw error }
            log.notice("interrupted before the first frame was judged: there is no report")
            return ExitStatus.interrupted(by: stopped)
        }
        evaluation.costs = costs
        // Who stops a run does not wait for pictures.
        let panels =
            files.page == nil || stopped != nil
            ? [:]
            : try EvaluationPanels(evaluation, subject, log).draw(Interrupt())
        let report = try JSONText.pretty.text(evaluation)
        try files.write(
            report: report + "\n",
            page: files.page.map { _ in EvaluationPage(evaluation, panels: panels).data })
        if printsJSON { try StandardOutput.write(json: report) } else { try StandardOutput.write(evaluation.table) }
        let written = [files.report, files.page, files.journal].compactMap(\.self).joined(separator: ", ")
        guard let stopped else {
            log.info("written: \(written)")
            return ExitStatus.done.rawValue
        }
        log.notice(
            "interrupted: \(evaluation.summary.judged) of \(subject.data.pictures.count) images are in \(written); --resume goes on"
        )
        return ExitStatus.interrupted(by: stopped)
    }
}
