package import Detect
import Engine
package import Pipeline
package import Tracking

/// Runs a detector on pictures, follows what it finds, and computes where it sees each of them.
package final class DetectorExplainer: PictureExplainer, @unchecked Sendable {  // safe: one thread uses it at a time
    package let notes: [String]
    package let modelName: String
    package let names: ClassNames
    package let methods: [MapMethod]
    package let layersOfMethods: [[String]]
    package let findsObjects = true
    package var offeredMethods: [MethodName]? { MethodName.ofBoxes }
    package var versus: Int? { nil }
    /// Whether its boxes have maps: those of a model that chooses them by loops have none.
    package var mapsBoxes: Bool { detector.model.mapsBoxes }
    package var precision: String { detector.model.precision }
    package private(set) var inferences = 0
    package let labelChurn = LabelChurn()
    package var settings: MapSettings { didSet { maps.settings = settings } }
    package var detect: DetectConfig { didSet { objects.follow(detect) } }
    package var keepsRawMaps = false
    package var findsBoxes = false

    let path: String
    private let detector: ReadyDetector
    private var intake: PictureIntake
    private var queue: PictureQueue<DetectorPasses>
    private var maps: BoxMapFilter
    private var objects: FollowedObjects
    /// Classes whose boxes count where none is chosen; nil: all.
    private let named: Set<Int>?
    /// What was found in the picture that was looked at last.
    private var seen: SeenObjects?
    /// Whether that is the one that was taken last.
    private(set) var looksAnew = false
    private var leftOut = LeftOutBoxes()

    /// The part of the pictures that is looked at; with borders it is more than the picture.
    var region: Region { intake.region }

    /// - Parameters:
    ///   - read: a detector.
    ///   - format: of the pictures that will come.
    ///   - use: what its boxes are for.
    init(
        _ read: ReadModel, _ config: InferConfig, for use: ReadyDetector.Use = .explained, format: VideoFormat,
        shared: SharedModels
    ) throws(InferError) {
        try Self.check(config, model: read.files.path)
        detector = try ReadyDetector(read, config, for: use, shared: shared)
        path = read.files.path
        (names, notes, modelName) = (detector.names, detector.notes, detector.name)
        intake = try PictureIntake(config, format: format, input: detector.input)
        // One more than the engine works on at once: maps are made meanwhile.
        var passes: [DetectorPasses] = []
        for _ in 0...detector.model.requestsInFlight { passes.append(try DetectorPasses(detector.model)) }
        queue = PictureQueue(passes)
        let classes = try config.namedClasses(names)
        named = classes.count > 1 ? classes : nil
        let only = classes.count == 1 ? classes.first : nil
        // Each box has the scale of its own map, and is drawn as strong as its score says.
        settings = MapSettings(
            explainedClass: only, filter: config.filter, smoothing: config.smoothing, scale: .frame, mapCount: 1)
        detect = config.detect
        methods = [detector.model.method]
        layersOfMethods = [detector.model.levels]
        maps = BoxMapFilter(settings, classes: names.shown.count)
        objects = FollowedObjects(config.detect, width: format.width, height: format.height)
    }

    private static func check(_ config: InferConfig, model: String) throws(InferError) {
        if config.comparesMethods { throw .isDetector(model: model, asked: "--layout compare") }
        if config.versus != nil { throw .isDetector(model: model, asked: "--versus") }
        if config.teach != nil { throw .isDetector(model: model, asked: "--teach") }
        if !config.layers.isEmpty { throw .isDetector(model: model, asked: "--layer") }
    }

    package func modelChecksum() throws(InferError) -> String { try Backbone.checksum(path) }
    package var taught: TaughtHead? { nil }
    package var pictureForTeacher: TaughtPicture? { nil }
    package func teach(_ head: TaughtHead?) throws(InferError) {
        if head != nil { throw .isDetector(model: path, asked: "--teach") }
    }
    // What is wrong with boxes is an error, but for those that are too many.
    package func takeWarnings() -> [String] { leftOut.takeWarning().map { [$0] } ?? [] }
    // Its passes are few: none is given up.
    package func cancel() {}

    package var isFull: Bool { queue.isFull }

    package func forget() {
        forgetObjects()
        intake.forget()
    }

    private func forgetObjects() {
        maps.forget()
        objects.forget()
        seen = nil
    }

    package func makeTracker() -> InputTracker? { intake.makeTracker() }

    package func tryOut() throws(InferError) {
        precondition(queue.isEmpty && seen == nil)
        for passes in queue.passes {
            passes.input.initializeMemory(as: UInt8.self, repeating: 128)
            try passes.start()
        }
        for passes in queue.passes {
            try passes.wait()
            _ = try detections(passes)
        }
    }

    package func submit(_ frame: consuming Frame, _ input: TrackedInput?) throws(InferError) {
        let passes = queue.free.passes
        let arrival = try intake.take(frame, input, into: passes.input, settings)
        if arrival.isLookedAt { try start(passes) }
        queue.enter(frame, arrival)
    }

    private func start(_ passes: DetectorPasses) throws(InferError) {
        inferences += 1
        try passes.start()
    }

    package func next() throws(InferError) -> Explained? {
        guard let slot = queue.leave() else { return nil }
        let (passes, arrival) = (slot.passes, slot.arrival)
        let frame = slot.frame.take()!
        looksAnew = false
        if !arrival.isLookedAt {
            if let seen {
                let observations = seen.observations.moved(by: motion(to: arrival.number)?.field)
                let age = max(0, frame.seconds - seen.seconds)
                return explained(frame, observations, age: age, arrival)
            }
            // What it was to follow has been forgotten since.
            try start(passes)
        }
        try passes.wait()
        if arrival.startsAnew { forgetObjects() }
        let found = objects.update(try detections(passes), at: frame.seconds)
        let observations = try observations(of: found, passes, at: frame.seconds, after: motion(to: arrival.number))
        seen = SeenObjects(number: arrival.number, seconds: frame.seconds, observations: observations)
        looksAnew = true
        return explained(frame, observations, age: 0, arrival)
    }

    /// How the picture moved since the one that was looked at last; nil: not known.
    private func motion(to number: Int?) -> PictureMotion? {
        guard let seen, let field = intake.field(from: seen.number, to: number) else { return nil }
        return PictureMotion(field: field, since: seen.seconds)
    }

    /// The boxes, in pixels of the picture.
    private func detections(_ passes: DetectorPasses) throws(InferError) -> [Detection] {
        let only = settings.explainedClass.map { Set([$0]) } ?? named
        let region = intake.region
        let scale = (
            x: region.width / Double(detector.input.width), y: region.height / Double(detector.input.height)
        )
        // One more than count, to tell whether that is all.
        var rule = detect.rule(classes: only)
        rule.maxBoxes += 1
        let found = try detector.detections(passes, rule)
        leftOut.note(found, detect)
        return found.prefix(detect.maxBoxes).map { found in
            var found = found
            found.box = Region(
                x: region.x + found.box.x * scale.x, y: region.y + found.box.y * scale.y,
                width: found.box.width * scale.x, height: found.box.height * scale.y)
            return found
        }
    }

    private func observations(
        of found: [FollowedObjects.Object], _ passes: DetectorPasses, at seconds: Double, after motion: PictureMotion?
    ) throws(InferError) -> [Observation] {
        // Where nobody looks at maps, none is computed.
        let isMapped = detector.model.mapsBoxes && (detect.heat != .dwell || keepsRawMaps)
        let raw =
            isMapped ? try passes.maps(of: found.map { $0.detection.element ?? -1 }) : []
        let region = intake.region
        return found.enumerated().map { index, object in
            let prediction = Prediction(
                classID: object.detection.classID, label: names.shown[object.detection.classID],
                probability: object.detection.score)
            let target = ExplanationTarget.score(object.detection.element ?? object.detection.classID)
            guard isMapped else {
                return Observation(
                    target: target, prediction: prediction,
                    heatmap: Heatmap(height: 1, width: 1, values: [0], region: region), box: object.box,
                    track: object.track)
            }
            var map = raw[index]
            let kept = keepsRawMaps ? map.values : nil
            let scales = maps.heat(&map, of: object.track, at: seconds, after: motion)
            let heatmap = Heatmap(height: map.height, width: map.width, values: map.values, region: region)
            var observation = Observation(
                target: target, prediction: prediction, heatmap: heatmap, raw: kept, scales: scales,
                method: methods[0], box: object.box, track: object.track)
            observation.energyInBox = BoxHeat.energyInBox(heatmap, Region(object.box))
            return observation
        }
    }

    private func explained(
        _ frame: consuming Frame, _ observations: [Observation], age: Double,
        _ arrival: PictureIntake.Arrival
    ) -> Explained {
        let heat = objects.heat(of: observations, at: frame.seconds, hasMaps: detector.model.mapsBoxes)
        return Explained(
            frame: frame, top: observations.bestOfClasses(5), observations: observations, mapAge: age,
            isHeld: age > 0 && intake.awaitsChanges,
            isRecognised: !observations.isEmpty, beginsAnew: arrival.startsAnew, reading: .objects, heat: heat,
            events: arrival.isLookedAt ? objects.takeEvents(names) : [])
    }
}

/// What was found in a picture.
private struct SeenObjects {
    /// On the trail of motion; nil: it is not on it.
    let number: Int?
    let seconds: Double
    let observations: [Observation]
}
