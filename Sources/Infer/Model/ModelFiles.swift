import Foundation
import ONNX
import Pipeline

/// A classifier's files: the graph, and the card from where it was found.
struct ModelFiles {
    let path: String
    var model: Model
    let card: ModelCard
    /// Where the card came from, for the log: a path, "the model's metadata", or nil.
    let cardSource: String?
    /// The card's file; nil if it is in the model's metadata, or if there is none.
    let cardPath: String?
    /// The class names that the card gives, nil if none.
    let labels: [String]?

    init(model named: String?, card cardPath: String?) throws(InferError) {
        guard let named else { throw .noModel }
        var card: (ModelCard, path: String)?
        var modelPath = named
        if let cardPath { card = (try Self.readCard(cardPath), cardPath) }
        if Self.isCard(named) {
            let itself = try Self.readCard(named)
            modelPath = Self.path(itself.model ?? Self.replacingExtension(of: named, by: "onnx"), besides: named)
            guard FileManager.default.fileExists(atPath: modelPath) else {
                throw .modelOfCardMissing(card: named, model: modelPath)
            }
            card = card ?? (itself, named)
        }
        if card == nil, let beside = Self.cardBeside(modelPath) { card = (try Self.readCard(beside), beside) }
        path = modelPath
        do throws(ONNXError) {
            model = try Model(contentsOf: modelPath)
        } catch {
            throw .model(error)
        }
        if let (found, cardPath) = card {
            self.card = found
            cardSource = cardPath
            self.cardPath = cardPath
            labels = try Self.labels(found, besides: cardPath)
        } else if let found = try MetadataCard.read(model.metadata, model: modelPath) {
            self.card = found
            cardSource = "the model's metadata"
            self.cardPath = nil
            labels = try Self.labels(found, besides: modelPath)
        } else {
            self.card = ModelCard()
            cardSource = nil
            self.cardPath = nil
            labels = nil
        }
    }

    private static func isCard(_ path: String) -> Bool {
        ["yaml", "yml"].contains(URL(filePath: path).pathExtension.lowercased())
    }

    private static func cardBeside(_ model: String) -> String? {
        ["yaml", "yml"].map { replacingExtension(of: model, by: $0) }
            .first { FileManager.default.fileExists(atPath: $0) }
    }

    private static func replacingExtension(of path: String, by other: String) -> String {
        URL(filePath: path).deletingPathExtension().appendingPathExtension(other).relativePath
    }

    /// A path that stands in a file is relative to the file's folder.
    static func path(_ path: String, besides file: String) -> String {
        path.hasPrefix("/") ? path : URL(filePath: file).deletingLastPathComponent().appending(path: path).relativePath
    }

    static func readCard(_ path: String) throws(InferError) -> ModelCard {
        do throws(ConfigError) {
            let card = try YAMLFile.decode(ModelCard.self, path: path)
            do throws(ConfigError) {
                try card.validate()
            } catch {
                throw .inFile(path: path, error)
            }
            return card
        } catch {
            throw .card(error)
        }
    }

    private static func labels(_ card: ModelCard, besides file: String) throws(InferError) -> [String]? {
        switch card.labels {
        case nil: return nil
        case .list(let labels): return labels
        case .file(let name):
            let path = Self.path(name, besides: file)
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                throw .labelsUnreadable(path: path)
            }
            var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            while lines.last?.isEmpty == true { lines.removeLast() }
            return lines.map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }
}
