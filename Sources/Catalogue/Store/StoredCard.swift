import Foundation
import Infer
import Pipeline
import Yams

/// A model's card and labels as the store keeps them: beside the model, and naming nothing elsewhere.
enum StoredCard {
    /// Copies a card, and the labels that it names, into a folder for `NAME.onnx`.
    static func copy(_ cardPath: String, toModel name: String, in folder: StagingFolder) throws(CatalogueError) {
        let card: ModelCard
        do throws(InferError) {
            card = try ModelCard(path: cardPath)
        } catch {
            throw .model(error)
        }
        var labelsName: String?
        if let labels = card.labelsPath(cardPath: cardPath) {
            let stored = URL(filePath: labels).pathExtension.lowercased() == "json" ? "labels.json" : "labels.txt"
            try StagedFile.write(try text(of: labels), to: folder.file(stored))
            labelsName = stored
        }
        let rewritten = try rewrite(text(of: cardPath), path: cardPath, model: "\(name).onnx", labels: labelsName)
        try StagedFile.write(rewritten, to: folder.file("\(name).yaml"))
    }

    /// Copies a file that says something of the model by lying beside it.
    static func copyCompanion(_ path: String, in folder: StagingFolder) throws(CatalogueError) {
        try StagedFile.write(try text(of: path), to: folder.file(URL(filePath: path).lastPathComponent))
    }

    /// The card's text with other names for its files; what else it says stays.
    private static func rewrite(
        _ text: String, path: String, model: String, labels: String?
    ) throws(CatalogueError) -> String {
        do {
            guard case .mapping(var mapping)? = try Yams.compose(yaml: text) else { return "model: \(model)\n" }
            mapping["model"] = Node(model)
            if let labels { mapping["labels"] = Node(labels) }
            return try Yams.serialize(node: .mapping(mapping), width: -1, allowUnicode: true)
        } catch {
            throw .catalogue(.inFile(path: path, .malformed(problem: "\(error)")))
        }
    }

    private static func text(of path: String) throws(CatalogueError) -> String {
        do throws(TextFile.Problem) {
            return try TextFile.text(of: path)
        } catch {
            throw .cannotRead(path: path, reason: "\(error)")
        }
    }
}
