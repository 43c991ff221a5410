package import ONNX

/// The layers of a classifier that can be mapped.
package struct ModelLayers: Sendable {
    /// The ONNX file.
    package let path: String
    /// In the data's order, the ones that are not listed included.
    package let all: [Layer]
    /// What is mapped unless a layer is named.
    package let byDefault: Layer?

    /// - Parameters:
    ///   - model: an ONNX file, or a card that names one.
    ///   - card: a card that stands elsewhere than beside the model.
    package init(model: String?, card: String?) throws(InferError) {
        let files = try ModelFiles(model: model, card: card)
        let graphInput: ImageInput
        let scores: String
        do throws(ONNXError) {
            graphInput = try files.model.graph.imageInput(layout: files.card.input.layout?.tensorLayout)
            scores = try files.model.graph.classScores().logits
        } catch {
            throw .model(error)
        }
        let input = try ModelInput(files.card.input, graphInput, model: files.path).pictureInput
        let core: Core
        do throws(OpenVINOError) {
            core = try Core()
        } catch {
            throw .engine(path: files.path, error)
        }
        let types = try core.types(of: files.model, before: scores, input: input)
        path = files.path
        all = files.model.graph.layers(before: scores, types: types)
        byDefault = files.model.graph.defaultLayer(before: scores, types: types)
    }
}
