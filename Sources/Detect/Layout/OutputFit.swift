/// A decoder, and the tensors of a graph that it can read.
struct OutputFit: Sendable, Equatable {
    let decoder: BoxDecoder
    /// In the order in which the decoder reads them.
    let tensors: [DetectorTensor]
    /// The position in `tensors` of the one with the classes' scores; nil: there is none.
    var scores: Int?
    /// How many values a candidate has in the tensor with the scores, and where the classes' scores begin among them.
    var rowLength = 0
    var firstScore = 0
    /// How many scores of classes a candidate has; nil: it has one score.
    var scoreCount: Int?
    /// Of cells whose boxes are told in their own measure.
    var grids: CellGrids?
    /// Whether the tensor with the scores has an axis of candidates behind that of their values.
    var isTransposed = false

    /// The tensor that tells the classes.
    var scoreTensor: DetectorTensor? { scores.map { tensors[$0] } }
}

/// What fits are searched in.
struct OutputSearch {
    let tensors: [DetectorTensor]
    let width: Int
    let height: Int
    /// nil: nobody knows.
    let classes: Int?
    /// Whether the decoder was named: then neither names nor numbers of cells have to speak for it.
    let isNamed: Bool

    func fits(_ decoder: BoxDecoder) -> [OutputFit] {
        switch decoder {
        case .yolox: tensors.compactMap { rows($0, .yolox, anchors: 1) }
        case .yolov5: tensors.compactMap { rows($0, .yolov5, anchors: 3) }
        case .yolov8: tensors.compactMap(channels)
        case .endToEnd: tensors.compactMap(chosen)
        case .detr: pairs(.detr)
        case .ssd: pairs(.ssd)
        case .torchvision: found()
        }
    }

    private func grids(_ cells: Int) -> CellGrids? { CellGrids(cells: cells, width: width, height: height) }

    /// Values of a pose: 17 points of a body, each with its two coordinates and how visible it is.
    private static let keypoints = 51

    /// Whether so many scores of classes are what is known; models of masks or poses have other values behind them.
    private func isOfClasses(_ count: Int, orMore: Bool) -> Bool {
        guard let classes else { return count >= 1 }
        // More would be another model's labels.
        let rest = count - classes
        let hasMasks = tensors.contains { $0.shape.count == 4 && $0.shape[1] == rest }
        return rest == 0 || orMore && (rest == Self.keypoints || rest > 0 && hasMasks)
    }

    /// `[1, N, 5 + C]`.
    private func rows(_ tensor: DetectorTensor, _ decoder: BoxDecoder, anchors: Int) -> OutputFit? {
        guard let axes = tensor.axes(2), let length = axes[1],
            isOfClasses(length - 5, orMore: decoder == .yolov5)
        else { return nil }
        let cells = axes[0].flatMap { $0 % anchors == 0 ? grids($0 / anchors) : nil }
        // A box in its cell's measure is read with the grids; one in pixels can do without.
        guard cells != nil || isNamed && (decoder != .yolox || axes[0] == nil) else { return nil }
        var fit = OutputFit(decoder: decoder, tensors: [tensor], scores: 0, rowLength: length, firstScore: 5)
        fit.scoreCount = classes ?? length - 5
        if decoder == .yolox { fit.grids = cells ?? CellGrids(width: width, height: height) }
        return fit
    }

    /// `[1, 4 + C, N]`.
    private func channels(_ tensor: DetectorTensor) -> OutputFit? {
        guard let axes = tensor.axes(2), let length = axes[0], isOfClasses(length - 4, orMore: true) else { return nil }
        guard isNamed || axes[1].map({ grids($0) != nil }) ?? (classes == length - 4) else { return nil }
        var fit = OutputFit(decoder: .yolov8, tensors: [tensor], scores: 0, rowLength: length, firstScore: 4)
        (fit.scoreCount, fit.isTransposed) = (classes ?? length - 4, true)
        return fit
    }

    /// `[1, N, 6]`; as many rows as there are cells are those of one class.
    private func chosen(_ tensor: DetectorTensor) -> OutputFit? {
        guard let axes = tensor.axes(2), axes[1] == 6 else { return nil }
        let isOfCells = axes[0].map { grids($0) != nil || $0 % 3 == 0 && grids($0 / 3) != nil } ?? false
        guard isNamed || !isOfCells || classes ?? 1 != 1 else { return nil }
        return OutputFit(decoder: .endToEnd, tensors: [tensor], scores: 0, rowLength: 6, firstScore: 4)
    }

    /// Boxes `[1, N, 4]` and scores of each.
    private func pairs(_ decoder: BoxDecoder) -> [OutputFit] {
        // Four classes look like boxes: then names tell.
        let tables = tensors.filter { $0.axes(2)?[1] == 4 }
        let called = tables.filter { $0.isCalled("box") }
        let pairs = (called.isEmpty ? tables : called).flatMap { boxes in
            tensors.filter { $0.name != boxes.name }.compactMap { pair(boxes, $0, decoder) }
        }
        // Where other tensors have as many rows, they tell again.
        let named = pairs.filter { Self.isCalledScores($0.tensors[1]) }
        return named.isEmpty ? pairs : named
    }

    private func pair(_ boxes: DetectorTensor, _ scores: DetectorTensor, _ decoder: BoxDecoder) -> OutputFit? {
        guard let rows = boxes.axes(2)?[0], let axes = scores.axes(2) else { return nil }
        let isTransposed = axes[0] != rows && decoder == .ssd
        guard (isTransposed ? axes[1] : axes[0]) == rows, let count = isTransposed ? axes[0] : axes[1],
            classes.map({ count == $0 || count == $0 + 1 }) ?? (count >= 1)
        else { return nil }
        let isLogits = scores.isCalled("logit")
        guard isNamed || (decoder == .detr ? isLogits || !Self.isCalledScores(scores) : !isLogits) else { return nil }
        var fit = OutputFit(decoder: decoder, tensors: [boxes, scores], scores: 1, rowLength: count)
        (fit.scoreCount, fit.isTransposed) = (count, isTransposed)
        return fit
    }

    private static func isCalledScores(_ tensor: DetectorTensor) -> Bool {
        tensor.isCalled("score", "logit", "prob", "conf", "class", "cls")
    }

    /// Boxes `[K, 4]`, labels `[K]`, scores `[K]`.
    private func found() -> [OutputFit] {
        var lists = tensors.filter(\.isList)
        // How many there are, which TensorFlow writes besides, tells nothing: rows beyond have no score.
        if lists.count > 2 { lists.removeAll { !$0.isCalledLabels && !Self.isCalledScores($0) } }
        guard lists.count == 2,
            let boxes = tensors.first(where: { tensor in
                tensor.axesOrBatch(2).map { $0[1] == 4 } ?? false && !lists.contains(tensor)
            })
        else { return [] }
        // torchvision's own order is boxes, labels, scores.
        let isSwapped =
            lists[1].isWhole && !lists[0].isWhole || lists[1].isCalledLabels && !lists[0].isCalledLabels
            || lists[0].isCalled("score") && !lists[1].isCalled("score")
        let (labels, scores) = isSwapped ? (lists[1], lists[0]) : (lists[0], lists[1])
        return [OutputFit(decoder: .torchvision, tensors: [boxes, labels, scores])]
    }
}

extension DetectorTensor {
    /// `[K]` or `[1, K]`.
    fileprivate var isList: Bool { shape.count == 1 || shape.count == 2 && shape[0] == 1 }

    fileprivate var isCalledLabels: Bool { isCalled("label", "class") }
}
