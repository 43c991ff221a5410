import ONNX

/// Which method explains a model: the one asked for, else the best that the model allows.
struct MethodChoice {
    private(set) var method: any CAMMethod.Type
    /// For the methods that read the classifier's head.
    let head: CAMHead?
    /// Why it was not CAM, and so on, where nobody asked for a method; a line each.
    private(set) var reasons: [String] = []
    private let isOpen: Bool

    /// - Throws: `ONNXError` where CAM is asked for and the graph has no head for it.
    init(_ wanted: MethodName, _ graph: Graph, layers: [String]) throws(ONNXError) {
        isOpen = wanted == .auto
        if let method = wanted.method, !method.needs.contains(.head) {
            (self.method, head) = (method, nil)
            return
        }
        if layers.count > 1, wanted == .auto {
            (method, head) = (GradCAM.self, nil)
            reasons = ["\(method.title) rather than \(CAM.title), because several layers are named"]
            return
        }
        do throws(ONNXError) {
            (method, head) = (CAM.self, try graph.camHead(layer: layers.first))
        } catch {
            // With a GAP head Grad-CAM gives the same map as CAM, and costs more: so it is only taken without one.
            switch (wanted, error.problem) {
            case (.auto, .noGAPHead), (.auto, .layerIsNotPooled):
                (method, head) = (GradCAM.self, nil)
                reasons = ["\(method.title) rather than \(CAM.title), because \(error.problem)"]
            default: throw error
            }
        }
    }

    /// Takes a method that needs no gradient, if the choice is open and the error is that there is none.
    ///
    /// - Returns: whether it did.
    mutating func avoidGradient(after error: ONNXError) -> Bool {
        guard isOpen else { return false }
        let reason: String
        switch error.problem {
        case .noGradientRule(let op, let node, _): reason = "there is no gradient for operator \(op) (\(node))"
        case .noGradient(let node, let why, _): reason = "there is no gradient for \(node): \(why)"
        default: return false
        }
        reasons.append("\(ReciproCAM.title) rather than \(method.title), because \(reason)")
        method = ReciproCAM.self
        return true
    }

    /// Of what is open, takes the form that fits the layers.
    mutating func suit(_ layers: [Layer]) {
        guard isOpen, method == ReciproCAM.self, case .tokens = layers.first?.layout else { return }
        method = ViTReciproCAM.self
    }
}
