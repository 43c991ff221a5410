package import Foundation
import Infer

extension Fitted {
    /// What is told of it.
    ///
    /// - Parameters:
    ///   - source: the pictures as the command named them.
    ///   - file: name of the model's file.
    ///   - date: as ISO 8601 has it.
    ///   - seconds: that it took.
    ///   - pictures: of errors, by example: JPEG.
    package func report(
        source: String, file: String, program: String, date: String, seconds: Double, pictures: [Int: Data]
    ) -> FitReport {
        var findings = FitReport.Findings(
            classes: classes, examples: labelled, names: examples.map(\.title), training: split.training, head: head,
            evaluation: evaluation)
        findings.negatives = NegativeClass.numbers(among: classes)
        if let path = fitting.options.test {
            findings.testKind = .named(path)
        } else if let folds = fitting.options.validate {
            findings.testKind = .crossValidation(folds: folds)
        }
        findings.lookAlikes = LookAlikes(
            evaluation, wholes.rows(split.training), labelled, classes: classes.count)
        findings.nearDuplicates = duplicates
        findings.pictures = pictures
        findings.skipped = skipped.map { FitReport.Skipped(file: $0.name, reason: $0.reason) }
        findings.seconds = seconds
        let frames = examples.filter { $0.seconds != nil }
        return FitReport(
            program: program, date: date,
            model: FitReport.Model(
                file: file, backbone: backbone.name, licence: backbone.about.licence, features: backbone.channels),
            data: FitReport.DataFacts(
                source: source, hash: dataChecksum, photographs: examples.count - frames.count,
                clips: Set(frames.map(\.name)).count, frames: frames.count, views: views),
            findings)
    }

    /// Pictures of the surest errors, with what speaks for the class that was named over them.
    ///
    /// - Parameters:
    ///   - model: the classifier's file, complete.
    ///   - isCancelled: asked before each picture.
    ///   - progress: is told of pictures that are done.
    /// - Returns: JPEG files by example. One that cannot be read again is missing.
    /// - Throws: `InferError`, also where maps do not add up to scores; `HeadError.cancelled`.
    package func pictures(
        ofErrorsBy model: String, isCancelled: () -> Bool = { false }, progress: (_ done: Int, _ total: Int) -> Void
    ) throws -> [Int: Data] {
        let errors = (evaluation?.errors ?? []).prefix(FitReport.mistakes)
        let panels = try HeatPanels(model: model, taught: fitting.taught.map { ($0, backbone.input) })
        var pictures: [Int: Data] = [:]
        for (number, answer) in errors.enumerated() {
            guard !isCancelled() else { throw HeadError.cancelled }
            progress(number, errors.count)
            pictures[answer.example] = try panels.panel(
                of: examples[answer.example], entry(of: answer.example), classID: answer.predicted)
        }
        return pictures
    }
}
