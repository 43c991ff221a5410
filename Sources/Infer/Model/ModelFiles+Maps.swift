import Foundation
import ONNX

extension ModelFiles {
    /// What the model's maps are, where the card, the names of its outputs or a file beside it say that it makes them.
    ///
    /// - Returns: nil: nothing says so.
    static func maps(_ graph: Graph, _ card: ModelCard, output: String?) throws(InferError) -> MapOutputs? {
        guard card.task != .classify, card.task == .map || card.anomaly != nil || graph.namesAnomalyMap else {
            return nil
        }
        do throws(ONNXError) { return try graph.mapOutputs(card, output: output) } catch { throw .model(error) }
    }

    /// What holds of such models unless somebody says otherwise.
    static func usual(for maps: MapOutputs, _ path: String) -> CardSource {
        var card = ModelCard()
        var name = "default of maps"
        switch maps.kind {
        case .anomaly:
            name = "default of anomaly models"
            card.labels = .list(["normal", "anomalous"])
            // anomalib's graphs scale and normalise by themselves; its own size is 256.
            if (try? maps.graph.imageInput())?.size == nil { card.input.size = [256, 256] }
            (card.input.range, card.input.mean, card.input.std) = ([0, 1], [0], [1])
        case .single: card.labels = .list([maps.output])
        case .classes: break
        }
        return CardSource(name: name, card: card, file: path)
    }
}

extension MapOutputs {
    /// Names that its classes have; nil where the file does not tell.
    var labelCount: Int? { kind == .anomaly ? 2 : classes }
}

extension Graph {
    /// As the card says it.
    func mapOutputs(_ card: ModelCard, output: String?) throws(ONNXError) -> MapOutputs {
        let activation: CAMHead.Activation? =
            switch card.activation {
            case .softmax: CAMHead.Activation.softmax
            case .sigmoid: CAMHead.Activation.sigmoid
            case .unchanged: CAMHead.Activation.none
            case nil: nil
            }
        var labels: Int?
        if case .list(let names) = card.labels { labels = names.count }
        return try mapOutputs(
            output: output ?? card.output, isAnomaly: card.anomaly != nil, score: card.anomaly?.score,
            activation: activation,
            layout: card.input.layout?.tensorLayout ?? (try? imageInput().layout) ?? .channelsFirst,
            labels: labels)
    }
}
