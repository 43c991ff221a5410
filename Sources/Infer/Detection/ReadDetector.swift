package import Engine
package import ONNX

/// A detector's graph as decoders are to read it, with the shapes that the engine infers; nothing is compiled yet.
///
/// First comes this, which tells what the outputs are; then a decoder says which of them has the class scores; then
/// `DetectorModel` compiles the graph, with that of the scores' gradients.
package struct ReadDetector: Sendable {
    /// What decoders read.
    package let outputs: [DetectorOutput]
    /// What was cut off before them.
    package let choice: BoxChoice
    let model: Model
    let input: PictureInput
    let detector: DetectorGraph
    /// Of the tensors before the outputs.
    let types: [String: TensorType]
    let shared: SharedGraphs?

    /// - Parameters:
    ///   - input: how pictures go in.
    ///   - shared: where graphs are looked for that others have compiled.
    package init(_ model: Model, input: PictureInput, shared: SharedGraphs? = nil) throws(InferError) {
        var model = model
        do throws(ONNXError) {
            detector = try model.graph.detector(producer: model.producer)
        } catch {
            throw .model(error)
        }
        let detector = detector
        model.graph = detector.graph
        var types: [String: TensorType] = [:]
        do throws(EngineError) {
            let compiler = try ModelCompiler(file: model.file, shared: shared)
            for output in detector.outputs {
                types.merge(try compiler.types(model, before: output, input: input)) { $1 }
            }
        } catch {
            throw InferError(error)
        }
        outputs = detector.outputs.map { DetectorOutput($0, types[$0], detector.graph.info(of: $0)) }
        choice = detector.choice
        (self.model, self.input, self.types, self.shared) = (model, input, types, shared)
    }
}

/// A tensor that a decoder reads.
package struct DetectorOutput: Sendable, Equatable {
    package let name: String
    /// nil: as many as the picture has.
    package let shape: [Int?]
    let elementType: ElementType

    init(_ name: String, _ type: TensorType?, _ info: ValueInfo?) {
        self.name = name
        shape = type?.shape ?? info?.shape?.map(\.size) ?? []
        elementType = type?.elementType ?? info?.elementType ?? .float32
    }
}
