import Engine
import Foundation
import Glibc
import ONNX
import Pipeline

/// A classifier's files: the graph, and what is said of it, by a card, its own metadata, or files beside it.
struct ModelFiles {
    let path: String
    var model: Model
    /// Where the output is the map; nil: the model is a classifier.
    let maps: MapOutputs?
    /// Whether the outputs are boxes of things.
    let isDetector: Bool
    /// What all sources say together: the card, then the model's metadata, then files beside it, key by key.
    let card: ModelCard
    /// Which source each of the card's keys came from.
    let origins: [String: CardSource]
    /// All sources, the first one first.
    let sources: [CardSource]
    /// The card's file; nil if there is none.
    let cardPath: String?
    /// The class names, nil if none are known.
    let labels: [String]?
    /// Numbers of the classes that stand for nothing of the others.
    let negatives: Set<Int>
    /// What is there and was left out, a line each.
    let notes: [String]

    /// - Parameter output: the output to explain, whatever the card says.
    init(model named: String?, card givenCard: String?, output: String? = nil) throws(InferError) {
        guard let named else { throw .noModel }
        let (path, written) = try Self.find(named, card: givenCard)
        self.path = path
        cardPath = written?.file
        model = try Self.model(path)
        let size = (try? model.graph.imageInput(layout: written?.card.input.layout?.tensorLayout))?.size
        let own = try MetadataCard(model.metadata, model: path, size: size)
        let beside = try FilesBeside(path, size: size)
        var notes = own.notes + beside.notes
        var sources = (written.map { [$0] } ?? []) + own.sources + beside.sources
        try Self.readLabelFiles(&sources)
        let said = MergedCard(sources).card
        var maps = try Self.maps(model.graph, said, output: output)
        var isDetector = maps == nil && Self.isDetector(model.graph, said)
        let found = maps == nil && !isDetector ? try Self.classifier(model.graph, said, output: output) : nil
        if maps == nil, found == nil, said.task == nil, !isDetector {
            isDetector = Self.hasBoxes(model.graph, said)
        }
        if maps == nil, found == nil, said.task == nil, !isDetector {
            // What is no classifier may be a map; what is neither is told as a classifier would be.
            maps = try? model.graph.mapOutputs(said, output: output)
        }
        if let found {
            model.graph = found.graph
            notes += found.notes
            if let names = found.labels {
                let operators = CardSource(name: "the graph's own labels", card: ModelCard(labels: names), file: path)
                sources.insert(operators, at: sources.firstIndex { !$0.isCard } ?? sources.endIndex)
            }
        }
        if let maps {
            model.graph = maps.graph
            notes += maps.notes
            if maps.isNormalised, said.anomaly != nil {
                notes.append(
                    "\(MergedCard(sources).sources["anomaly"]?.name ?? "the card") has thresholds that are left out: the "
                        + "graph has normalised its maps already")
            }
            sources.append(Self.usual(for: maps, path))
        }
        if isDetector { sources.append(Self.usual(forDetector: model.graph, said, path)) }
        self.isDetector = isDetector
        if found == nil, maps == nil, model.isStandIn { throw .model(ONNXError(file: path, problem: .needsGraph)) }
        Self.leaveOutForeign(
            &sources, classes: found?.classes ?? maps?.labelCount, hasOneScore: found?.oneScore != nil, &notes)
        try Self.checkNames(sources)
        var merged = MergedCard(sources)
        if let oneScore = found?.oneScore {
            let names = Self.bothNames(merged.card.labels)
            merged.card.labels = .list(names)
            notes.append(
                "one score (\(oneScore)): it is for class 1, '\(names.last ?? "")'; class 0, '\(names.first ?? "")', is its"
                    + " opposite")
        }
        negatives = try Self.negatives(merged, &notes)
        self.maps = maps
        (card, origins, self.sources, self.notes) = (merged.card, merged.sources, sources, notes)
        labels = if case .list(let names) = merged.card.labels { names } else { nil }
    }

    /// Files beside the model that say something of it, with the labels where they name them.
    var companions: [String] {
        let labels = origins["labels"].flatMap { $0.isBeside ? $0.labelsFile : nil }
        return sources.filter(\.isBeside).map(\.file) + (labels.map { [$0] } ?? [])
    }

    /// Files that hold weights, beside the model's own.
    var weightFiles: [String] { model.weightFiles.map { Self.path($0, besides: path) } }

    func labelCountDiffers(_ classes: Int) -> InferError {
        let source = origins["labels"]
        return .labelCountDiffers(
            labels: labels?.count ?? 0, source: source?.isCard == false ? source?.name ?? "" : "the card",
            classes: classes, model: path)
    }

    // MARK: Where they are

    /// The model's file, and the card that was written for it.
    private static func find(
        _ named: String, card cardPath: String?
    ) throws(InferError) -> (model: String, card: CardSource?) {
        var card: CardSource?
        var modelPath = named
        if let cardPath { card = try source(cardPath, isNamedByUser: true) }
        if isCard(named) {
            let itself = try source(named, isNamedByUser: true)
            modelPath = path(itself.card.model ?? replacingExtension(of: named, by: "onnx"), besides: named)
            if itself.card.model == nil, !FileManager.default.fileExists(atPath: modelPath) {
                let other = replacingExtension(of: named, by: "xml")
                if FileManager.default.fileExists(atPath: other) { modelPath = other }
            }
            guard FileManager.default.fileExists(atPath: modelPath) else {
                throw .modelOfCardMissing(card: named, model: modelPath)
            }
            card = card ?? itself
        }
        if card == nil, let beside = cardBeside(modelPath) { card = try source(beside, isNamedByUser: false) }
        return (modelPath, card)
    }

    /// The files that a model is read from, and what each is, as far as its name and its card tell. What cannot be found or
    /// read is told when the model is opened.
    static func paths(of named: String, card: String?) -> [(path: String, words: String)] {
        var paths = [(path: named, words: isCard(named) ? "the model's card" : "the model")]
        if let card { paths.append((card, "the model's card")) }
        // What comes from a pipe can be read once.
        guard paths.allSatisfy({ !isPipe($0.path) }), let (model, written) = try? find(named, card: card) else {
            return paths
        }
        paths.append((model, "the model"))
        if let written {
            paths.append((written.file, "the model's card"))
            if case .file(let name) = written.card.labels, let labels = try? labelsFile(name, of: written) {
                paths.append((labels, "the model's labels"))
            }
        }
        return paths + FilesBeside.paths(of: model).map { ($0, "a file beside the model that is read with it") }
    }

    private static func isPipe(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    }

    /// Reads a graph, or has the engine tell what a file of its own format takes and gives out.
    private static func model(_ path: String) throws(InferError) -> Model {
        if URL(filePath: path).pathExtension.lowercased() == "xml" {
            do throws(EngineError) { return try ModelCompiler.standIn(ir: path) } catch { throw InferError(error) }
        }
        do throws(ONNXError) { return try Model(contentsOf: path) } catch { throw .model(error) }
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

    /// A path that stands in a file is relative to the file's folder; in a pipe, to the current folder.
    static func path(_ path: String, besides file: String) -> String {
        if path.hasPrefix("/") || file.hasPrefix("/dev/") || file.hasPrefix("/proc/") { return path }
        return URL(filePath: file).deletingLastPathComponent().appending(path: path).relativePath
    }

    // MARK: What they say

    private static func source(_ path: String, isNamedByUser: Bool) throws(InferError) -> CardSource {
        CardSource(name: path, card: try readCard(path), file: path, isCard: true, isNamedByUser: isNamedByUser)
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

    /// Puts the names in the place of files of names.
    private static func readLabelFiles(_ sources: inout [CardSource]) throws(InferError) {
        for index in sources.indices {
            guard case .file(let name) = sources[index].card.labels else { continue }
            let file = try labelsFile(name, of: sources[index])
            sources[index].labelsFile = file
            sources[index].card.labels = .list(try labels(file))
        }
    }

    private static func labelsFile(_ name: String, of source: CardSource) throws(InferError) -> String {
        if source.isNamedByUser { return path(name, besides: source.file) }
        guard let file = OwnFolder.path(name, besides: source.file) else {
            throw .labelsElsewhere(path: name, card: source.file, source: source.name)
        }
        return URL(filePath: file).relativePath
    }

    /// Before any name is used, whichever source of them counts.
    private static func checkNames(_ sources: [CardSource]) throws(InferError) {
        for source in sources {
            guard case .list(let names) = source.card.labels, let reason = LabelText.tooLong(names) else { continue }
            throw .labelTooLong(path: source.labelsFile ?? source.file, source: source.name, reason: reason)
        }
    }

    /// - Returns: nil where there are no class scores, which is told when they are asked for.
    private static func classifier(
        _ graph: Graph, _ card: ModelCard, output: String?
    ) throws(InferError) -> Classifier? {
        var labels: Int?
        if case .list(let names) = card.labels { labels = names.count }
        do throws(ONNXError) {
            return try graph.classifier(output: output ?? card.output, labels: labels)
        } catch {
            if case .noClassScores = error.problem, output == nil, card.output == nil { return nil }
            throw .model(error)
        }
    }

    /// Of what is no card, sources for another number of classes are not about this model: of metadata the names are left
    /// out, of files beside it everything.
    private static func leaveOutForeign(
        _ sources: inout [CardSource], classes: Int?, hasOneScore: Bool, _ notes: inout [String]
    ) {
        guard let classes else { return }
        var foreign: CardSource?
        for index in sources.indices where !sources[index].isCard {
            guard case .list(let names) = sources[index].card.labels, names.count != classes,
                !(names.count == 1 && hasOneScore)
            else { continue }
            sources[index].card.labels = nil
            notes.append(
                "\(sources[index].name) names \(names.count) classes, and the model has \(classes): they are left out")
            if sources[index].isBeside { foreign = sources[index] }
        }
        guard let foreign else { return }
        sources.removeAll { $0.isBeside }
        notes.append("\(foreign.name) belongs to another model, so what is said beside it is left out, too")
    }

    /// Of the two classes of one score: the opposite first, as class 0.
    private static func bothNames(_ labels: ModelCard.Labels?) -> [String] {
        guard case .list(let names) = labels else { return ["negative", "positive"] }
        return names.count == 1 ? ["not \(names[0])", names[0]] : names
    }

    private static func labels(_ path: String) throws(InferError) -> [String] {
        do {
            let text = try TextFile.text(of: path)
            return try LabelText.names(in: text, isJSON: URL(filePath: path).pathExtension.lowercased() == "json")
        } catch {
            throw .labelsUnreadable(path: path, reason: "\(error)")
        }
    }
}
