import Foundation
import Glibc
import Infer
import Pipeline
import Yams

/// A model's card and labels as the store keeps them: beside the model, and naming nothing elsewhere.
enum StoredCard {
    /// Copies a card, and the labels that it names, into a folder for `NAME.onnx`.
    ///
    /// - Parameter home: the folder that the card's labels must be in; nil: the card's own.
    static func copy(
        _ cardPath: String, toModel name: String, in folder: StagingFolder, home: String? = nil
    ) throws(CatalogueError) {
        let card: ModelCard
        do throws(InferError) {
            card = try ModelCard(path: cardPath)
        } catch {
            throw .model(error)
        }
        var labelsName: String?
        if case .file(let named) = card.labels {
            let labels = try labelsFile(named, card, cardPath, home: home)
            let stored = URL(filePath: labels).pathExtension.lowercased() == "json" ? "labels.json" : "labels.txt"
            try copyText(of: labels, to: folder.file(stored))
            labelsName = stored
        }
        let rewritten = try rewrite(text(of: cardPath), path: cardPath, model: "\(name).onnx", labels: labelsName)
        try StagedFile.write(rewritten, to: folder.file("\(name).yaml"), mode: mode(of: cardPath))
    }

    /// Copies a file that says something of the model by lying beside it.
    static func copyCompanion(_ path: String, in folder: StagingFolder) throws(CatalogueError) {
        try copyText(of: path, to: folder.file(URL(filePath: path).lastPathComponent))
    }

    /// What is copied is for others to read, so a card gets no file that it could not name where it lies.
    private static func labelsFile(
        _ named: String, _ card: ModelCard, _ cardPath: String, home: String?
    ) throws(CatalogueError) -> String {
        if let home, let path = card.labelsPath(cardPath: cardPath), OwnFolder.contains(home, path) { return path }
        // What a pipe says is relative to the current folder.
        let isPipe = ["/dev/", "/proc/"].contains(where: cardPath.hasPrefix)
        guard let path = OwnFolder.path(named, besides: isPipe ? "./card" : cardPath) else {
            throw .model(.labelsElsewhere(path: named, card: cardPath, source: cardPath))
        }
        return path
    }

    private static func copyText(of path: String, to target: String) throws(CatalogueError) {
        try StagedFile.write(try text(of: path), to: target, mode: mode(of: path))
    }

    /// A copy is readable for nobody who may not read the file.
    private static func mode(of path: String) -> mode_t {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? status.st_mode & 0o666 | 0o600 : 0o666
    }

    /// The card's text with other names for its files; what else it says stays.
    private static func rewrite(
        _ text: String, path: String, model: String, labels: String?
    ) throws(CatalogueError) -> String {
        do {
            guard case .mapping(var mapping)? = try YAMLFile.values(of: text, name: path) else {
                return "model: \(model)\n"
            }
            mapping["model"] = Node(model)
            if let labels { mapping["labels"] = Node(labels) }
            return try Yams.serialize(node: .mapping(mapping), width: -1, allowUnicode: true)
        } catch let error as ConfigError {
            throw .catalogue(error)
        } catch {
            throw .catalogue(.inFile(path: path, .malformed(problem: YAMLFile.problem(of: error))))
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
