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
    package var versus: Int? { nil }
    package var precision: String { detector.model.precision }
    package private(set) var inferences = 0
    package let labelChurn = LabelChurn()
    package var settings: MapSettings { didSet { maps.settings = settings } }
    package var detect: DetectConfig { didSet { objects.follow(detect) } }
    package var keepsRawMaps = false
    package var findsBoxes = false

    private let path: String
    private let detector: ReadyDetector
    private let preprocess: Preprocess
    private var maps: BoxMapFilter
    private var objects: FollowedObjects
    private var slots: [DetectorSlot] = []
    private var oldest = 0
    private var inFlight = 0
    private let tracker: PictureTracker
    private var isTrackedElsewhere = false
    /// nil: maps do not follow the picture.
    private var route: MotionRoute?
    private var pace: InferencePace
    private var changes: ChangePace?
    /// Presentation time of the picture that was submitted last.
    private var lastSubmitted: (seconds: Double, scene: Int)?
    /// What was found in the picture that was looked at last.
    private var seen: SeenObjects?
    private var warnings: [String] = []

    /// - Parameters:
    ///   - read: a detector.
    ///   - format: of the pictures that will come.
    init(_ read: ReadModel, _ config: InferConfig, format: VideoFormat, shared: SharedModels) throws(InferError) {
        try Self.check(config, model: read.files.path)
        detector = try ReadyDetector(read, config, shared: shared)
        path = read.files.path
        (names, notes, modelName) = (detector.names, detector.notes, detector.name)
        let window = try config.region.map { region throws(InferError) in try region.box(in: format) }
        do throws(FFmpegError) {
            preprocess = try Preprocess(format, input: detector.input, window: window)
        } catch {
            throw .picture(error)
        }
        for _ in 0..<detector.model.requestsInFlight + 1 {
            slots.append(DetectorSlot(try DetectorPasses(detector.model)))
        }
        tracker = PictureTracker(config.motion == .auto ? MotionTrail(detector.input, preprocess.geometry) : nil)
        route = tracker.trail?.makeRoute()
        pace = InferencePace(every: config.camEvery.frames ?? 1, rate: config.inferenceRate)
        changes = config.camEvery == .auto ? ChangePace(detector.input) : nil
        let only = try config.classes(names).explained
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
    package func takeWarnings() -> [String] {
        defer { warnings = [] }
        return warnings
    }
    // Its passes are few: none is given up.
    package func cancel() {}

    package var isFull: Bool { inFlight == slots.count }

    package func forget() {
        forgetObjects()
        if !isTrackedElsewhere { tracker.forget() }
        forgetPace()
    }

    private func forgetPace() {
        pace.forget()
        changes?.forget()
    }

    private func forgetObjects() {
        maps.forget()
        objects.forget()
        seen = nil
    }

    package func makeTracker() -> InputTracker? {
        let made = InputTracker(preprocess, detector.input, tracker)
        isTrackedElsewhere = made != nil
        return made
    }

    package func tryOut() throws(InferError) {
        precondition(inFlight == 0 && seen == nil)
        for slot in slots {
            slot.passes.input.initializeMemory(as: UInt8.self, repeating: 128)
            try slot.passes.start()
        }
        for slot in slots {
            try slot.passes.wait()
            _ = try detections(slot)
        }
    }

    package func submit(_ frame: consuming Frame, _ input: TrackedInput?) throws(InferError) {
        precondition(!isFull && isTrackedElsewhere == (input != nil))
        let slot = slots[(oldest + inFlight) % slots.count]
        let mark: PictureMark
        if let input {
            input.copy(to: slot.passes.input)
            mark = input.mark
        } else {
            do throws(FFmpegError) {
                try preprocess.fill(slot.passes.input, from: frame)
            } catch {
                throw .picture(error)
            }
            let isSearched = settings.isSmoothed || pace.leavesOut || changes != nil
            mark = tracker.note(UnsafeRawBufferPointer(slot.passes.input), part: frame.part, isSearched: isSearched)
        }
        slot.number = mark.number
        slot.startsAnew = startsAnew(frame.seconds, scene: mark.scene)
        if slot.startsAnew { forgetPace() }
        let isOfInterest =
            changes?.takes(UnsafeRawBufferPointer(slot.passes.input), at: frame.seconds, isInDoubt: false) ?? true
        slot.isFollowing = !(isOfInterest && pace.takes(frame.seconds))
        if !slot.isFollowing { try start(slot) }
        slot.frame = consume frame
        inFlight += 1
    }

    private func start(_ slot: DetectorSlot) throws(InferError) {
        inferences += 1
        try slot.passes.start()
    }

    /// Whether a picture comes too long after the one before, is older or of another scene, and notes its time.
    private func startsAnew(_ seconds: Double, scene: Int) -> Bool {
        defer { lastSubmitted = (seconds, scene) }
        return lastSubmitted.map {
            scene != $0.scene || !(0...settings.longestGap).contains(seconds - $0.seconds)
        } ?? false
    }

    package func next() throws(InferError) -> Explained? {
        guard inFlight > 0 else { return nil }
        let slot = slots[oldest]
        oldest = (oldest + 1) % slots.count
        inFlight -= 1
        let frame = slot.frame.take()!
        let motion = motion(to: slot.number)
        if slot.isFollowing, let seen {
            let observations = seen.observations.moved(by: motion?.field)
            let age = max(0, frame.seconds - seen.seconds)
            return explained(frame, observations, age: age, isHeld: changes != nil, slot)
        }
        // What it was to follow has been forgotten since.
        if slot.isFollowing { try start(slot) }
        try slot.passes.wait()
        if slot.startsAnew { forgetObjects() }
        let found = objects.update(try detections(slot), at: frame.seconds)
        let observations = try observations(of: found, slot, at: frame.seconds, after: motion)
        seen = SeenObjects(number: slot.number, seconds: frame.seconds, observations: observations)
        return explained(frame, observations, age: 0, isHeld: false, slot)
    }

    /// How the picture moved since the one that was looked at last; nil: not known.
    private func motion(to number: Int?) -> PictureMotion? {
        guard let seen, let first = seen.number, let number, route?.find(from: first, to: number) == true
        else { return nil }
        return route.map { PictureMotion(field: $0.field, since: seen.seconds) }
    }

    /// The boxes, in pixels of the picture.
    private func detections(_ slot: DetectorSlot) throws(InferError) -> [Detection] {
        let only = settings.explainedClass.map { Set([$0]) }
        let region = preprocess.geometry.region
        let scale = (
            x: region.width / Double(detector.input.width), y: region.height / Double(detector.input.height)
        )
        return try detector.detections(slot.passes, detect.rule(classes: only)).map { found in
            var found = found
            found.box = Region(
                x: region.x + found.box.x * scale.x, y: region.y + found.box.y * scale.y,
                width: found.box.width * scale.x, height: found.box.height * scale.y)
            return found
        }
    }

    private func observations(
        of found: [FollowedObjects.Object], _ slot: DetectorSlot, at seconds: Double, after motion: PictureMotion?
    ) throws(InferError) -> [Observation] {
        // Where nobody looks at maps, none is computed.
        let isMapped = detector.model.mapsBoxes && detect.heat != .dwell
        let raw =
            isMapped ? try slot.passes.maps(of: found.map { $0.detection.element ?? -1 }) : []
        let region = preprocess.geometry.region
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
        _ frame: consuming Frame, _ observations: [Observation], age: Double, isHeld: Bool, _ slot: DetectorSlot
    ) -> Explained {
        let heat = objects.heat(of: observations, at: frame.seconds, hasMaps: detector.model.mapsBoxes)
        return Explained(
            frame: frame, top: observations.bestOfClasses(5), observations: observations, mapAge: age, isHeld: isHeld,
            isRecognised: true, beginsAnew: slot.startsAnew, reading: .objects, heat: heat,
            events: slot.isFollowing ? [] : objects.takeEvents(names))
    }
}

/// What was found in a picture.
private struct SeenObjects {
    /// On the trail of motion; nil: it is not on it.
    let number: Int?
    let seconds: Double
    let observations: [Observation]
}

/// A picture in flight.
private final class DetectorSlot {
    let passes: DetectorPasses
    var frame: Frame?
    /// After a cut or a gap.
    var startsAnew = false
    /// Whether it takes the maps of the picture before, and no inference was started.
    var isFollowing = false
    /// On the trail of motion; nil: it is not on it.
    var number: Int?

    init(_ passes: DetectorPasses) { self.passes = passes }
}
