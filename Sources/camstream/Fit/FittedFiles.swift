import Encode
import Fit
import Foundation
import Infer
import Live

/// The files that `camstream fit` writes: all are there at the end, or none is. Nothing is computed for names that cannot be
/// written.
struct FittedFiles {
    let model: WholeFile
    let page: WholeFile
    let numbers: WholeFile
    /// Their names.
    let paths: (model: String, page: String, numbers: String)

    /// - Parameters:
    ///   - read: folders or tables of pictures.
    ///   - backbone: as it was named, and its card.
    init(
        _ path: String, replacing mayReplace: Bool, read: [String], model backbone: String?, _ card: String?
    ) throws {
        let url = URL(filePath: path)
        guard url.pathExtension.lowercased() == "onnx" else { throw FitError.notAModel(path: path) }
        let stem = String(path.dropLast(5))
        for ending in ["yaml", "yml"] where FileManager.default.fileExists(atPath: "\(stem).\(ending)") {
            throw FitError.cardBeside(card: "\(stem).\(ending)", model: path)
        }
        paths = (path, "\(stem).report.html", "\(stem).report.json")
        var infer = InferConfig()
        infer.card = card
        let model = backbone.map { infer.files(ofModel: $0).map { ($0.path as String?, $0.words) } } ?? []
        try DistinctFiles.check(
            read: read.map { ($0, "the images") } + model,
            written: [
                (paths.model, "the classifier", "--out"), (paths.page, "the report", "--out"),
                (paths.numbers, "the report", "--out"),
            ])
        self.model = try WholeFile(paths.model, replacing: mayReplace)
        page = try WholeFile(paths.page, replacing: mayReplace)
        numbers = try WholeFile(paths.numbers, replacing: mayReplace)
    }

    /// The report first: whoever sees the classifier has it.
    func putInPlace() throws(EncodeError) {
        try numbers.putInPlace()
        try page.putInPlace()
        try model.putInPlace()
    }
}
