import Engine
import ONNX
package import Pipeline
import Tracking

/// Explains pictures one by one, each by itself, and tells a class's probability in many variants of one: for who measures
/// whether a model depends on what its maps say. For use by one thread at a time, but for its monitor.
package final class InputExplainer {
    /// What was found and chosen, a line each, for the log.
    package let notes: [String]
    /// What the model's card calls it, else its file's name.
    package let modelName: String
    package let names: ClassNames
    private let classifier: CompiledClassifier
    private let passes: Passes
    /// Compiled when it is asked for.
    private var variants: VariantBatches?
    private let makeVariants: () throws(InferError) -> VariantBatches
    private let units: InputUnits
    private var methodMaps: [MethodMaps]
    private var scores: Scores
    /// The picture whose passes are there.
    private var looked: PreparedPicture?
    private var isChecked = false
    private let algebra: LinearAlgebra

    /// - Parameters:
    ///   - config: what in it is about pictures that follow each other, changes nothing.
    ///   - monitor: is told of the passes of many variants, and stops them.
    ///   - shared: what other sessions of the same model have read and compiled.
    /// - Throws: `.hasNoLayers` where the model is no classifier.
    package convenience init(
        _ config: InferConfig, monitor: PassMonitor = PassMonitor(), shared: SharedModels? = nil
    ) throws(InferError) {
        let shared = shared ?? SharedModels()
        try self.init(try shared.read(config), try shared.ready(config), config, monitor, shared)
    }

    /// - Parameter shared: nil: what is compiled is nobody else's.
    init(
        _ read: ReadModel, _ ready: ReadyClassifier, _ config: InferConfig, _ monitor: PassMonitor,
        _ shared: SharedModels?
    ) throws(InferError) {
        do throws(LackOfResources) { algebra = try LinearAlgebra() } catch { throw .engine(.lack(error)) }
        try read.checkForMethods()
        let classifier = ready.compiled
        self.classifier = classifier
        (notes, modelName, names) = (ready.notes, ready.name, ready.names)
        let runners = try ProbeRunners(classifier.probed, monitor)
        do throws(OpenVINOError) {
            passes = try Passes(classifier, runners)
        } catch {
            throw .engine(path: classifier.path, error)
        }
        makeVariants = { () throws(InferError) in
            try VariantBatches(read, classifier, config, monitor, shared: shared)
        }
        units = InputUnits(classifier.input)
        let settings = MapSettings(smoothing: 0, scale: .frame)
        methodMaps = classifier.methods.map { MethodMaps($0, classifier, config.layerFusion, settings) }
        scores = Scores(classes: classifier.classes)
    }

    /// What makes the maps, at least one.
    package var methods: [MapMethod] { methodMaps.map(\.title) }
    /// The tensors that each method maps; none where it maps the picture itself.
    package var layersOfMethods: [[String]] { methodMaps.map(\.layers) }
    /// What the classifier computes in, such as "bf16".
    package var precision: String { classifier.precision }
    /// Of the classifier's input.
    package var width: Int { units.input.width }
    package var height: Int { units.input.height }
    package var channels: Int { units.input.channels }

    // MARK: What goes in

    /// Scales a picture as the model's card says.
    package func prepare(_ frame: borrowing Frame, _ format: VideoFormat) throws(InferError) -> PreparedPicture {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: width * height * channels, alignment: 1)
        defer { memory.deallocate() }
        do throws(FFmpegError) {
            let preprocess = try Preprocess(format, input: units.input)
            try preprocess.fill(memory, from: frame)
            return PreparedPicture(bytes: Array(memory), region: preprocess.region)
        } catch {
            throw .picture(error)
        }
    }

    /// The picture as the network reads it: Float `[channels, height, width]`, mean and scale applied.
    package func values(_ picture: PreparedPicture) -> [Float] { units.values(picture.bytes) }

    /// A changed picture to be explained, rounded to 8 bits.
    ///
    /// - Parameter values: as `values(_:)` gives them.
    package func picture(_ values: [Float], like other: PreparedPicture) -> PreparedPicture {
        PreparedPicture(bytes: units.bytes(values), region: other.region)
    }

    // MARK: What comes out

    /// - Returns: Float `[classes]`.
    /// - Throws: `.scoresNotFinite`.
    package func probabilities(of picture: PreparedPicture) throws(InferError) -> [Float] {
        try look(at: picture)
        return scores.probabilities
    }

    /// A method's map of a class, by its own scale: from no evidence to the picture's strongest place.
    ///
    /// - Parameter method: its number.
    /// - Returns: Float `[height, width]` of the method's layer, 0...1.
    package func heat(
        ofClass classID: Int, in picture: PreparedPicture, method: Int = 0
    ) throws(InferError) -> RawMap {
        try look(at: picture)
        let target = ExplanationTarget.score(classID)
        passes.explained = [target]
        // What a method remembers is of another picture.
        methodMaps[method].forget()
        var map = try methodMaps[method].rawMap(of: target, passes)
        for place in map.values.indices where !map.values[place].isFinite { map.values[place] = 0 }
        _ = methodMaps[method].steady.heat(
            &map, of: target, probability: scores.probabilities[classID], at: 0)
        return map
    }

    /// A class's probability in variants of pictures.
    ///
    /// - Parameter fill: writes one, as `values(_:)` gives pictures.
    package func probabilities(
        _ count: Int, classID: Int, fill: (_ variant: Int, UnsafeMutableBufferPointer<Float>) -> Void
    ) throws(InferError) -> [Double] {
        if let variants { return try variants.probabilities(count, classID: classID, fill: fill) }
        let made = try makeVariants()
        variants = made
        return try made.probabilities(count, classID: classID, fill: fill)
    }

    /// Runs the classifier, unless that picture's results are there.
    private func look(at picture: PreparedPicture) throws(InferError) {
        guard picture != looked else { return }
        looked = nil
        passes.input.copyBytes(from: picture.bytes)
        do throws(OpenVINOError) {
            try passes.start()
            try passes.wait()
        } catch {
            throw .engine(path: classifier.path, error)
        }
        if classifier.scores.activation == .sigmoid {
            scores.setSigmoid(passes.logits)
        } else {
            scores.setSoftmax(passes.logits)
        }
        guard scores.areFinite else { throw .scoresNotFinite(model: classifier.path, frame: 0) }
        if !isChecked { try passes.checkHead(among: scores.top(5), tolerance: classifier.headTolerance) }
        (looked, isChecked) = (picture, true)
    }
}
