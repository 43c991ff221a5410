import Detect
import Engine
import Foundation
import ONNX
import Pipeline

/// A detector that sessions can begin with: read and compiled, and what is known of it. It is the same for all pictures.
final class ReadyDetector: Sendable {
    let model: DetectorModel
    let layout: DetectorLayout
    let input: ModelInput
    let names: ClassNames
    let name: String
    /// What was found and chosen, a line each, for the log.
    let notes: [String]
    /// A probability, as far as it may be rounded.
    private static let largestScore: Float = 1.01
    /// Whether overlapping boxes are left to take out.
    private let suppresses: Bool

    /// What boxes are found for.
    enum Use {
        /// To be shown, each with the map of what speaks for it.
        case explained
        /// For a classifier, which makes the maps: none is made here.
        case classified
    }

    /// - Parameter shared: what others have read and compiled.
    init(_ read: ReadModel, _ config: InferConfig, for use: Use, shared: SharedModels) throws(InferError) {
        let files = read.files
        input = try files.pictureInput().input
        let graphs = shared.graphs(of: read)
        // Whether the device is there.
        _ = try ModelCompiler(for: config, model: files.path, graphs)
        let detector = try ReadDetector(files.model, input: input.pictureInput, shared: graphs)
        let tensors = detector.outputs.map {
            DetectorTensor(name: $0.name, shape: $0.shape, isWhole: !$0.elementType.isFloat)
        }
        let layout: DetectorLayout
        do throws(DetectError) {
            layout = try DetectorLayout(
                tensors, inputWidth: input.width, inputHeight: input.height, classes: files.labels?.count,
                decoder: detector.choice.isCut ? .ssd : files.card.decoder,
                boxFormat: detector.choice.boxFormat ?? files.card.boxFormat)
        } catch {
            throw .detector(model: files.path, error)
        }
        self.layout = layout
        suppresses = !detector.choice.isOfTopK
        var options = EngineOptions(
            device: config.device,
            precision: config.precision == .auto ? Precision.f32.rawValue : config.precision.rawValue
        )
        options.hint = config.pace == .video ? .throughput : .latency
        model = try DetectorModel(
            detector, scores: use == .explained ? layout.scoreTensor : nil, method: config.method,
            methodOptions: config.methodOptions, options: options)
        names = files.labels.map { ClassNames($0) } ?? ClassNames(unnamed: layout.classes ?? 1000)
        name = files.card.name ?? URL(filePath: files.path).lastPathComponent
        notes =
            files.notes(input, classes: names.shown.count, computedIn: model.precision)
            + ["boxes: decoder \(layout.decoder.rawValue) (\(layout.tensorNames.joined(separator: ", ")))"]
            + (layout.nothing.map { ["scores: one more than labels; number \($0) stands for nothing"] } ?? [])
            + model.notes
    }

    /// The boxes of a picture, in pixels of the input, best first.
    func detections(_ passes: DetectorPasses, _ rule: DetectionRule) throws(InferError) -> [Detection] {
        var rule = rule
        if !suppresses { rule.overlap = 1 }
        var values: [UnsafeBufferPointer<Float>] = []
        for name in layout.tensorNames { values.append(try passes.values(of: name)) }
        let found = layout.detections(values, rule)
        if let best = found.first, best.score > Self.largestScore {
            throw .scoresAreNone(model: model.path, score: best.score, decoder: layout.decoder)
        }
        // What is no number is left out, and must not pass for a picture with nothing in it.
        if found.isEmpty, values.contains(where: { $0.hasNaN }) { throw .boxesNotFinite(model: model.path) }
        return found.filter { names.shown.indices.contains($0.classID) }
    }
}

extension UnsafeBufferPointer<Float> {
    /// Whether any value is no number.
    fileprivate var hasNaN: Bool { reduce(0) { $0 + $1 * 0 }.isNaN }
}
