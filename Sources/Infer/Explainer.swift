import CFFmpeg
package import Detect
import Engine
import ONNX
package import Pipeline
package import Tracking

/// Runs the classifier on pictures and computes where it sees what it sees.
///
/// Several pictures may be in flight: `submit` starts one, `next` waits for the oldest. For use by one thread at a time.
package final class Explainer: @unchecked Sendable {  // safe: one thread uses it at a time
    /// What was found and chosen, a line each, for the log.
    package let notes: [String]
    /// What the model's card calls it, else its file's name.
    package let modelName: String
    /// The classes' names, "class 0" and so on where none are known.
    package var names: ClassNames { classes.names }
    /// SHA-256 of the model's file, in hexadecimal digits; reads it.
    package func modelChecksum() throws(InferError) -> String { try Backbone.checksum(classifier.path) }
    /// How many pictures may be submitted before one must be taken.
    package var capacity: Int { queue.capacity }
    /// What makes the maps, at least one; each makes a map of each class.
    package var methods: [MapMethod] { methodMaps.map(\.title) }
    package let findsObjects = false
    /// What may be chosen in place of the method; nil: whatever the model turns out to allow.
    package var offeredMethods: [MethodName]? { classifier.maps == nil ? nil : [.auto] }
    /// The class that others are told apart from; nil: none.
    package var versus: Int? { classes.versus }
    /// The head that was taught in the place of the model's own; nil: its own.
    package var taught: TaughtHead? { classes.known.taught?.head }
    /// The same, as papers write it.
    package var methodTitle: String { methodMaps[0].title.title }
    /// Of the classifier's input, in pixels.
    package var inputSize: (width: Int, height: Int) { (classifier.input.width, classifier.input.height) }
    /// What the classifier computes in, such as "bf16".
    package var precision: String { classifier.precision }
    /// Those of each method.
    package var layersOfMethods: [[String]] { methodMaps.map(\.layers) }
    /// Forward passes that were started for pictures: one for each that was looked at, however many methods explain it.
    package private(set) var inferences = 0
    /// All passes until now.
    package var passCounts: PassCounts { queue.passes.reduce(PassCounts()) { $0 + $1.counts } }
    /// Whether maps come with what the method made of them.
    package var keepsRawMaps = false
    /// A classifier has no boxes.
    package var detect = DetectConfig()
    /// Whether pictures come with the boxes of the most probable classes, where the model makes a map of each.
    package var findsBoxes = false

    /// What shows nothing of the map that was made last, in a few words; nil: nothing is wrong.
    package var mapTrouble: String? { troubles.last }

    private var troubles: MapTroubles
    private let classifier: CompiledClassifier
    private let runners: ProbeRunners
    private var intake: PictureIntake
    private var queue: PictureQueue<Passes>
    private var methodMaps: [MethodMaps]
    private var classes: ExplainedClasses
    /// Of the model's own head.
    private let ownClasses: KnownClasses
    /// How often the class of the drawn map, and the most probable one, have changed.
    package var labelChurn: LabelChurn { classes.churn }
    private var inferred: LastInference?
    /// Of the picture that was taken last; nil: its maps are those of an earlier one.
    private var lookedAt: (passes: Passes, seconds: Double)?
    /// What was found in the picture that was explained last.
    private var seen: SeenPicture?
    private var isChecked = false
    private let algebra: LinearAlgebra

    /// - Parameters:
    ///   - format: of the pictures that will come.
    ///   - mapCount: how many classes get a map: the chosen one, then the most probable ones.
    ///   - shared: what other explainers of the same model have read and compiled.
    ///   - monitor: is told of the passes of methods that run the model many times, and stops them.
    package init(
        _ config: InferConfig, format: VideoFormat, mapCount: Int, monitor: PassMonitor = PassMonitor(),
        shared: SharedModels? = nil
    ) throws(InferError) {
        do throws(LackOfResources) { algebra = try LinearAlgebra() } catch { throw .engine(.lack(error)) }
        if let detector = config.detector { throw .isDetector(model: detector, asked: "this command") }
        let ready: ReadyClassifier
        if let shared { ready = try shared.ready(config) } else { ready = try ReadyClassifier(config, shared: nil) }
        (modelName, notes) = (ready.name, ready.notes)
        let classifier = ready.compiled
        self.classifier = classifier
        runners = try ProbeRunners(classifier.probed, monitor)
        let named = try config.classes(ready.names)
        if config.teach != nil { try Self.checkTeaching(classifier) }
        ownClasses = KnownClasses(ready)
        classes = ExplainedClasses(ownClasses, versus: named.versus, floor: Float(config.labelFloor))
        intake = try PictureIntake(config, format: format, input: classifier.input)
        // Where a map takes a backward pass, one more than the engine works on at once: it need not wait meanwhile.
        let capacity = classifier.requestsInFlight + (classifier.gradients.isEmpty ? 0 : 1)
        var passes: [Passes] = []
        for _ in 0..<capacity {
            do throws(OpenVINOError) {
                passes.append(try Passes(classifier, runners))
            } catch {
                throw .engine(path: classifier.path, error)
            }
        }
        queue = PictureQueue(passes)
        settings = MapSettings(
            explainedClass: named.explained, filter: config.filter, smoothing: config.smoothing,
            scale: config.scale ?? (classifier.maps?.scale == nil ? config.usualScale : .running), mapCount: mapCount)
        let held = classifier.held(settings)
        methodMaps = classifier.methods.map { MethodMaps($0, classifier, config.layerFusion, held) }
        troubles = MapTroubles(
            classifier.warnings + (named.versus == nil ? [] : classifier.methods.sameForAllClasses))
    }

    /// Hold from the next picture that is taken with `next()`.
    package var settings: MapSettings {
        didSet {
            let held = classifier.held(settings)
            for index in methodMaps.indices { methodMaps[index].steady.settings = held }
        }
    }

    /// Puts a taught head in the place of the model's own, or the other way round, from the next picture that is taken with
    /// `next()` on. Classes that both have, by their names, go on with their filters, probabilities and scales, where both are
    /// taught heads; else nothing of before holds.
    ///
    /// - Parameter head: nil: the model's own.
    /// - Throws: `.cannotBeTaught`, `.taughtHeadDiffers`; then all stays as it was.
    package func teach(_ head: TaughtHead?) throws(InferError) {
        guard head != taught else { return }
        var new = ownClasses
        if let head {
            let own = try Self.checkTeaching(classifier)
            new = KnownClasses(try TaughtActivation(head, insteadOf: own, model: classifier.path))
        }
        let old = classes.known
        isChecked = false
        guard new.names != old.names else { return classes.know(new) }
        let numbers = new.renumbering(of: old)
        classes.know(new, numbers)
        var settings = settings
        settings.explainedClass = settings.explainedClass.flatMap { chosen in
            if let numbers { return numbers[chosen] }
            return new.names.shown.firstIndex(of: old.names.shown[chosen])
        }
        defer { self.settings = settings }
        guard let numbers else {
            for index in methodMaps.indices { methodMaps[index].explain(classes: new.count, settings) }
            return forgetMaps()
        }
        for index in methodMaps.indices { methodMaps[index].renumber(numbers, settings) }
        seen = seen.flatMap { $0.renumbered(numbers, new.names) }
    }

    /// - Returns: the model's own head.
    @discardableResult
    private static func checkTeaching(_ classifier: CompiledClassifier) throws(InferError) -> ClassActivation {
        guard classifier.methods.count == 1, classifier.methods[0].method is CAM, let own = classifier.head else {
            let methods = classifier.methods.map { type(of: $0.method).title }
            throw .cannotBeTaught(model: classifier.path, method: methods.joined(separator: " and "))
        }
        return own
    }

    /// What a teacher is given of the picture that `next()` gave last, until another is submitted; nil: it was not looked
    /// at, or no head reads its features.
    package var pictureForTeacher: TaughtPicture? {
        guard let (passes, seconds) = lookedAt, let features = passes.features else { return nil }
        return TaughtPicture(features: features, pixels: Array(passes.input), seconds: seconds)
    }

    /// What was wrong with maps since the last call; each kind of trouble is told once.
    package func takeWarnings() -> [String] { troubles.takeWarnings() }

    /// Forgets earlier pictures, after a cut or a gap.
    package func forget() {
        forgetMaps()
        intake.forget()
    }

    private func forgetMaps() {
        inferred = nil
        for index in methodMaps.indices { methodMaps[index].forget() }
        classes.forget()
        seen = nil
    }

    /// Scales and follows the stream's pictures, also those that are not submitted; each that is submitted from now on must
    /// come with what the tracker made of it.
    ///
    /// - Returns: nil where maps stay where they are: pictures are submitted as they are then.
    package func makeTracker() -> InputTracker? { intake.makeTracker() }

    /// Stops a method that runs the model many times: `next` throws `InferError.cancelled` where such a map is wanted,
    /// now and later. May be called from any thread.
    package func cancel() { runners.monitor.cancel() }

    /// Whether a picture must be taken with `next()` before another can be submitted.
    package var isFull: Bool { queue.isFull }

    /// - Parameter input: what `makeTracker`'s tracker made of the picture, if there is one.
    package func submit(_ frame: consuming Frame, _ input: TrackedInput?) throws(InferError) {
        let passes = queue.free.passes
        let arrival = try intake.take(frame, input, into: passes.input, settings, isInDoubt: classes.isInDoubt)
        if arrival.isLookedAt { try start(passes) }
        queue.enter(frame, arrival)
    }

    private func start(_ passes: Passes) throws(InferError) {
        inferences += 1
        do throws(OpenVINOError) {
            try passes.start()
        } catch {
            throw .engine(path: classifier.path, error)
        }
    }

    /// Finds out whether pictures can be explained, and has the engine set up what it sets up with the first one: explains a
    /// grey picture, of which nothing stays. Before the first picture.
    package func tryOut() throws(InferError) {
        precondition(queue.isEmpty && seen == nil)
        let all = queue.passes
        for passes in all {
            passes.input.initializeMemory(as: UInt8.self, repeating: 128)
            try start(passes)
        }
        for (number, passes) in all.enumerated() {
            try wait(for: passes)
            guard let top = classes.read(passes.logits) else {
                throw .scoresNotFinite(model: classifier.path, frame: 0)
            }
            if !isChecked { try check(passes, top) }
            // Methods that ask the model again and again need not do so for each.
            guard number == 0 else { continue }
            let target = classes.target(ofClass: top[0])
            passes.explained = [target]
            for index in methodMaps.indices {
                _ = try methodMaps[index].rawMap(of: target, passes)
                methodMaps[index].forget()
            }
        }
        inferences = 0
    }

    private func wait(for passes: Passes, _ taught: TaughtActivation? = nil) throws(InferError) {
        do throws(OpenVINOError) {
            try passes.wait(taught)
        } catch {
            throw .engine(path: classifier.path, error)
        }
    }

    /// Waits for the oldest submitted picture; nil if there is none.
    package func next() throws(InferError) -> Explained? {
        guard let slot = queue.leave() else { return nil }
        let (passes, arrival) = (slot.passes, slot.arrival)
        let frame = slot.frame.take()!
        lookedAt = nil
        if !arrival.isLookedAt {
            if intake.awaitsChanges {
                if let same = sameAgain(at: frame.seconds, arrival.number) {
                    return explained(same.seen, in: frame, age: same.age, arrival)
                }
            } else if let seen {
                return follow(seen, in: frame, arrival.number)
            }
            // What it was to follow has been forgotten since.
            try start(passes)
        }
        try wait(for: passes, classes.known.taught)
        lookedAt = (passes, frame.seconds)
        if arrival.startsAnew { forgetMaps() }
        let elapsed = seen.map { frame.seconds - $0.seconds } ?? 0
        guard let top = classes.read(passes.logits) else {
            throw .scoresNotFinite(model: classifier.path, frame: frame.index)
        }
        if !isChecked { try check(passes, top) }
        let drawn = classes.choose(among: top, settings, after: elapsed)
        passes.explained = drawn.map(classes.target(ofClass:))
        let motion = motion(to: arrival.number)
        if intake.awaitsChanges {
            inferred = LastInference(number: arrival.number, seconds: frame.seconds, logits: passes.logits)
        }
        var observations: [Observation] = []
        for (classID, target) in zip(drawn, passes.explained) {
            for method in methodMaps.indices {
                observations.append(
                    try observation(of: target, classID, method, passes, at: frame.seconds, after: motion))
            }
        }
        var seen = seen(top, drawn, observations, at: frame.seconds, arrival.number)
        if findsBoxes, classes.known.reading == .share {
            seen.boxes = passes.boxes(of: top, region: intake.region, width: frame.width, height: frame.height)
        }
        return explained(seen, in: frame, age: 0, arrival)
    }

    private func seen(
        _ top: [Int], _ drawn: [Int], _ observations: [Observation], at seconds: Double, _ number: Int?
    ) -> SeenPicture {
        SeenPicture(
            number: number, seconds: seconds, top: top.map(classes.prediction), observations: observations,
            printed: classes.printed(top + drawn, settings),
            isRecognised: classes.isRecognised(drawn.first ?? top[0], settings))
    }

    private func explained(
        _ seen: SeenPicture, in frame: consuming Frame, age: Double, _ arrival: PictureIntake.Arrival
    ) -> Explained {
        self.seen = seen
        return Explained(
            frame: frame, top: seen.top, observations: seen.observations, mapAge: age, isHeld: age > 0,
            printed: seen.printed,
            isRecognised: seen.isRecognised, labelSwitches: labelSwitches, beginsAnew: arrival.startsAnew,
            reading: classes.known.reading, boxes: seen.boxes)
    }

    /// What would be seen in a picture if the classifier said the same of it as of the last one that it looked at, moved as the
    /// picture has moved: filters, scales and the choice of the class go on as if it had.
    ///
    /// - Returns: with the age of what it said; nil where a class is to be drawn of which there is no map.
    private func sameAgain(at seconds: Double, _ number: Int?) -> (seen: SeenPicture, age: Double)? {
        guard let inferred, let before = seen else { return nil }
        var trial = classes
        guard let top = inferred.logits.withUnsafeBufferPointer({ trial.read($0) }) else { return nil }
        let drawn = trial.choose(among: top, settings, after: seconds - before.seconds)
        guard inferred.hasMaps(of: drawn, methods: methodMaps.count) else { return nil }
        classes = trial
        let motion = motion(to: number)
        let field = intake.field(from: inferred.number, to: number)
        var observations: [Observation] = []
        for classID in drawn {
            for method in methodMaps.indices {
                guard let known = inferred.maps[.init(classID: classID, method: method)] else { continue }
                var map = known.map.moved(by: field)
                observations.append(
                    observation(
                        of: &map, classes.target(ofClass: classID), score: known.score, classID, method, at: seconds,
                        after: motion))
            }
        }
        var same = seen(top, drawn, observations, at: seconds, number)
        same.boxes = before.boxes
        return (same, max(0, seconds - inferred.seconds))
    }

    private var labelSwitches: Int? { settings.explainedClass == nil ? labelChurn.shown : nil }

    /// How the picture moved since the one that was explained last; nil: not known.
    private func motion(to number: Int?) -> PictureMotion? {
        guard let seen, let field = intake.field(from: seen.number, to: number) else { return nil }
        return PictureMotion(field: field, since: seen.seconds)
    }

    /// The maps that were made last, where the picture has moved since.
    private func follow(_ seen: SeenPicture, in frame: consuming Frame, _ number: Int?) -> Explained {
        let observations = seen.observations.moved(by: motion(to: number)?.field)
        let age = max(0, frame.seconds - seen.seconds)
        return Explained(
            frame: frame, top: seen.top, observations: observations, mapAge: age, printed: seen.printed,
            isRecognised: seen.isRecognised, labelSwitches: labelSwitches, reading: classes.known.reading,
            boxes: seen.boxes)
    }

    /// A method's map, made steady and scaled to 0...1.
    ///
    /// - Parameters:
    ///   - classID: that the target speaks for.
    ///   - number: the method's.
    private func observation(
        of target: ExplanationTarget, _ classID: Int, _ number: Int, _ passes: Passes, at seconds: Double,
        after motion: PictureMotion?
    ) throws(InferError) -> Observation {
        var map = try methodMaps[number].rawMap(of: target, passes)
        troubles.check(
            &map, by: methodMaps[number].method, layers: methodMaps[number].layers, label: labels[classID])
        let (raw, score) = (keepsRawMaps ? map.values : nil, target.value(of: passes.logits))
        inferred?.keep(map, score: score, ofClass: classID, method: number)
        return observation(of: &map, target, score: score, raw: raw, classID, number, at: seconds, after: motion)
    }

    /// - Parameters:
    ///   - map: as the method made it; made steady and scaled.
    ///   - score: the target's value.
    ///   - raw: what is told of it to whoever keeps raw maps.
    private func observation(
        of map: inout RawMap, _ target: ExplanationTarget, score: Float?, raw: [Float]? = nil, _ classID: Int,
        _ number: Int, at seconds: Double, after motion: PictureMotion?
    ) -> Observation {
        let prediction = classes.prediction(classID)
        let scales = methodMaps[number].steady.heat(
            &map, of: target, probability: prediction.probability, isCold: classes.isCold(classID, settings),
            at: seconds, after: motion)
        var heatmap = Heatmap(
            height: map.height, width: map.width, values: map.values, region: intake.region)
        // Of a map that is a probability, half of it; where a viewer scales it otherwise, that level is elsewhere.
        if classifier.maps?.isBounded == true { heatmap.level = scales.shown.level(of: 0.5) }
        return Observation(
            target: target, score: score, prediction: prediction, heatmap: heatmap, raw: raw,
            scales: scales, method: methodMaps[number].title,
            versus: target.isContrast ? versus.map(classes.prediction) : nil)
    }

    private func check(_ passes: Passes, _ top: [Int]) throws(InferError) {
        try passes.checkHead(
            among: top, tolerance: taught == nil ? classifier.headTolerance : CompiledClassifier.exactTolerance)
        isChecked = true
    }
}

extension [MethodOnLayers] {
    /// Those that do not tell one class from another, a line each.
    var sameForAllClasses: [String] {
        map { type(of: $0.method) }.filter { !$0.isClassDiscriminative }.map {
            "\($0.title) makes the same map for all classes, so --versus changes nothing of it"
        }
    }
}
