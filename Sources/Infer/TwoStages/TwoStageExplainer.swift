package import Detect
import Engine
package import Pipeline
package import Tracking

/// A detector finds things, and a classifier says what each of them is and where it sees that: its map lies in the thing's
/// place, and goes with it.
///
/// The detector follows things and knows how pictures moved. The classifier is given each thing as a picture of its own; what
/// it made of it before is kept by the thing's number.
package final class TwoStageExplainer: PictureExplainer, @unchecked Sendable {  // safe: one thread uses it at a time
    package let notes: [String]
    package let modelName: String
    package let findsObjects = true
    package var names: ClassNames { classifier.ready.names }
    package var methods: [MapMethod] { [things.method] }
    package var layersOfMethods: [[String]] { [things.layers] }
    package var versus: Int? { things.versus }
    package var precision: String { classifier.compiled.precision }
    package var labelChurn: LabelChurn { things.churn }
    /// Pictures that the detector looked at.
    package var inferences: Int { detector.inferences }
    /// What the classifier looked at.
    private(set) var crops = 0
    package var keepsRawMaps: Bool {
        get { things.keepsRawMaps }
        set { things.keepsRawMaps = newValue }
    }
    package var findsBoxes = false
    package var settings: MapSettings { didSet { follow(settings) } }
    package var detect: DetectConfig { didSet { follow(detect) } }

    private let detector: DetectorExplainer
    private let classifier: CropClassifier
    private var rule: CropRule
    private var things: NamedThings
    /// Of the picture that was looked at last, in the detector's order.
    private var seen: [Observation] = []

    /// - Parameters:
    ///   - path: of the detector.
    ///   - format: of the pictures that will come.
    ///   - monitor: is told of the passes of methods that run the classifier many times, and stops them.
    init(
        _ config: InferConfig, detector path: String, format: VideoFormat, monitor: PassMonitor, shared: SharedModels
    ) throws(InferError) {
        let stages = try StageConfigs(config, detector: path)
        let models = (first: try stages.readDetector(shared), second: try stages.readClassifier(shared))
        defer { withExtendedLifetime(models) {} }
        detector = try stages.openDetector(models.first, format, shared)
        let ready = try shared.ready(stages.classifier)
        classifier = try CropClassifier(ready, format: format, monitor: monitor)
        things = try NamedThings(ready, stages.classifier)
        modelName = "\(ready.name) in boxes of \(detector.modelName)"
        notes = detector.notes.map { "detector: \($0)" } + ready.notes
        (settings, detect) = (things.settings, config.detect)
        guard let layout = PixelLayout(format.pixelFormat) else {
            preconditionFailure("the detector scales pictures that nobody can read")
        }
        let bounds = try config.region.map { region throws(InferError) in try region.box(in: format) }
        rule = CropRule(
            margin: config.detect.cropMargin,
            within: bounds ?? PixelBox(x0: 0, y0: 0, x1: format.width, y1: format.height), format, layout,
            input: ready.compiled.input)
        things.makesMaps = config.detect.heat.join != nil
    }

    private func follow(_ settings: MapSettings) {
        things.settings = settings
        var finding = settings
        // Classes are the classifier's.
        finding.explainedClass = detector.settings.explainedClass
        detector.settings = finding
    }

    private func follow(_ detect: DetectConfig) {
        detector.detect = detect
        rule.margin = detect.cropMargin
        things.makesMaps = detect.heat.join != nil
    }

    package func modelChecksum() throws(InferError) -> String { try Backbone.checksum(classifier.compiled.path) }
    package var taught: TaughtHead? { nil }
    package var pictureForTeacher: TaughtPicture? { nil }
    package func teach(_ head: TaughtHead?) throws(InferError) { try detector.teach(head) }
    package func takeWarnings() -> [String] { detector.takeWarnings() + things.takeWarnings() }
    package func cancel() { classifier.cancel() }

    package var isFull: Bool { detector.isFull }
    package func makeTracker() -> InputTracker? { detector.makeTracker() }
    package func submit(_ frame: consuming Frame, _ input: TrackedInput?) throws(InferError) {
        try detector.submit(frame, input)
    }

    /// Things end with the detector's numbers for them.
    package func forget() { detector.forget() }

    package func tryOut() throws(InferError) {
        try detector.tryOut()
        try classifier.tryOut { passes throws(InferError) in try things.tryOut(passes) }
    }

    package func next() throws(InferError) -> Explained? {
        guard let found = try detector.next() else { return nil }
        if detector.looksAnew {
            seen = try observations(of: found.observations, in: found.frame)
        } else if seen.count == found.observations.count {
            seen = zip(seen, found.observations).map { $0.moved(with: $1.box) }
        }
        // Where things have been is the detector's to tell.
        let heat =
            detect.heat.join.map {
                BoxHeat.join(seen, $0, pictureWidth: found.frame.width, pictureHeight: found.frame.height)
            } ?? found.heat
        let events = things.takeEvents(found.events)
        return found.naming(
            seen, top: seen.filter(\.isRecognised).bestOfClasses(5), heat: heat, events: events)
    }

    /// What the classifier says of what the detector found.
    private func observations(
        of found: [Observation], in frame: borrowing Frame
    ) throws(InferError) -> [Observation] {
        let (index, seconds) = (frame.index, frame.seconds)
        let crops = found.compactMap { $0.box.map(rule.crop) }
        precondition(crops.count == found.count, "each thing of a detector has a box")
        var seen: [Observation] = []
        try classifier.classify(crops, of: frame) { number, passes, region throws(InferError) in
            var thing = try things.observation(of: found[number], passes, region, frame: index, at: seconds)
            (thing.crop, thing.movingRegion) = (crops[number], detector.region)
            seen.append(thing)
        }
        self.crops += crops.count
        return seen
    }
}
