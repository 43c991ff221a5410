import CFFmpeg
import Capture
import Detect
import Dispatch
import Infer
import Overlay
import Pipeline
import Synchronization
import Tracking

@testable import Live

/// A source of grey pictures that come when the test lets them.
final class ScriptedSource: FrameSource, @unchecked Sendable {  // safe: the capture thread alone reads it
    let format = VideoFormat(
        width: 64, height: 48, pixelFormat: AV_PIX_FMT_YUV420P, colour: ColourTags(),
        timeBase: AVRational(num: 1, den: 1000), frameRate: AVRational(num: 25, den: 1))
    let name = "script"
    let codecName = "script"
    let frameCountEstimate: Int? = nil
    let auxiliaryStreams: [AuxiliaryStream] = []
    let packets = PacketQueue()
    let livePackets: LivePackets?
    let metadata: [String: String] = [:]
    let videoMetadata: [String: String] = [:]
    private(set) var framesRead = 0
    let corruptPackets = 0
    let isLive = true
    /// Frames that never came out, by reason.
    let lost = Mutex<[String: Int]>([:])
    var drops: [String: Int] { lost.withLock { $0 } }

    private let pool: FramePool
    private let allowed = DispatchSemaphore(value: 0)
    private let left = Mutex(0)

    init(_ livePackets: LivePackets? = nil) throws {
        pool = try FramePool(format)
        self.livePackets = livePackets
    }

    func takeWarnings() -> [CaptureWarning] { [] }

    /// Lets so many pictures come, one after the other.
    func give(_ count: Int) {
        left.withLock { $0 += count }
        for _ in 0..<count { allowed.signal() }
    }

    /// After the pictures that were given no more come.
    func end() { allowed.signal() }

    func next() throws(CaptureError) -> Frame? {
        allowed.wait()
        let isOver = left.withLock { left in
            left -= 1
            return left < 0
        }
        if isOver { return nil }
        defer { framesRead += 1 }
        do {
            return try pool.frame(
                index: framesRead, pts: Int64(framesRead) * 40, duration: 40, timeBase: format.timeBase, captured: .now)
        } catch {
            throw .outOfMemory
        }
    }
}

/// A classifier that sees in frame 7 the class "frame 7", as soon as the test lets it.
final class ScriptedExplainer: FrameExplainer, @unchecked Sendable {  // safe: the inference thread alone uses it
    var settings = MapSettings(smoothing: 0)
    var detect = DetectConfig()
    let names: ClassNames
    let methods: [MapMethod]
    let modelName: String
    let layers: [String] = []
    let findsObjects: Bool
    let offeredMethods: [MethodName]?
    /// What stands before the frame's number in its label.
    private let word: String
    private(set) var inferences = 0
    let cancels = Atomic(0)
    /// Whether its scores are no numbers.
    private let fails: Bool
    /// Frames of which its scores are no numbers.
    let failing = Mutex<Set<Int>>([])
    /// What happens to things, by the number of the inference that sees it, from 1.
    let happenings = Mutex<[Int: [ObjectEvent]]>([:])
    private var held: Frame?
    private let allowed = DispatchSemaphore(value: 0)
    let forgets = Atomic(0)
    let submitted = Mutex<[Int]>([])

    init(
        labels: [String] = ["cat", "dog"], methods: [String] = ["cam"], model: String = "script",
        word: String = "frame", findsObjects: Bool = false,
        fails: Bool = false, offering offeredMethods: [MethodName]? = nil
    ) {
        self.findsObjects = findsObjects
        (names, modelName, self.word, self.fails) = (ClassNames(labels), model, word, fails)
        self.offeredMethods = offeredMethods
        self.methods = methods.map { MapMethod(name: $0, title: $0.uppercased()) }
    }

    /// Lets so many frames be finished.
    func allow(_ count: Int) { for _ in 0..<count { allowed.signal() } }

    func submit(_ frame: consuming Frame, _ input: TrackedInput?) throws(InferError) {
        submitted.withLock { $0.append(frame.index) }
        inferences += 1
        held = consume frame
    }

    func next() throws(InferError) -> Explained? {
        allowed.wait()
        guard let frame = held.take() else { return nil }
        if fails || failing.withLock({ $0.contains(frame.index) }) {
            throw .scoresNotFinite(model: modelName, frame: frame.index)
        }
        let prediction = Prediction(classID: frame.index, label: "\(word) \(frame.index)", probability: 0.5)
        let events = happenings.withLock { $0[inferences] } ?? []
        return Explained(frame: frame, top: [prediction], observations: [], events: events)
    }

    private(set) var taught: TaughtHead?
    func teach(_ head: TaughtHead?) { taught = head }
    var pictureForTeacher: TaughtPicture?

    func takeWarnings() -> [String] { [] }
    func forget() { forgets.add(1, ordering: .relaxed) }

    func makeTracker() -> InputTracker? { nil }

    func cancel() { cancels.add(1, ordering: .relaxed) }
}

extension LiveSession {
    /// A scripted one of what some values ask for.
    convenience init(scripted explainer: ScriptedExplainer = ScriptedExplainer(), _ values: LiveSettings.Values) {
        self.init(explainer, SessionChoice(values))
    }
}

extension LiveSettings.Values {
    init(overlay: OverlayConfig, maps: MapSettings, isRecording: Bool) {
        var infer = InferConfig()
        (infer.filter, infer.smoothing) = (maps.filter, maps.smoothing)
        self.init(
            overlay: overlay, infer: infer, explainedClass: maps.explainedClass, scale: maps.scale,
            isRecording: isRecording)
    }
}
