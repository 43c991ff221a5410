import Detect
import ONNX

extension ModelFiles {
    /// Whether the card or the names of the outputs say that the model finds boxes.
    static func isDetector(_ graph: Graph, _ card: ModelCard) -> Bool {
        if let task = card.task { return task == .detect }
        if card.decoder != nil { return true }
        let names = graph.outputs.map { $0.name.lowercased() }
        return names.contains { $0.contains("box") }
            && names.contains { name in ["score", "logit", "label", "class"].contains { name.contains($0) } }
    }

    /// Whether the shapes of the outputs are those of boxes.
    static func hasBoxes(_ graph: Graph, _ card: ModelCard) -> Bool {
        // Labels of another model are told as such, later.
        var bare = card
        bare.labels = nil
        return layout(graph, card) != nil || layout(graph, bare) != nil
    }

    /// As far as the file says the shapes.
    private static func layout(_ graph: Graph, _ card: ModelCard) -> DetectorLayout? {
        guard let size = card.input.size ?? (try? graph.imageInput(layout: card.input.layout?.tensorLayout))?.size
        else { return nil }
        var classes: Int?
        if case .list(let names) = card.labels { classes = names.count }
        let tensors = graph.outputs.map {
            DetectorTensor(
                name: $0.name, shape: $0.shape?.map(\.size) ?? [], isWhole: $0.elementType.map { !$0.isFloat } ?? false)
        }
        return try? DetectorLayout(
            tensors, inputWidth: size[1], inputHeight: size[0], classes: classes, decoder: card.decoder,
            boxFormat: card.boxFormat)
    }

    /// How pictures go into detectors of a kind, unless somebody says otherwise.
    static func usual(forDetector graph: Graph, _ card: ModelCard, _ path: String) -> CardSource {
        var usual = ModelCard()
        let decoder = card.decoder ?? layout(graph, card)?.decoder
        switch decoder {
        case .yolox:
            // As YOLOX's own script exports and feeds it: 0...255, blue first, the picture at the top left on grey.
            (usual.input.color, usual.input.range) = (.bgr, [0, 255])
            (usual.input.mean, usual.input.std) = ([0], [1])
            (usual.input.resize, usual.input.pad, usual.input.place) = (.letterbox, 114, .topLeft)
        case .yolov5, .yolov8, .endToEnd:
            (usual.input.range, usual.input.mean, usual.input.std) = ([0, 1], [0], [1])
            (usual.input.resize, usual.input.pad) = (.letterbox, 114)
        case .torchvision: (usual.input.range, usual.input.mean, usual.input.std) = ([0, 1], [0], [1])
        case .detr, .ssd, nil: break
        }
        let name = decoder.map { "default of \($0.rawValue)" } ?? "default of detectors"
        return CardSource(name: name, card: usual, file: path, channelOrder: usual.input.color)
    }
}
