import ONNX

/// What a classifier's files say, without running it: its card, its labels, its CAM head.
package struct ModelSummary: Sendable {
    /// The ONNX file.
    package let path: String
    package let card: ModelCard
    /// The card's file; nil if there is none.
    package let cardPath: String?
    /// Files beside the model, other than the card, that say something of it.
    package let companions: [String]
    /// Whether anything says how a picture goes in.
    package let hasCard: Bool
    /// Whether the labels are in a file that the card in the model's metadata names.
    package let hasLabelsBesideMetadata: Bool
    package let labels: [String]?
    package let head: Head
    /// Whether some weights are in files beside the model.
    package let hasExternalData: Bool

    package enum Head: Sendable, Equatable {
        /// Its kind in a word or two, and what was found.
        case found(kind: String, description: String)
        /// There is nothing that CAM could read maps off; other methods need no head.
        case missing(reason: String)
        /// The model is no classifier: what it gives out, such as "boxes".
        case notNeeded(output: String)
    }

    /// - Parameters:
    ///   - model: an ONNX file, or a card that names one.
    ///   - card: a card that stands elsewhere than beside the model.
    /// - Throws: `InferError` where the files cannot be read or contradict each other.
    package init(model: String, card cardPath: String?) throws(InferError) {
        let files = try ModelFiles(model: model, card: cardPath)
        path = files.path
        card = files.card
        hasCard = files.cardPath != nil || files.sources.contains { $0.card.input != ModelCard.Input() }
        self.cardPath = files.cardPath
        companions = files.companions
        hasLabelsBesideMetadata =
            files.origins["labels"]?.labelsFile != nil && files.origins["labels"]?.file == files.path
        labels = files.labels
        hasExternalData = !files.model.weightFiles.isEmpty
        if files.model.isStandIn {
            let kind = "an OpenVINO IR, whose weights lie in another file"
            throw .model(ONNXError(file: files.path, problem: .foreign(kind: kind, advice: "use it by its path")))
        }
        _ = try files.pictureInput()
        if let output = files.ownOutput {
            head = .notNeeded(output: output)
            return
        }
        let head: CAMHead
        do throws(ONNXError) {
            head = try files.model.graph.camHead(layer: files.card.layer)
        } catch {
            self.head = .missing(reason: error.description)
            return
        }
        let kind = head.kind == .dense ? "GAP + dense" : "class maps"
        self.head = .found(kind: kind + (head.isQuantised ? ", int8" : ""), description: head.description)
        if let labels, let classes = head.classes, labels.count != classes {
            throw files.labelCountDiffers(classes)
        }
    }

    /// The model as one file, with the weights that are in other files.
    package func selfContained() throws(InferError) -> [UInt8] {
        do throws(ONNXError) {
            return try Model(contentsOf: path).serialized()
        } catch {
            throw .model(error)
        }
    }
}

extension ModelCard {
    /// Reads and checks a card's file.
    package init(path: String) throws(InferError) { self = try ModelFiles.readCard(path) }

    /// The file of the class names, where the card names one; relative paths start at the card's folder.
    package func labelsPath(cardPath: String) -> String? {
        guard case .file(let name) = labels else { return nil }
        return ModelFiles.path(name, besides: cardPath)
    }
}
