package import Detect
package import Pipeline
package import Tracking

/// A session: explains the pictures of one stream, whatever kind of model says what is in them.
///
/// Several pictures may be in flight: `submit` starts one, `next` waits for the oldest. For use by one thread at a time, but for
/// `cancel`.
package protocol PictureExplainer: AnyObject, Sendable {
    /// What was found and chosen, a line each, for the log.
    var notes: [String] { get }
    /// What the model's card calls it, else its file's name.
    var modelName: String { get }
    /// SHA-256 of the model's file, in hexadecimal digits; reads it.
    func modelChecksum() throws(InferError) -> String
    var names: ClassNames { get }
    /// Whether it finds things in pictures, each with its box, rather than classes of the whole picture.
    var findsObjects: Bool { get }
    /// What makes the maps, at least one.
    var methods: [MapMethod] { get }
    /// The tensors that each method maps; none where it maps the picture itself.
    var layersOfMethods: [[String]] { get }
    /// The class that others are told apart from; nil: none.
    var versus: Int? { get }
    /// What the model computes in, such as "bf16".
    var precision: String { get }
    /// Forward passes that were started for pictures.
    var inferences: Int { get }
    /// How often the class of the drawn map, and the most probable one, have changed.
    var labelChurn: LabelChurn { get }
    /// Hold from the next picture that is taken with `next()`.
    var settings: MapSettings { get set }
    /// The same of a detector's boxes; others have none.
    var detect: DetectConfig { get set }
    /// Whether maps come with what the method made of them.
    var keepsRawMaps: Bool { get set }
    /// Whether pictures come with the boxes of the most probable classes, where the model makes a map of each.
    var findsBoxes: Bool { get set }

    /// Whether a picture must be taken with `next()` before another can be submitted.
    var isFull: Bool { get }
    /// - Parameter input: what `makeTracker`'s tracker made of the picture, if there is one.
    func submit(_ frame: consuming Frame, _ input: TrackedInput?) throws(InferError)
    /// Waits for the oldest submitted picture; nil if there is none.
    func next() throws(InferError) -> Explained?
    /// What was wrong since the last call; each kind of trouble is told once.
    func takeWarnings() -> [String]
    /// Forgets earlier pictures, after a cut or a gap.
    func forget()
    /// - Returns: nil where maps stay where they are: pictures are submitted as they are then.
    func makeTracker() -> InputTracker?
    /// Finds out whether pictures can be explained. Before the first picture.
    func tryOut() throws(InferError)
    /// Makes `next` end soon, by `InferError.cancelled`. Called from any thread.
    func cancel()

    /// Puts a taught head in the place of the model's own, or the other way round.
    func teach(_ head: TaughtHead?) throws(InferError)
    /// The head that was taught; nil: the model's own.
    var taught: TaughtHead? { get }
    /// What a teacher is given of the picture that `next()` gave last; nil: nothing.
    var pictureForTeacher: TaughtPicture? { get }
}

extension PictureExplainer {
    package var labels: [String] { names.shown }
    /// What the maps are called in the sidecar: the first method.
    package var method: String { methods[0].name }
    /// The tensors that the first method maps.
    package var layers: [String] { layersOfMethods[0] }
    package func submit(_ frame: consuming Frame) throws(InferError) { try submit(frame, nil) }
}

extension Explainer: PictureExplainer {}

/// The session that suits a model.
package enum Explainers {
    case classifier(Explainer)
    case detector(DetectorExplainer)
    case twoStages(TwoStageExplainer)

    package var explainer: any PictureExplainer {
        switch self {
        case .classifier(let explainer): explainer
        case .detector(let explainer): explainer
        case .twoStages(let explainer): explainer
        }
    }

    /// Opens it.
    ///
    /// - Parameters:
    ///   - format: of the pictures that will come.
    ///   - mapCount: how many classes of a classifier get a map.
    ///   - shared: what other sessions of the same model have read and compiled.
    ///   - monitor: is told of the passes of methods that run the model many times, and stops them.
    package static func open(
        _ config: InferConfig, format: VideoFormat, mapCount: Int, monitor: PassMonitor = PassMonitor(),
        shared: SharedModels? = nil
    ) throws(InferError) -> Explainers {
        let shared = shared ?? SharedModels()
        if let detector = config.detector {
            return .twoStages(
                try TwoStageExplainer(config, detector: detector, format: format, monitor: monitor, shared: shared))
        }
        // A classifier that is compiled already is found without reading its file again.
        let read = shared.isReady(config) ? nil : try shared.read(config)
        if let read, read.files.isDetector {
            return .detector(try DetectorExplainer(read, config, format: format, shared: shared))
        }
        defer { withExtendedLifetime(read) {} }
        return .classifier(
            try Explainer(config, format: format, mapCount: mapCount, monitor: monitor, shared: shared))
    }
}
