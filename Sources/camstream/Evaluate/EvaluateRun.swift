import Batch
import Capture
import Catalogue
import Dispatch
import Encode
import Evaluate
import Foundation
import Infer
import Logging
import Pipeline
import Synchronization

/// Judges methods picture by picture, and writes what comes of it.
struct EvaluateRun {
    let settings: EvaluateSettings
    let files: EvaluateFiles
    let log: Logger
    let showsProgress: Bool
    private let shared = SharedModels(keeping: 8, keepingReady: 32)

    init(settings: EvaluateSettings, files: EvaluateFiles, log: Logger, showsProgress: Bool) {
        (self.settings, self.files, self.log, self.showsProgress) = (settings, files, log, showsProgress)
    }

    /// How many pictures that are left out are told one by one; the report has all.
    private static let mostTold = 5

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
        var data = try LabelledData(path: settings.data, layout: settings.layout)
        // Nothing is computed for thresholds of nothing.
        if settings.evaluation.tuneShare > 0, data.pictures.allSatisfy({ $0.boxes.isEmpty && $0.mask == nil }) {
            throw EvaluationError.tuneWithoutPlaces
        }
        var infer = settings.infer
        infer.model = try ModelChoice(infer, input: nil, log: log).path
        // The file is read once for all.
        let read = try shared.read(infer)
        defer { withExtendedLifetime(read) {} }
        try read.checkForMethods()
        let methods = try EvaluatedMethods(settings.methods, layers: settings.layers, infer, shared, monitor, log)
        let classes = try match(&data, methods)
        if let limit = settings.limit { data.limit(to: limit) }
        log.info(
            "\(data.path): \(data.pictures.count) pictures of \(data.labels.count) classes, as \(data.layout.rawValue)")
        let judges = try judges(methods)
        let facts = facts(data, classes, methods, judges, infer)
        let (journal, known) = try openJournal(facts)
        do {
            try judge(
                data, classes, methods, judges, journal, known, interrupt, progress)
        } catch  where signals.received != nil {
            // What was under way is given up; what is done is in the journal.
        }
        progress.erase()
        return try finish(
            data, methods, signals, classes, interrupt, seconds: (ContinuousClock.now - start) / .seconds(1))
    }

    // MARK: What is judged

    private func judges(_ methods: EvaluatedMethods) throws(InferError) -> [any MapJudge] {
        let seed = UInt64(truncatingIfNeeded: settings.infer.methodOptions.seed)
        let sessions = settings.groups.isDisjoint(with: [.score, .stability]) ? [] : try methods.sessions()
        var judges: [any MapJudge] = []
        if settings.groups.contains(.score) { judges.append(ScoreJudge(sessions, seed: seed)) }
        if settings.groups.contains(.stability) { judges.append(StabilityJudge(sessions, seed: seed)) }
        if settings.groups.contains(.model) {
            let (own, redrawn) = try methods.redrawnSessions(seed: seed)
            judges.append(ModelJudge(own, redrawn))
        }
        return judges
    }

    /// Which of the model's classes the data's are. Pictures of others are left out, unless the most probable class is explained.
    private func match(_ data: inout LabelledData, _ methods: EvaluatedMethods) throws -> [String: Int] {
        let map = try settings.labelsMap.map { path throws(DataError) in try LabelsMap(path: path) }
        let labels = data.labels
        let match = try ClassMatch(labels, names: methods.names.full, map: map, synsets: data.synsets)
        guard settings.target == .label else { return match.numbers }
        if match.numbers.isEmpty, let first = match.unmatched.first {
            throw DataError.nothingMatches(path: data.path, label: first.label, labels: labels.count, near: first.near)
        }
        for (label, near) in match.unmatched.prefix(Self.mostTold) {
            let meant = near.isEmpty ? "" : "; near it are \(near.map { "'\($0)'" }.joined(separator: ", "))"
            log.warning("left out: the model has no class '\(label)'\(meant) (--labels-map FILE says which it is)")
        }
        let others = match.unmatched.count - Self.mostTold
        if others > 0 { log.warning("left out: \(others) more classes that the model does not have") }
        data.keep(where: { match.numbers[$0.label] != nil }, orElse: "the model has no class of its name")
        return match.numbers
    }

    private func facts(
        _ data: LabelledData, _ classes: [String: Int], _ methods: EvaluatedMethods, _ judges: [any MapJudge],
        _ infer: InferConfig
    ) -> RunFacts {
        let card =
            (infer.card
            ?? infer.files(ofModel: infer.model ?? "").map(\.path).first { path in
                ["yaml", "yml"].contains(URL(filePath: path).pathExtension.lowercased())
            }).flatMap { try? TextFile.bytes(of: $0) }
        let labels = Set(data.labels)
        return RunFacts(
            program: "camstream \(Camstream.version)",
            machine: "\(Machine.this.processor), \(ProcessInfo.processInfo.activeProcessorCount) cores",
            precision: methods.precision, model: methods.modelName, modelChecksum: methods.modelChecksum,
            cardChecksum: card.map { Checksum.hexDigits(of: Array($0)) }, data: data.path, layout: data.layout,
            dataChecksum: data.checksum, pictures: data.pictures.count, ignoredBoxes: data.ignoredBoxes,
            classes: classes.filter { labels.contains($0.key) }, target: settings.target.rawValue,
            seed: UInt64(settings.infer.methodOptions.seed),
            methods: methods.facts
                + Baseline.allCases.map { RunFacts.Method(key: $0.key, title: $0.title, isBaseline: true) },
            judged: judges.flatMap(\.metrics), options: settings.options)
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
        log.info("\(files.journal): \(known.count) pictures are done")
        return (try JournalFile(files.journal, keeping: size), known)
    }

    private func judge(
        _ data: LabelledData, _ classes: [String: Int], _ methods: EvaluatedMethods, _ judges: [any MapJudge],
        _ journal: JournalFile, _ known: Set<String>, _ interrupt: Interrupt, _ progress: ProgressLine
    ) throws {
        let judging = PictureJudging(
            methods: methods, judges: judges, isTrimap: data.layout == .trimaps,
            seed: settings.infer.methodOptions.seed,
            log: log)
        let total = data.pictures.count
        let rest = data.pictures.filter { !known.contains($0.key) }
        var told = 0
        for (number, picture) in rest.enumerated() {
            if interrupt.isRaised { throw CaptureError.interrupted }
            let classID = classes[picture.label]
            let judged = try judging(
                picture, explained: settings.target == .label ? classID : nil, true: classID, interrupt)
            try journal.append(try Journal.line(judged))
            if let problem = judged.problem {
                told += 1
                if told <= Self.mostTold { log.warning("left out: \(picture.name): \(problem)") }
            }
            progress.draw { seconds in
                let done = number + 1
                let left = seconds / Double(done) * Double(rest.count - done)
                return "\(known.count + done)/\(total) pictures  \(100 * (known.count + done) / total) %  "
                    + "ETA \(ProgressLine.time(left))  \(picture.name)"
            }
        }
        if told > Self.mostTold {
            log.warning("left out: \(told - Self.mostTold) more pictures; the report has all")
        }
    }

    // MARK: The end

    private func finish(
        _ data: LabelledData, _ methods: EvaluatedMethods, _ signals: Signals, _ classes: [String: Int],
        _ interrupt: Interrupt, seconds: Double
    ) throws -> Int32 {
        let stopped = signals.received
        let evaluation: Evaluation
        do throws(EvaluationError) {
            evaluation = try Evaluation(
                journal: files.journal, settings.evaluation, leftOut: data.leftOut, isFinished: stopped == nil,
                date: Date().formatted(.iso8601), seconds: seconds)
        } catch {
            guard let stopped, case .nothingJudged = error else { throw error }
            log.notice("interrupted before the first picture was judged: there is no report")
            return ExitStatus.interrupted(by: stopped)
        }
        // Who stops a run does not wait for pictures.
        let panels =
            files.page == nil || stopped != nil
            ? [:]
            : try EvaluationPanels(evaluation, data, classes, settings.target, methods, log).draw(Interrupt())
        try files.write(
            report: try JSONText.pretty.text(evaluation) + "\n",
            page: files.page.map { _ in EvaluationPage(evaluation, panels: panels).data })
        try StandardOutput.write(evaluation.table)
        let written = [files.report, files.page, files.journal].compactMap(\.self).joined(separator: ", ")
        guard let stopped else {
            log.info("written: \(written)")
            return ExitStatus.done.rawValue
        }
        log.notice(
            "interrupted: \(evaluation.summary.judged) of \(data.pictures.count) pictures are in \(written); --resume goes on"
        )
        return ExitStatus.interrupted(by: stopped)
    }
}
