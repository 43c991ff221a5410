import Encode
import Fit
import Foundation
import Infer
import Logging
import ONNX
import Pipeline

/// Makes a classifier and its report, and tells what came of it.
struct FitRun {
    let material: FitMaterial
    let name: String
    let files: FittedFiles
    let printsJSON: Bool
    let log: Logger
    let showsProgress: Bool

    func callAsFunction() throws {
        let start = ContinuousClock.now
        let progress = ProgressLine(isShown: showsProgress)
        defer { progress.erase() }
        let fitting = try material.fitting()
        log.info("\(material.source): \(fitting.list.entries.count) files of \(fitting.list.classes.count) classes")
        let backbone = try openBackbone()
        for note in backbone.notes { log.debug("\(note)") }
        let fitted = try fitting(backbone) { step in progress.draw { FitText.progress(step, seconds: $0) } }
        progress.erase()
        FitText.tell(fitted.skipped, log)
        let program = "camstream \(Camstream.version)"
        try files.model.append(fitted.model(name: name, program: program))
        let pictures = try fitted.pictures(ofErrorsBy: files.model.temporaryPath) { done, total in
            progress.draw { FitText.progress(.drawing(done: done, total: total), seconds: $0) }
        }
        progress.erase()
        let report = fitted.report(
            source: material.source, file: URL(filePath: files.paths.model).lastPathComponent, program: program,
            date: Date().formatted(.iso8601), seconds: (ContinuousClock.now - start) / .seconds(1), pictures: pictures)
        try files.page.append(Array(report.html()))
        let numbers = try report.json()
        try files.numbers.append(Array(numbers))
        try files.putInPlace()
        if printsJSON { try StandardOutput.write(json: String(decoding: numbers, as: UTF8.self)) }
        for line in FitText.summary(fitted, files.paths) { log.notice("\(line)") }
    }

    private func openBackbone() throws -> Backbone {
        do {
            let backbone = try Backbone(model: material.backbone, card: material.card)
            if let taught = material.taught, backbone.checksum != taught.checksum {
                throw FitError.otherBackbone(model: material.backbone, set: taught.name)
            }
            return backbone
        } catch let error as InferError {
            guard case .model(let cause) = error, case .noGAPHead(let found, _) = cause.problem else { throw error }
            throw FitError.noHead(model: cause.file, found: found)
        }
    }
}
