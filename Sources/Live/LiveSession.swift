import Detect
import Infer
import Pipeline
import Synchronization
import Tracking

/// An explainer of live pictures, and what belongs to it alone: its tracker, its labels, its methods. Each frame carries the
/// session that holds when it is captured, so that nothing of two sessions comes together. It is let go with its last frame.
final class LiveSession: Sendable {
    /// What is known of it, for whoever shows or writes its maps.
    struct Facts: Sendable {
        /// Tells it from all others of the process.
        let number: Int
        let choice: SessionChoice
        let names: ClassNames
        /// Those of the model's own classes, where others are taught in their place.
        let ownNames: ClassNames
        /// The classes' names as they are shown.
        var labels: [String] { names.shown }
        /// What makes its maps, at least one.
        let methods: [MapMethod]
        /// What the model's file is called.
        let ownModel: String
        /// What the model is called, with what was taught.
        var model: String {
            names == ownNames ? ownModel : choice.infer.teach.map { "\(ownModel), taught as \($0)" } ?? ownModel
        }
        /// The tensors that are mapped.
        let layers: [String]
        /// Whether the model finds things rather than classes of the whole picture.
        var findsObjects = false
        /// What may be chosen in place of the method; nil: whatever the model turns out to allow.
        var offeredMethods: [MethodName]?
        /// Number of the model's own class that was asked for when it was opened.
        let explainedClass: Int?
    }

    let facts: Facts
    /// Of the classes that were taught when it began to hold; nil: the model's own head.
    let head: TaughtHead?
    let explainer: any FrameExplainer
    /// For the thread that captures; nil: maps stay where they are until the next ones come.
    let tracker: InputTracker?
    /// Where it is taken apart: that frees much memory, and takes time that no stage has.
    private let thread: StageThread?

    private static let count = Atomic(0)

    init(_ explainer: any FrameExplainer, _ choice: SessionChoice, freedBy thread: StageThread? = nil) {
        self.explainer = explainer
        self.thread = thread
        tracker = explainer.makeTracker()
        head = nil
        let names = explainer.names
        facts = Facts(
            number: Self.nextNumber(), choice: choice, names: names, ownNames: names,
            methods: explainer.methods, ownModel: explainer.modelName, layers: explainer.layers,
            findsObjects: explainer.findsObjects, offeredMethods: explainer.offeredMethods,
            explainedClass: explainer.settings.explainedClass)
    }

    /// The same explainer for other classes.
    ///
    /// - Parameter head: nil: the model's own.
    private init(_ other: LiveSession, _ head: TaughtHead?) {
        (explainer, tracker, thread, self.head) = (other.explainer, other.tracker, other.thread, head)
        let facts = other.facts
        self.facts = Facts(
            number: Self.nextNumber(), choice: facts.choice,
            names: head.map { ClassNames(asWritten: $0.labels) } ?? facts.ownNames, ownNames: facts.ownNames,
            methods: facts.methods, ownModel: facts.ownModel, layers: facts.layers, explainedClass: facts.explainedClass
        )
    }

    private static func nextNumber() -> Int { count.add(1, ordering: .relaxed).newValue }

    /// A session of the classes that are taught by now: this one, if they are its own. All that was compiled is shared.
    func taught(_ head: TaughtHead?) -> LiveSession {
        head?.labels == self.head?.labels ? self : LiveSession(self, head)
    }

    /// The head for its pictures: the newest one, as long as it is of its classes.
    func head(newest: TaughtHead?) -> TaughtHead? { newest?.labels == head?.labels ? newest : head }

    deinit {
        thread?.run { [explainer, tracker] in withExtendedLifetime((explainer, tracker)) {} }
    }

    /// What the sidecar calls its maps.
    var method: String { facts.methods[0].name }
}

/// What the live pipeline needs of an `Explainer`; tests put another in its place.
protocol FrameExplainer: AnyObject, Sendable {
    var settings: MapSettings { get set }
    /// Which boxes of a detector count; others have none.
    var detect: DetectConfig { get set }
    var names: ClassNames { get }
    var methods: [MapMethod] { get }
    var modelName: String { get }
    var layers: [String] { get }
    /// Whether it finds things, each with its box.
    var findsObjects: Bool { get }
    /// What may be chosen in place of its method; nil: whatever the model turns out to allow.
    var offeredMethods: [MethodName]? { get }
    /// Forward passes until now.
    var inferences: Int { get }
    /// - Parameter input: what the tracker made of the frame, if there is one.
    func submit(_ frame: consuming Frame, _ input: TrackedInput?) throws(InferError)
    /// Has a taught head answer in the place of the model's own, from the next picture on.
    func teach(_ head: TaughtHead?) throws(InferError)
    /// The one that answers; nil: the model's own.
    var taught: TaughtHead? { get }
    /// What a teacher is given of the picture that was taken last.
    var pictureForTeacher: TaughtPicture? { get }
    func next() throws(InferError) -> Explained?
    func forget()
    /// What was wrong with maps since the last call.
    func takeWarnings() -> [String]
    /// nil: maps stay where they are until the next ones come.
    func makeTracker() -> InputTracker?
    /// Makes `next` end soon, by `InferError.cancelled`. Called from another thread.
    func cancel()
}

extension FrameExplainer {
    var offeredMethods: [MethodName]? { nil }
}

extension Explainer: FrameExplainer {}
extension DetectorExplainer: FrameExplainer {}
extension TwoStageExplainer: FrameExplainer {}
