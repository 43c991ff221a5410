import Detect
import ONNX
import Pipeline
import Tracking

/// What a classifier says of the things that a detector found, from picture to picture.
struct NamedThings {
    var settings: MapSettings { didSet { maps.settings = settings } }
    /// Whether maps come with what the method made of them.
    var keepsRawMaps = false
    /// Whether maps are drawn.
    var makesMaps = true
    private var isMapped: Bool { makesMaps || keepsRawMaps }
    /// Of the classifier.
    let method: MapMethod
    let layers: [String]
    /// The class that others are told apart from; nil: none.
    let versus: Int?
    /// Of all things, each by itself.
    var churn: LabelChurn { things.values.reduce(pastChurn) { $0 + $1.classes.churn } }

    private let classifier: CompiledClassifier
    private let classes: ExplainedClasses
    private let onLayers: MethodOnLayers
    private let fusion: LayerFusion
    private var maps: BoxMapFilter
    private var troubles: MapTroubles
    /// By their numbers.
    private var things: [Int: ClassifiedThing] = [:]
    /// Of things that are gone.
    private var pastChurn = LabelChurn()
    private var events: [ObjectEvent] = []
    private var isChecked = false

    /// - Parameter config: of the classifier.
    init(_ ready: ReadyClassifier, _ config: InferConfig) throws(InferError) {
        let named = try config.classes(ready.names)
        classifier = ready.compiled
        versus = named.versus
        classes = ExplainedClasses(KnownClasses(ready), versus: named.versus, floor: Float(config.labelFloor))
        let onLayers = classifier.methods[0]
        let (classifier, kind) = (classifier, type(of: onLayers.method))
        (self.onLayers, fusion) = (onLayers, config.layerFusion)
        method = MapMethod(name: kind.name, title: kind.title)
        layers = onLayers.layers.map { classifier.layers[$0].tensor }
        // Each thing has the scale of its own map, and is drawn as strong as its probability says.
        settings = MapSettings(
            explainedClass: named.explained, filter: config.filter, smoothing: config.smoothing, scale: .frame,
            mapCount: 1)
        maps = BoxMapFilter(settings, kind.traits, classes: ready.names.shown.count)
        troubles = MapTroubles(classifier.warnings + (named.versus == nil ? [] : [onLayers].sameForAllClasses))
    }

    mutating func takeWarnings() -> [String] { troubles.takeWarnings() }

    /// Finds out whether maps can be made of what the classifier saw, and keeps nothing of it.
    mutating func tryOut(_ passes: Passes) throws(InferError) {
        var thing = ClassifiedThing(classes, LayerMaps(onLayers, fusion))
        let (_, target) = try read(passes, &thing, frame: 0, at: 0)
        _ = try thing.maps.map(of: target, passes)
    }

    /// - Parameters:
    ///   - found: by the detector.
    ///   - passes: what the classifier saw of the thing.
    ///   - region: of the picture, that the classifier's whole input showed.
    mutating func observation(
        of found: Observation, _ passes: Passes, _ region: Region, frame: Int, at seconds: Double
    ) throws(InferError) -> Observation {
        var thing =
            found.track.flatMap { things.removeValue(forKey: $0) }
            ?? ClassifiedThing(classes, LayerMaps(onLayers, fusion))
        let (classID, target) = try read(passes, &thing, frame: frame, at: seconds)
        var heatmap = Heatmap(height: 1, width: 1, values: [0], region: region)
        var (raw, scales): ([Float]?, MapScales?)
        if isMapped {
            var map = try thing.maps.map(of: target, passes)
            troubles.check(
                &map, by: onLayers.method, layers: layers, label: thing.classes.prediction(classID).label)
            raw = keepsRawMaps ? map.values : nil
            scales = maps.heat(
                &map, of: found.track, isCold: thing.classes.isCold(classID, ofOne), at: seconds, after: nil)
            heatmap = Heatmap(height: map.height, width: map.width, values: map.values, region: region)
        }
        var observation = Observation(
            target: target, score: target.value(of: passes.logits), prediction: thing.prediction(classID, ofOne),
            heatmap: heatmap, raw: raw, scales: scales, method: method,
            versus: target.isContrast ? versus.map(thing.classes.prediction) : nil, box: found.box, track: found.track)
        observation.found = found.prediction
        observation.isRecognised = thing.classes.isRecognised(classID, ofOne)
        if isMapped { observation.energyInBox = found.box.map { BoxHeat.energyInBox(heatmap, Region($0)) } }
        guard let track = found.track else { return observation }
        let label = observation.called.label
        if thing.call(label) { events.append(ObjectEvent(kind: "named", track: track, label: label)) }
        things[track] = thing
        return observation
    }

    /// What happened to things, by the names that they have here, and which of them are called something else now. Those that
    /// have ended are forgotten.
    mutating func takeEvents(_ found: [ObjectEvent]) -> [ObjectEvent] {
        defer { events = [] }
        let named = found.map { event in
            ObjectEvent(kind: event.kind, track: event.track, label: things[event.track]?.label ?? event.label)
        }
        for event in found where event.kind == TrackEvent.Kind.ended.rawValue {
            if let gone = things.removeValue(forKey: event.track) { pastChurn = pastChurn + gone.classes.churn }
        }
        return named + events
    }

    /// What the classifier says of a thing, and what is explained of it.
    private mutating func read(
        _ passes: Passes, _ thing: inout ClassifiedThing, frame: Int, at seconds: Double
    ) throws(InferError) -> (classID: Int, target: ExplanationTarget) {
        guard let said = thing.read(passes.logits, ofOne, at: seconds) else {
            throw .scoresNotFinite(model: classifier.path, frame: frame)
        }
        if !isChecked { try passes.checkHead(among: said.top, tolerance: classifier.headTolerance) }
        isChecked = true
        let target = thing.classes.target(ofClass: said.classID)
        passes.explained = [target]
        return (said.classID, target)
    }

    /// Of each thing one class is shown, whatever the layout.
    private var ofOne: MapSettings {
        var settings = settings
        settings.mapCount = 1
        return settings
    }
}
