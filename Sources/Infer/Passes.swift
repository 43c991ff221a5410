import ONNX

/// The passes of one picture through the classifier: the forward pass, and those that methods ask for after it.
///
/// Holds the memory of one picture in flight; addresses stay the same for its whole life.
final class Passes {
    let engine: Engine
    /// 8-bit `[height, width, channels]`: the picture, to be filled before `start()`.
    let input: UnsafeMutableRawBufferPointer
    /// Float `[classes]`, of the last picture.
    let logits: UnsafeBufferPointer<Float>

    private let forward: InferRequest
    private let backward: BackwardPass?
    private let layers: [LayerMemory]
    private var seed: [Float] = []
    // The tensors keep the memory that the pointers point to.
    private let inputTensor: Tensor
    private let logitsTensor: Tensor

    init(_ engine: Engine) throws(OpenVINOError) {
        self.engine = engine
        forward = try InferRequest(engine.compiled)
        inputTensor = try forward.inputTensor()
        logitsTensor = try forward.outputTensor(engine.scores.logits)
        input = try inputTensor.bytes()
        logits = try logitsTensor.floats()
        if let gradient = engine.gradient {
            backward = try BackwardPass(gradient, of: forward)
        } else {
            backward = nil
        }
        var layers: [LayerMemory] = []
        for layer in engine.layers { layers.append(try LayerMemory(layer, forward)) }
        self.layers = layers
    }

    /// Starts the forward pass.
    func start() throws(OpenVINOError) {
        for layer in layers { layer.forget() }
        seed = []
        try forward.start()
    }

    /// Waits for the forward pass.
    func wait() throws(OpenVINOError) { try forward.wait() }

    /// A layer as the model lays it out.
    func tensor(of layer: Int) -> UnsafeBufferPointer<Float> { layers[layer].tensor }

    /// A, Float `[channels, height, width]`; valid until the next picture.
    func activations(of layer: Int) -> UnsafeBufferPointer<Float> { layers[layer].activations }

    /// G = Σ_c seed_c · dy_c/dA, Float `[channels, height, width]`; valid until the next call with another seed.
    ///
    /// - Parameter seed: Float `[classes]`.
    func gradients(of layer: Int, seed: [Float]) throws(InferError) -> UnsafeBufferPointer<Float> {
        guard let backward else { preconditionFailure("the method did not say that it needs gradients") }
        if seed != self.seed {
            do throws(OpenVINOError) {
                layers[layer].setGradients(try backward.gradient(weights: seed))
            } catch {
                throw .engine(path: engine.path, error)
            }
            self.seed = seed
        }
        return layers[layer].gradients
    }
}

/// A layer's activations and gradients, channels first.
private final class LayerMemory {
    /// As the model lays it out.
    let tensor: UnsafeBufferPointer<Float>
    private(set) var gradients = UnsafeBufferPointer<Float>(start: nil, count: 0)
    private let layer: Layer
    private let memory: Tensor
    /// Where the model has the channels last: both, turned.
    private let turnedActivations: PlanarCopy?
    private let turnedGradients: PlanarCopy?
    private var isTurned = false

    init(_ layer: Layer, _ forward: borrowing InferRequest) throws(OpenVINOError) {
        self.layer = layer
        memory = try forward.outputTensor(layer.tensor)
        tensor = try memory.floats()
        let isPlanar = layer.layout == .channelsFirst
        turnedActivations = isPlanar ? nil : PlanarCopy(layer)
        turnedGradients = isPlanar ? nil : PlanarCopy(layer)
    }

    func forget() { isTurned = false }

    var activations: UnsafeBufferPointer<Float> {
        guard let turnedActivations else { return tensor }
        if !isTurned { turnedActivations.fill(from: tensor) }
        isTurned = true
        return turnedActivations.values
    }

    func setGradients(_ values: UnsafeBufferPointer<Float>) {
        turnedGradients?.fill(from: values)
        gradients = turnedGradients?.values ?? values
    }
}
