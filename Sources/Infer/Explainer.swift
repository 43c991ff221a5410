import CFFmpeg
import COpenBLAS
import Foundation
import ONNX
package import Pipeline

/// Runs the classifier on pictures and computes where it sees what it sees.
///
/// Several pictures may be in flight: `submit` starts one, `next` waits for the oldest. For use by one thread at a time.
package final class Explainer: @unchecked Sendable {  // safe: one thread uses it at a time
    /// What was found and chosen, a line each, for the log.
    package let notes: [String]
    /// What the model's card calls it, else its file's name.
    package let modelName: String
    /// The classes' names, "class 0" and so on where none are known.
    package let labels: [String]
    /// How many pictures may be submitted before one must be taken.
    package let capacity: Int
    /// What the maps are called in the sidecar.
    package var method: String { type(of: engine.method).name }
    /// The same, as papers write it.
    package var methodTitle: String { type(of: engine.method).title }
    /// What the classifier computes in, such as "bf16".
    package var precision: String { engine.precision }
    /// The tensors that are mapped; none where the method maps the picture itself.
    package var layers: [String] { engine.layers.map(\.tensor) }
    /// Whether maps come with what the method made of them.
    package var keepsRawMaps = false

    private let engine: Engine
    private let preprocess: Preprocess
    private let fusion: LayerFusion
    private var explainedClass: Int?
    private var mapCount: Int
    private var slots: [Slot]
    private var oldest = 0
    private var inFlight = 0
    private var scores: Scores
    private var smoothing: Smoothing
    private var sceneCut = SceneCut()
    /// Raw maps of the frame before, for methods that look at them.
    private var previous: [Question: [Float]] = [:]
    private var isChecked = false

    /// - Parameters:
    ///   - format: of the pictures that will come.
    ///   - mapCount: how many classes get a map: the chosen one, then the most probable ones.
    ///   - monitor: is told of the passes of methods that run the model many times, and stops them.
    package init(
        _ config: InferConfig, format: VideoFormat, mapCount: Int, monitor: PassMonitor = PassMonitor()
    ) throws(InferError) {
        // Its threads would compete with the engine's; our products are far too small to share out.
        openblas_set_num_threads(1)
        let files = try ModelFiles(model: config.model, card: config.card)
        engine = try Engine(files, config, monitor)
        fusion = config.layerFusion
        let classes = engine.classes
        if let labels = files.labels, labels.count != classes {
            throw .labelCountDiffers(labels: labels.count, classes: classes, model: files.path)
        }
        let labels = files.labels ?? (0..<classes).map { "class \($0)" }
        explainedClass = try config.explainedClass.map { wanted throws(InferError) in
            try ClassChoice(labels: labels)(wanted)
        }
        self.labels = labels
        modelName = files.card.name ?? URL(filePath: files.path).lastPathComponent
        self.mapCount = min(mapCount, classes)
        do throws(FFmpegError) {
            preprocess = try Preprocess(format, input: engine.input)
        } catch {
            throw .picture(error)
        }
        capacity = engine.requestsInFlight
        var slots: [Slot] = []
        for _ in 0..<capacity {
            do throws(OpenVINOError) {
                slots.append(try Slot(engine))
            } catch {
                throw .engine(path: files.path, error)
            }
        }
        self.slots = slots
        scores = Scores(classes: classes)
        smoothing = Smoothing(timeConstant: config.smoothing)
        notes = Self.notes(files, engine)
    }

    /// Whose map is drawn, by number, and how steady it is: what may change while pictures flow.
    package struct Tuning: Sendable, Equatable {
        /// nil: the most probable class of each picture.
        package var explainedClass: Int?
        /// Time constant in seconds.
        package var smoothing: Double
        /// How many classes get a map.
        package var mapCount: Int

        package init(explainedClass: Int?, smoothing: Double, mapCount: Int) {
            self.explainedClass = explainedClass
            self.smoothing = smoothing
            self.mapCount = mapCount
        }
    }

    /// Holds from the next picture that is taken with `next()`.
    package var tuning: Tuning {
        get {
            Tuning(explainedClass: explainedClass, smoothing: smoothing.timeConstant, mapCount: mapCount)
        }
        set {
            explainedClass = newValue.explainedClass
            smoothing.timeConstant = newValue.smoothing
            mapCount = min(newValue.mapCount, labels.count)
        }
    }

    /// Forgets earlier pictures, after a gap.
    package func forget() {
        smoothing.reset()
        previous = [:]
    }

    /// Stops a method that runs the model many times: `next` throws `InferError.cancelled` where such a map is wanted,
    /// now and later. May be called from any thread.
    package func cancel() { engine.monitor.cancel() }

    /// Whether a picture must be taken with `next()` before another can be submitted.
    package var isFull: Bool { inFlight == capacity }

    /// Starts one picture's inference.
    package func submit(_ frame: consuming Frame) throws(InferError) {
        precondition(!isFull)
        let slot = slots[(oldest + inFlight) % capacity]
        do throws(FFmpegError) {
            try preprocess.fill(slot.passes.input, from: frame)
        } catch {
            throw .picture(error)
        }
        slot.isCut = sceneCut.isCut(UnsafeRawBufferPointer(slot.passes.input))
        do throws(OpenVINOError) {
            try slot.passes.start()
        } catch {
            throw .engine(path: engine.path, error)
        }
        slot.frame = consume frame
        inFlight += 1
    }

    /// Waits for the oldest submitted picture; nil if there is none.
    package func next() throws(InferError) -> Explained? {
        guard inFlight > 0 else { return nil }
        let slot = slots[oldest]
        oldest = (oldest + 1) % capacity
        inFlight -= 1
        do throws(OpenVINOError) {
            try slot.passes.wait()
        } catch {
            throw .engine(path: engine.path, error)
        }
        let frame = slot.frame.take()!
        if slot.isCut { forget() }
        let top = classify(slot)
        guard scores.areFinite else { throw .scoresNotFinite(model: engine.path, frame: frame.index) }
        if !isChecked { try check(slot, top) }
        var maps: [ClassMap] = []
        let explained = explainedClasses(top)
        slot.passes.explained = Array(explained)
        for classID in explained { maps.append(try map(ofClass: classID, slot.passes, at: frame.seconds)) }
        return Explained(frame: frame, top: top.map(prediction), maps: maps)
    }

    private func classify(_ slot: Slot) -> [Int] {
        switch engine.scores.activation {
        case .sigmoid: scores.setSigmoid(slot.passes.logits)
        case .softmax, .none: scores.setSoftmax(slot.passes.logits)
        }
        return scores.top(5)
    }

    /// The chosen class first, then the most probable ones.
    private func explainedClasses(_ top: [Int]) -> ArraySlice<Int> {
        guard let explainedClass else { return top.prefix(mapCount) }
        return ([explainedClass] + top.filter { $0 != explainedClass }).prefix(mapCount)
    }

    private func prediction(_ classID: Int) -> Prediction {
        Prediction(classID: classID, label: labels[classID], probability: scores.probabilities[classID])
    }

    /// Raw map, smoothed, then what is no evidence set to 0 and the strongest place to 1.
    private func map(ofClass classID: Int, _ passes: Passes, at seconds: Double) throws(InferError) -> ClassMap {
        var map = try rawMap(ofClass: classID, passes)
        let raw = keepsRawMaps ? map.values : nil
        smoothing.smooth(&map.values, ofClass: classID, at: seconds)
        let zero = zero(map.values)
        let full = fullStrength(map.values) - zero
        for cell in map.values.indices {
            map.values[cell] = full > 0 ? min(1, max(0, map.values[cell] - zero) / full) : 0
        }
        let heatmap = Heatmap(
            height: map.height, width: map.width, values: map.values, region: preprocess.geometry.region)
        return ClassMap(prediction: prediction(classID), heatmap: heatmap, raw: raw)
    }

    /// The value that is shown as 0.
    private func zero(_ values: [Float]) -> Float {
        switch type(of: engine.method).zero {
        case .zero: 0
        case .lowest: values.min() ?? 0
        }
    }

    /// The value that is shown as 1.
    private func fullStrength(_ values: [Float]) -> Float {
        let saturated = Int(type(of: engine.method).saturatedShare * Double(values.count))
        return (saturated > 0 ? values.sorted(by: >)[saturated] : values.max()) ?? 0
    }

    private func rawMap(ofClass classID: Int, _ passes: Passes) throws(InferError) -> RawMap {
        let needsPrevious = type(of: engine.method).needs.contains(.previous)
        var maps: [RawMap] = []
        // A method that looks at no layer is asked once.
        for layer in 0..<max(1, engine.layers.count) {
            let question = Question(classID: classID, layer: layer)
            var map = try engine.method.map(
                Subject(classID: classID, layer: layer, passes: passes, previous: previous[question]))
            if needsPrevious { previous[question] = map.values }
            if engine.layers.count > 1, case let zero = zero(map.values), zero != 0 {
                // Only evidence can be fused.
                map.values = map.values.map { $0 - zero }
            }
            maps.append(map)
        }
        return fusion.fused(maps)
    }

    private struct Question: Hashable {
        let classID: Int
        let layer: Int
    }

    private func check(_ slot: Slot, _ top: [Int]) throws(InferError) {
        if let mismatch = engine.head?.mismatch(
            among: top, slot.passes.tensor(of: 0), logits: slot.passes.logits, tolerance: engine.headTolerance)
        {
            throw .headDoesNotAddUp(
                model: engine.path, classID: mismatch.classID, meanPlusBias: mismatch.meanPlusBias,
                logit: mismatch.logit, tolerance: mismatch.tolerance)
        }
        isChecked = true
    }

    private static func notes(_ files: ModelFiles, _ engine: Engine) -> [String] {
        let input = engine.input
        var notes = [
            "model \(files.card.name.map { "\($0), " } ?? "")\(files.path), \(engine.classes) classes, "
                + "computed in \(engine.precision)",
            files.cardSource.map { "model card: \($0)" }
                ?? "no model card: \(URL(filePath: files.path).deletingPathExtension().lastPathComponent).yaml beside the model would be one",
            "input: \(input.width)x\(input.height) \(input.colour.rawValue), \(input.resize.rawValue), "
                + "range \(input.range), mean \(input.mean), std \(input.std)",
        ]
        if !input.defaults.isEmpty {
            notes.append("defaults taken for: \(input.defaults.joined(separator: ", "))")
        }
        notes += engine.notes
        if files.labels == nil { notes.append("no labels: classes are shown by number") }
        return notes
    }
}

/// A picture in flight.
private final class Slot {
    let passes: Passes
    var frame: Frame?
    var isCut = false

    init(_ engine: Engine) throws(OpenVINOError) { passes = try Passes(engine) }
}
