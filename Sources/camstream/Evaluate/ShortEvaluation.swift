import Capture
import Evaluate
import Foundation
import Infer
import Logging
import Pipeline
import Reports

/// What `camstream evaluate` would say of a few figures on a few pictures: where the heat lies, insertion and deletion.
struct ShortEvaluation {
    private let subject: EvaluationSubject
    private let settings: EvaluateSettings

    /// Of the data; evenly from all of them.
    static let mostPictures = 100

    private static let metrics: [Metric] = [
        .maxBoxAccV2, .pointingNear, .energyInBox, .energyInMask, .insertion, .deletion,
    ]

    /// What was named.
    struct Labelled {
        let data: String
        let labelsMap: String?

        /// - Throws: `DataError`.
        func firstPicture() throws(DataError) -> String { try LabelledData(path: data).pictures[0].path }

        /// Whether there is something to be judged, before anything is computed.
        ///
        /// - Throws: `DataError`.
        func check() throws(DataError) {
            _ = try LabelledData(path: data)
            if let labelsMap { _ = try LabelsMap(path: labelsMap) }
        }
    }

    /// - Parameters:
    ///   - infer: of the model, which is a classifier's file.
    ///   - layers: none: the default one.
    /// - Throws: as `EvaluationSubject`.
    init(
        _ labelled: Labelled, _ infer: InferConfig, methods: [MethodName], layers: [String], _ shared: SharedModels,
        _ log: Logger
    ) throws {
        func settings(_ target: EvaluateSettings.Target) -> EvaluateSettings {
            EvaluateSettings(
                data: labelled.data, layout: .auto, labelsMap: labelled.labelsMap, infer: infer, methods: methods,
                layers: layers, groups: [],
                limit: Self.mostPictures, target: target,
                evaluation: Evaluation.Options(draws: 1000, tuneShare: 0), resumes: false)
        }
        var chosen = settings(.label)
        do {
            subject = try EvaluationSubject(chosen, PassMonitor(), log, shared: shared)
        } catch DataError.nothingMatches {
            // Then no class is known to be in a picture, and the one that the model sees is explained.
            chosen = settings(.top)
            subject = try EvaluationSubject(chosen, PassMonitor(), log, shared: shared)
        }
        self.settings = chosen
    }

    /// Judges, and writes the table to standard output where that is asked for.
    ///
    /// - Throws: `InferError`, `EvaluationError.nothingJudged`.
    func callAsFunction(_ progress: ProgressLine, printsTable: Bool) throws -> Evaluation {
        let judge = CurveJudge(try subject.methods.sessions()[0].explainer, seed: settings.seed)
        var pictures: [JudgedPicture] = []
        let start = ContinuousClock.now
        _ = try subject.judge([judge], Interrupt(), progress) { pictures.append($0) }
        progress.erase()
        let evaluation = try Evaluation(
            pictures, facts: subject.facts([judge]), settings.evaluation,
            date: Date().formatted(.iso8601), seconds: (ContinuousClock.now - start) / .seconds(1))
        guard printsTable else { return evaluation }
        // Of both, what masks say is finer.
        let coarse: Metric? = evaluation.metrics.contains(.energyInMask) ? .energyInBox : nil
        let shown = Self.metrics.filter { evaluation.metrics.contains($0) && $0 != coarse }
        let explained = settings.target == .label ? "the class of the label" : "the most probable class"
        let end =
            "\(counted(evaluation.summary.judged, "image", "images")) of \(subject.data.path), explained is "
            + "\(explained); 'camstream evaluate' reports more, on all of them"
        try StandardOutput.write((evaluation.table(of: shown) + [end]).joined(separator: "\n"))
        return evaluation
    }
}
