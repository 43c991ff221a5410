import Engine
package import ONNX

/// The layers of a classifier that can be mapped.
package struct ModelLayers: Sendable {
    /// The ONNX file.
    package let path: String
    /// In the data's order, the ones that are not listed included.
    package let all: [Layer]
    /// What is mapped unless a layer is named.
    package let byDefault: Layer?

    /// The tensors of those that are listed, the default one first; none where nothing can be mapped.
    package var named: [String] {
        guard let first = byDefault?.tensor else { return [] }
        return [first] + all.filter { $0.isListed && $0.tensor != first }.map(\.tensor)
    }

    /// - Parameters:
    ///   - model: an ONNX file, or a card that names one.
    ///   - card: a card that stands elsewhere than beside the model.
    ///   - output: the output to explain, whatever the card says.
    package init(model: String?, card: String?, output: String? = nil) throws(InferError) {
        var files = try ModelFiles(model: model, card: card, output: output)
        try files.checkForMethods()
        let input = try files.pictureInput().input
        let compiler: ModelCompiler
        do throws(EngineError) {
            compiler = try ModelCompiler(file: files.path)
        } catch {
            throw InferError(error)
        }
        try TypedGraph.unfuse(&files.model, input: input.pictureInput, compiler: compiler)
        let typed = try TypedGraph(files.model, input: input.pictureInput, compiler: compiler)
        path = files.path
        all = typed.layers
        byDefault = typed.defaultLayer
    }
}
