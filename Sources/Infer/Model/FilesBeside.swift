import Foundation
import Pipeline

/// What JSON files beside a model say of it: Hugging Face's and timm's `config.json` and `preprocessor_config.json`, Azure
/// Custom Vision's `metadata_properties.json` and its `labels.txt`, anomalib's `metadata.json`.
struct FilesBeside {
    /// In the order in which they count.
    private(set) var sources: [CardSource] = []
    /// What is there and cannot be read, a line each.
    private(set) var notes: [String] = []

    private static let names = ["preprocessor_config.json", "config.json"]
    private static let azureNames = (properties: "metadata_properties.json", labels: "labels.txt")

    /// - Parameter size: `[height, width]` of the model's input; nil: open.
    init(_ model: String, size: [Int]?) throws(InferError) {
        let folders = Self.folders(of: model)
        for name in Self.names {
            guard let path = find(name, folders, model), let literal = read(path) else { continue }
            let facts = ExporterFacts(literal, size: size)
            notes += facts.notes.map { "\(path): \($0)" }
            guard facts.card != ModelCard() else { continue }
            sources.append(CardSource(name: path, card: facts.card, file: path, isBeside: true, channelOrder: .rgb))
        }
        try readAzure(folders, size, model)
        readAnomalib(folders, model)
    }

    /// What is there and may say something of a model.
    static func paths(of model: String) -> [String] {
        folders(of: model).flatMap { folder in
            (names + [azureNames.properties, azureNames.labels, AnomalibFacts.fileName]).map {
                folder.appending(path: $0).relativePath
            }
        }.filter { FileManager.default.fileExists(atPath: $0) }
    }

    private static func folders(of model: String) -> [URL] {
        let folder = URL(filePath: model).deletingLastPathComponent()
        // Where Hugging Face keeps ONNX files of a model.
        return folder.lastPathComponent == "onnx" ? [folder, folder.deletingLastPathComponent()] : [folder]
    }

    private mutating func find(_ name: String, _ folders: [URL], _ model: String) -> String? {
        let paths = folders.map { $0.appending(path: name).relativePath }
        guard let path = paths.first(where: { FileManager.default.fileExists(atPath: $0) }) else { return nil }
        if OwnFolder.file(path, belongingTo: model) != nil { return path }
        notes.append("\(path) is left out: it leads out of the model's folder, or is no file")
        return nil
    }

    private mutating func read(_ path: String) -> Literal? {
        do {
            return try Literal(try TextFile.text(of: path))
        } catch {
            notes.append("\(path) is left out: \(error)")
            return nil
        }
    }

    private mutating func readAnomalib(_ folders: [URL], _ model: String) {
        guard let path = find(AnomalibFacts.fileName, folders, model), let literal = read(path),
            AnomalibFacts.isMeant(literal)
        else { return }
        guard let facts = AnomalibFacts(literal), !facts.lacksScale else {
            notes.append(
                "\(path) has thresholds that cannot be applied: numbers for pixel_threshold or image_threshold, and min below "
                    + "max, or normalization_scale, are needed; maps are shown in their own unit")
            return
        }
        sources.append(CardSource(name: path, card: facts.card, file: path, isBeside: true, channelOrder: .rgb))
    }

    private mutating func readAzure(_ folders: [URL], _ size: [Int]?, _ model: String) throws(InferError) {
        guard let path = find(Self.azureNames.properties, folders, model), let literal = read(path),
            case .map(let entries) = literal
        else { return }
        let texts = entries.compactMap { entry in entry.key.text.flatMap { key in entry.value.text.map { (key, $0) } } }
        let properties = Dictionary(texts, uniquingKeysWith: { $1 })
        guard properties.keys.contains(where: { $0.hasPrefix("CustomVision.") }) else { return }
        let found = try MetadataCard(properties.filter { $0.key.hasPrefix("Image.") }, model: path, size: size)
        var card = MergedCard(found.sources).card
        if properties["CustomVision.Preprocess.ResizeMethod"] == "Stretch" { card.input.resize = .squash }
        if let labels = find(Self.azureNames.labels, folders, model) {
            card.labels = .file(URL(filePath: labels).lastPathComponent)
        }
        notes += found.notes
        sources.append(CardSource(name: path, card: card, file: path, isBeside: true))
    }
}
