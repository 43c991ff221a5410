import ONNX

/// Which method explains a model: the one asked for, else the best that the model allows.
struct MethodChoice {
    let method: any CAMMethod.Type
    /// For the methods that read the classifier's head.
    let head: CAMHead?
    /// Why it was not CAM, where nobody asked for another method.
    let reason: String?

    /// - Throws: `ONNXError` where CAM is asked for and the graph has no head for it.
    init(_ wanted: MethodName, _ graph: Graph, layers: [String]) throws(ONNXError) {
        if let method = wanted.method, !method.needs.contains(.head) {
            (self.method, head, reason) = (method, nil, nil)
            return
        }
        if layers.count > 1, wanted == .auto {
            (method, head, reason) = (GradCAM.self, nil, "several layers are named")
            return
        }
        do throws(ONNXError) {
            (method, head, reason) = (CAM.self, try graph.camHead(layer: layers.first), nil)
        } catch {
            // With a GAP head Grad-CAM gives the same map as CAM, and costs more: so it is only taken without one.
            switch (wanted, error.problem) {
            case (.auto, .noGAPHead), (.auto, .layerIsNotPooled):
                (method, head, reason) = (GradCAM.self, nil, "\(error.problem)")
            default: throw error
            }
        }
    }
}
