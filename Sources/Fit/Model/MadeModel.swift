import Foundation
package import Infer

/// A classifier that was made, with what there is to know of it.
package struct MadeModel: Sendable {
    /// The ONNX file, the report as a page, and as JSON.
    package let model: [UInt8]
    package let page: [UInt8]
    package let numbers: [UInt8]
    /// Of what was held out, 0 to 1; nil: nothing was.
    package let accuracy: Double?

    package init(model: [UInt8], page: [UInt8], numbers: [UInt8], accuracy: Double?) {
        (self.model, self.page, self.numbers, self.accuracy) = (model, page, numbers, accuracy)
    }
}

extension MadeModel {
    /// Makes one of what was taught live: as `camstream fit` does of photographs.
    ///
    /// - Parameters:
    ///   - name: what the classifier is called.
    ///   - file: name of the file that it is for.
    ///   - program: what makes it, with its version.
    ///   - date: as ISO 8601 has it.
    ///   - isCancelled: asked often, on any thread.
    ///   - progress: is told of each step, by any thread.
    /// - Throws: as `Fitting`, and where the temporary file of the model cannot be written.
    package init(
        of taught: TaughtExamples, _ backbone: Backbone, _ options: FitOptions = FitOptions(), name: String,
        file: String, program: String, date: String, isCancelled: @escaping @Sendable () -> Bool = { false },
        progress: @escaping @Sendable (Fitting.Step) -> Void = { _ in }
    ) throws {
        let start = ContinuousClock.now
        let fitted = try Fitting(taught, options)(backbone, isCancelled: isCancelled, progress: progress)
        let model = try fitted.model(name: name, program: program)
        // The errors are drawn by the classifier itself, which is read from a file.
        let temporary = FileManager.default.temporaryDirectory.appending(path: "camstream-\(UUID().uuidString).onnx")
        defer { try? FileManager.default.removeItem(at: temporary) }
        try Data(model).write(to: temporary)
        let pictures = try fitted.pictures(ofErrorsBy: temporary.path, isCancelled: isCancelled) { done, total in
            progress(.drawing(done: done, total: total))
        }
        let report = fitted.report(
            source: "what was taught as \(taught.name)", file: file, program: program, date: date,
            seconds: (ContinuousClock.now - start) / .seconds(1), pictures: pictures)
        self.init(
            model: model, page: Array(report.html()), numbers: Array(try report.json()),
            accuracy: fitted.evaluation?.accuracy)
    }
}
