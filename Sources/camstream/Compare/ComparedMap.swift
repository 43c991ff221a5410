import Infer
import Overlay
import Pipeline

/// What a compared method made of the picture: a map and its time, or why there is none.
struct ComparedMap {
    let compared: ComparedMethod
    /// As papers write it; of `auto`, what it chose.
    let method: String
    /// The layer's tensor, where one was named.
    let layer: String?
    /// Why the map shows nothing; nil: it shows something.
    let trouble: String?
    let result: Result<TimedMap, InferError>
    /// Others that show the same, with their times.
    var equals: [String] = []

    init(_ compared: ComparedMethod, _ explainer: Explainer, _ map: TimedMap) {
        self.compared = compared
        method = explainer.methodTitle
        layer = compared.layer.map { explainer.layers.first ?? $0 }
        trouble = explainer.mapTrouble
        result = .success(map)
    }

    /// Of all boxes that a detector found.
    init(_ compared: ComparedMethod, _ explainer: DetectorExplainer, _ map: TimedMap) {
        self.compared = compared
        (method, layer) = (explainer.methods[0].title, nil)
        trouble = map.heat?.values.max() ?? 0 > 0 ? nil : "no heat"
        result = .success(map)
    }

    init(_ compared: ComparedMethod, failed error: InferError) {
        self.compared = compared
        (method, layer) = (compared.method.title, compared.layer)
        trouble = nil
        result = .failure(error)
    }

    var heatmap: Heatmap? {
        guard case .success(let map) = result else { return nil }
        return map.heat ?? map.observation?.heatmap
    }

    /// Empty where there is none.
    var time: String {
        guard case .success(let map) = result else { return "" }
        return TimedMap.text(map.time)
    }

    /// For the log.
    var name: String { layer.map { "\(method) of \($0)" } ?? method }

    /// Whether nobody could tell the two maps from each other.
    func looks(like other: ComparedMap) -> Bool {
        guard let one = heatmap, let two = other.heatmap, (one.width, one.height) == (two.width, two.height) else {
            return false
        }
        // Two or three steps of the colour map, of 256.
        return zip(one.values, two.values).allSatisfy { abs($0 - $1) < 0.01 }
    }

    /// - Parameter isOfLayers: whether all panels have the same method, so that layers tell them apart.
    func cell(isOfLayers: Bool) -> Sheet.Cell {
        let content: Sheet.Cell.Content =
            switch result {
            case .success: heatmap.map { .heat($0) } ?? .remark("no map")
            case .failure(let error): .remark(error.inFewWords)
            }
        let time = [time, trouble].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ", ")
        if isOfLayers, let layer { return Sheet.Cell(title: .path(layer), detail: time, content) }
        let detail = [layer, time].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "  ")
        return Sheet.Cell(title: .name(method), detail: detail, content)
    }
}
