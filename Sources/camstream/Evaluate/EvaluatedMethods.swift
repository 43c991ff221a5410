import CFFmpeg
import Evaluate
import Infer
import Logging
import Pipeline
import Tracking

/// The methods that are judged, on their layers: those that can share a forward pass do.
final class EvaluatedMethods {
    /// Methods on the same layers.
    private struct Group {
        var methods: [MethodName]
        let layer: String?
    }

    private let infer: InferConfig
    private var groups: [Group] = []
    private let shared: SharedModels
    private let monitor: PassMonitor
    /// Of the pictures' format that came last.
    private var explainers: [Explainer] = []
    private var format: VideoFormat?

    /// In the order of `observations`.
    private(set) var facts: [RunFacts.Method] = []
    private(set) var names = ClassNames(asWritten: [])
    private(set) var modelName = ""
    private(set) var modelChecksum = ""
    private(set) var precision = ""
    private(set) var inputSize = (width: 0, height: 0)

    /// What nobody will see: only what is told of model and methods counts.
    private static let trial = VideoFormat(
        width: 64, height: 64, pixelFormat: AV_PIX_FMT_YUV420P, colour: ColourTags(),
        timeBase: AVRational(num: 1, den: 25))

    /// Opens them, and leaves out those that do not work on the model.
    ///
    /// - Parameter wanted: nil: nobody named any; then what does not work is no warning.
    /// - Throws: `InferError`; `EvaluationError.noMethod` if none works.
    init(
        _ wanted: [MethodName]?, layers: [String], _ config: InferConfig, _ shared: SharedModels,
        _ monitor: PassMonitor, _ log: Logger
    ) throws {
        var infer = config
        (infer.smoothing, infer.scale, infer.motion, infer.camEvery) = (0, .frame, .off, 1)
        (infer.comparesMethods, infer.explainedClass, infer.layers) = (true, nil, [])
        (self.infer, self.shared, self.monitor) = (infer, shared, monitor)
        let methods = wanted ?? (layers.isEmpty ? MethodName.compared : [.ofLayers])
        var failures: [(MethodName, InferError)] = []
        let ofPicture = methods.filter { !layers.isEmpty && $0.mapsPicture }
        let ofLayers = methods.filter { !ofPicture.contains($0) }
        let places: [(methods: [MethodName], layer: String?)] =
            (layers.isEmpty ? [(ofLayers, nil)] : layers.map { (ofLayers, $0) }) + [(ofPicture, nil)]
        for place in places where !place.methods.isEmpty {
            let group = Group(methods: place.methods, layer: place.layer)
            if (try? explainer(group, Self.trial)) != nil {
                groups.append(group)
                continue
            }
            // One by one, to see which ones it is.
            var working = Group(methods: [], layer: place.layer)
            for method in place.methods {
                do throws(InferError) {
                    _ = try explainer(Group(methods: [method], layer: place.layer), Self.trial)
                    working.methods.append(method)
                } catch {
                    failures.append((method, error))
                }
            }
            if !working.methods.isEmpty { groups.append(working) }
        }
        for (method, error) in failures {
            log.log(level: wanted == nil ? .info : .warning, "no \(method.title): \(error)")
        }
        guard !groups.isEmpty else {
            if let first = failures.first, first.1.isUsage { throw first.1 }
            throw EvaluationError.noMethod(first: failures.first.map { "\($0.0.title): \($0.1)" } ?? "none was named")
        }
        try open(Self.trial)
        describe()
    }

    private func describe() {
        let first = explainers[0]
        (names, modelName, precision, inputSize) = (first.names, first.modelName, first.precision, first.inputSize)
        modelChecksum = (try? first.modelChecksum()) ?? ""
        for (group, explainer) in zip(groups, explainers) {
            for (method, layers) in zip(explainer.methods, explainer.layersOfMethods) {
                facts.append(
                    RunFacts.Method(key: Self.key(method, layers, in: group), title: method.title, layers: layers))
            }
        }
    }

    /// - Parameter layers: that the method maps.
    private static func key(_ method: MapMethod, _ layers: [String], in group: Group) -> String {
        group.layer.map { _ in "\(method.name)@\(layers.joined(separator: "+"))" } ?? method.name
    }

    private func explainer(_ group: Group, _ format: VideoFormat) throws(InferError) -> Explainer {
        try Explainer(config(group), format: format, mapCount: 1, monitor: monitor, shared: shared)
    }

    private func config(_ group: Group) -> InferConfig {
        var config = infer
        config.methods = MethodList(names: group.methods)
        config.layers = group.layer.map { [$0] } ?? []
        return config
    }

    /// Lends a session of each method alone, one after the other.
    ///
    /// - Parameter take: is given the method's key with it.
    func forEachAlone(_ format: VideoFormat, _ take: (String, Explainer) throws -> Void) throws {
        for group in groups {
            for method in group.methods {
                let explainer = try explainer(Group(methods: [method], layer: group.layer), format)
                try take(Self.key(explainer.methods[0], explainer.layersOfMethods[0], in: group), explainer)
            }
        }
    }

    /// Sessions that make the same maps of pictures that are changed, in the order of `facts`.
    func sessions() throws(InferError) -> [MethodSession] {
        try sessions { config throws(InferError) in
            try InputExplainer(config, monitor: monitor, shared: shared)
        }
    }

    /// The same of the model with layers drawn anew.
    func redrawnSessions(seed: UInt64) throws(InferError) -> RedrawnSessions {
        // All groups have the same layers with weights.
        try RedrawnSessions(try RedrawableModel(config(groups[0]), shared: shared)) { layers throws(InferError) in
            try sessions { config throws(InferError) in
                try RedrawableModel(config, shared: shared).explainer(redrawing: layers, seed: seed)
            }
        }
    }

    private func sessions(
        _ make: (InferConfig) throws(InferError) -> InputExplainer
    ) throws(InferError) -> [MethodSession] {
        var sessions: [MethodSession] = []
        for group in groups {
            let explainer = try make(config(group))
            sessions += explainer.methods.indices.map { MethodSession(explainer: explainer, method: $0) }
        }
        return sessions
    }

    private func open(_ format: VideoFormat) throws(InferError) {
        // Compiled graphs are shared; what is made anew is a session.
        explainers = []
        var opened: [Explainer] = []
        for group in groups { opened.append(try explainer(group, format)) }
        (explainers, self.format) = (opened, format)
    }

    /// What was seen in a picture.
    struct Seen {
        /// The most probable class, and the one that is explained.
        let top: Prediction
        let explained: Prediction
        /// In the order of `facts`; regions are in the picture's pixels.
        let heatmaps: [Heatmap]
    }

    /// Explains a picture by all methods.
    ///
    /// - Parameter classID: nil: the most probable class.
    /// - Throws: `InferError`.
    func explain(_ picture: borrowing Frame, _ format: VideoFormat, classID: Int?, _ log: Logger) throws(InferError)
        -> Seen
    {
        if self.format?.isLike(format) != true { try open(format) }
        var heatmaps: [Heatmap] = []
        var seen: (top: Prediction, explained: Prediction)?
        for explainer in explainers {
            explainer.forget()
            explainer.settings.explainedClass = classID
            let frame: Frame
            do throws(FFmpegError) { frame = try picture.reference() } catch { throw .picture(error) }
            try explainer.submit(frame)
            let explained = try explainer.next()!
            for warning in explainer.takeWarnings() { log.debug("\(warning)") }
            if seen == nil { seen = (explained.top[0], explained.observations[0].prediction) }
            heatmaps += explained.observations.map(\.heatmap)
        }
        return Seen(top: seen!.top, explained: seen!.explained, heatmaps: heatmaps)
    }
}

extension VideoFormat {
    /// Whether a session for pictures of one explains those of the other as well.
    fileprivate func isLike(_ other: VideoFormat) -> Bool {
        (width, height) == (other.width, other.height) && pixelFormat == other.pixelFormat
            && Scaler.Side(self) == Scaler.Side(other) && hdr == nil && other.hdr == nil
            && colour.transfer == other.colour.transfer && colour.primaries == other.colour.primaries
            && colour.chromaLocation == other.colour.chromaLocation
    }
}
