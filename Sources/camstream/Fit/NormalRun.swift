import Encode
import Fit
import Foundation
import Infer
import Logging
import Pipeline

/// Makes a model of good parts and its report, and tells what came of it.
struct NormalRun {
    let folders: [String]
    let options: NormalOptions
    /// A path, and its card.
    let backbone: (model: String, card: String?)
    let name: String
    let files: FittedFiles
    let printsJSON: Bool
    let log: Logger
    let showsProgress: Bool

    func callAsFunction() throws {
        let start = ContinuousClock.now
        let progress = ProgressLine(isShown: showsProgress)
        defer { progress.erase() }
        let fitting = try NormalFitting(folders, options)
        log.info("\(folders.joined(separator: ", ")): \(fitting.list.entries.count) files of good parts")
        let backbone = try PatchBackbone(model: backbone.model, card: backbone.card, layers: options.layers)
        for note in backbone.notes { log.debug("\(note)") }
        let fitted = try fitting(backbone) { step in progress.draw { NormalText.progress(step, seconds: $0) } }
        progress.erase()
        FitText.tell(fitted.skipped, log)
        let program = "camstream \(Camstream.version)"
        try files.model.append(fitted.model(name: name, program: program))
        let report = try fitted.report(
            source: folders.joined(separator: ", "), file: URL(filePath: files.paths.model).lastPathComponent,
            program: program, date: Date().formatted(.iso8601), seconds: (ContinuousClock.now - start) / .seconds(1)
        ) { done, total in
            progress.draw { NormalText.progress(.drawing(done: done, total: total), seconds: $0) }
        }
        progress.erase()
        try files.page.append(Array(report.html()))
        let numbers = try report.json()
        try files.numbers.append(Array(numbers))
        try files.putInPlace()
        if printsJSON { try StandardOutput.write(json: String(decoding: numbers, as: UTF8.self)) }
        for line in NormalText.summary(fitted, files.paths) { log.notice("\(line)") }
    }
}
