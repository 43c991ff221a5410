import Engine
import ONNX
import Pipeline

/// A classifier whose weights can be drawn anew, layer by layer: what its maps are then tells whether they depend on it.
///
/// Adebayo et al. 2018, arXiv:1810.03292, section 3. There, layers are initialised as before training; here, each keeps its
/// weights in other places, so that no normalisation behind it sees numbers of another size.
package struct RedrawableModel: Sendable {
    /// Labels of the layers that have weights, from the head to the picture.
    package let layers: [String]
    /// Of the model's file.
    package let byteCount: Int
    private let files: ModelFiles
    private let weighted: [WeightedLayer]
    private let config: InferConfig

    /// - Parameter shared: what others have read.
    /// - Throws: `.hasNoLayers` where the model is no classifier.
    package init(_ config: InferConfig, shared: SharedModels? = nil) throws(InferError) {
        let read: ReadModel
        if let shared { read = try shared.read(config) } else { read = try ReadModel(config) }
        try read.checkForMethods()
        (files, byteCount) = (read.files, read.byteCount)
        do throws(ONNXError) {
            weighted = files.model.graph.weightedLayers(before: try files.model.graph.classScores().logits).reversed()
        } catch {
            throw .model(error)
        }
        layers = weighted.map(\.label)
        var exact = config
        // Maps are compared with each other, and no graph comes a second time.
        (exact.precision, exact.keepsCompiled) = (.f32, false)
        self.config = exact
    }

    /// Explains pictures with some layers drawn anew; with none, as the model is.
    ///
    /// - Parameters:
    ///   - positions: among `layers`: the first so many for a cascade, or a single one.
    ///   - seed: the same draws a layer in the same way, whatever others are drawn.
    package func explainer(redrawing positions: Range<Int>, seed: UInt64) throws(InferError) -> InputExplainer {
        var changed = files
        do throws(ONNXError) {
            changed.model.graph = try files.model.graph.redrawing(Array(weighted[positions])) { tensor in
                SplitMix64(seed ^ StableHash.of(tensor))
            }
        } catch {
            throw .model(error)
        }
        let read = ReadModel(changed)
        return try InputExplainer(
            read, try ReadyClassifier(read, config, shared: nil), config, PassMonitor(), nil)
    }
}
