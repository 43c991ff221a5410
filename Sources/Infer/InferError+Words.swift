import ONNX

extension InferError {
    /// Why a method or a layer gives no map where another may: a few words, for a small panel.
    package var inFewWords: String {
        switch self {
        case .model(let error): error.problem.inFewWords
        case .noFeatureMap: "no layer lies over the picture"
        case .headDoesNotAddUp: "its maps do not explain the scores"
        case .poolingLeavesRest: "the pooling leaves a rest"
        case .noBoxMethod: "maps no boxes"
        case .tooManyLayers(_, _, let most): most == 0 ? "it looks at no layer" : "it maps one layer only"
        default: "not with this model"
        }
    }
}

extension ONNXError.Problem {
    fileprivate var inFewWords: String {
        switch self {
        case .noGAPHead: "needs a GAP head"
        case .layerIsNotPooled: "needs the layer that is pooled"
        case .noGradientRule(let op, _, _): "no gradient for operator \(op)"
        case .noGradient(_, let reason, _): "no gradient: \(reason)"
        case .scoresDoNotDepend: "the scores do not depend on this layer"
        case .operatorSetTooOld(_, let needed): "needs operator set \(needed)"
        case .shapeUnknown: "needs a model of fixed size"
        default: "not with this model"
        }
    }
}
