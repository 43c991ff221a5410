import Detect
import ONNX
import Pipeline

extension DetectorModel {
    /// What makes the maps of boxes; where there are none, what says what is seen.
    var method: MapMethod {
        guard let kind = maps.map({ type(of: $0.method) }) else { return MapMethod(name: "boxes", title: "boxes") }
        return MapMethod(name: kind.name, title: kind.title)
    }

    /// The tensors that are mapped, the finest first.
    var levels: [String] { maps?.scores.levels.map(\.tensor) ?? [] }
}

extension BoxChoice {
    /// Whether all candidates come out as boxes and scores, whatever stood behind them.
    var isCut: Bool {
        switch self {
        case .topK, .suppression: true
        case .none, .kept: false
        }
    }

    /// Whether the graph was trained to leave no overlapping boxes.
    var isOfTopK: Bool {
        if case .topK = self { true } else { false }
    }

    /// nil: it is not cut.
    var boxFormat: BoxFormat? {
        switch self {
        case .topK, .suppression(.xyxy): .xyxy
        case .suppression(.yxyx): .yxyx
        case .suppression(.cxcywh): .cxcywh
        case .none, .kept: nil
        }
    }
}
