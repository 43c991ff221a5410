import Foundation
import Glibc
import ONNX
import Pipeline
import Synchronization

/// A classifier's files, as they were read. While anybody holds it, explainers of the same `SharedModels` find it instead of
/// reading again.
package final class ReadModel: Sendable {
    let files: ModelFiles
    private let stamp: String
    /// Of the file.
    var byteCount: Int { Self.status(files.path).map { Int($0.st_size) } ?? 0 }
    private let found = Mutex<String?>(nil)

    /// - Throws: `InferError` where the files cannot be read or contradict each other.
    convenience init(_ config: InferConfig) throws(InferError) {
        self.init(try ModelFiles(model: config.model, card: config.card, output: config.outputTensor))
    }

    init(_ files: ModelFiles) {
        self.files = files
        stamp = Self.stamp(files.path)
    }

    /// Whether it is a detector.
    package var findsBoxes: Bool { files.isDetector }

    /// What whoever draws conclusions from maps and scores must know of the model; nil: nothing.
    package var doubt: String? {
        guard files.guessesValues else { return nil }
        let card = "\(URL(filePath: files.path).deletingPathExtension().lastPathComponent).yaml"
        return "nothing says what values \(files.path) wants, so ImageNet's mean and deviation are taken; if it was "
            + "trained with others, its classes are wrong, and all figures with them: \(card) beside it would say it "
            + "(docs/reference/models.md)"
    }

    /// For what compares methods or layers.
    ///
    /// - Throws: `.hasNoLayers` where the model gives out boxes, or its map.
    package func checkForMethods() throws(InferError) { try files.checkForMethods() }

    /// Tells the graph and its weights from all others, without reading all of the weights: by the graph, by parts of the
    /// weights, and by the file; nil: it cannot be told.
    var identity: String? {
        found.withLock { found in
            if let found { return found }
            var checksum = Checksum()
            Array(stamp.utf8).withUnsafeBytes { checksum.update($0) }
            guard (try? files.model.lendIdentity { checksum.update($0) }) != nil else { return nil }
            let digits = checksum.hexDigits()
            found = digits
            return digits
        }
    }

    /// What changes when a file is written or replaced.
    static func stamp(_ path: String) -> String {
        guard let status = status(path) else { return path }
        return "\(status.st_dev) \(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec) \(status.st_mtim.tv_nsec)"
    }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }
}
