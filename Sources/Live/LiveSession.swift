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
        /// The classes' names as they are shown.
        var labels: [String] { names.shown }
        /// What makes its maps, at least one.
        let methods: [MapMethod]
        /// What the model is called.
        let model: String
        /// The tensors that are mapped.
        let layers: [String]
        /// Number of the class that was asked for when it was opened.
        let explainedClass: Int?
    }

    let facts: Facts
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
        facts = Facts(
            number: Self.count.add(1, ordering: .relaxed).newValue, choice: choice, names: explainer.names,
            methods: explainer.methods, model: explainer.modelName, layers: explainer.layers,
            explainedClass: explainer.settings.explainedClass)
    }

    deinit {
        thread?.run { [explainer, tracker] in withExtendedLifetime((explainer, tracker)) {} }
    }

    /// What the sidecar calls its maps.
    var method: String { facts.methods[0].name }
}

/// What the live pipeline needs of an `Explainer`; tests put another in its place.
protocol FrameExplainer: AnyObject, Sendable {
    var settings: MapSettings { get set }
    var names: ClassNames { get }
    var methods: [MapMethod] { get }
    var modelName: String { get }
    var layers: [String] { get }
    /// Forward passes until now.
    var inferences: Int { get }
    /// - Parameter input: what the tracker made of the frame, if there is one.
    func submit(_ frame: consuming Frame, _ input: TrackedInput?) throws(InferError)
    func next() throws(InferError) -> Explained?
    func forget()
    /// What was wrong with maps since the last call.
    func takeWarnings() -> [String]
    /// nil: maps stay where they are until the next ones come.
    func makeTracker() -> InputTracker?
    /// Makes `next` end soon, by `InferError.cancelled`. Called from another thread.
    func cancel()
}

extension Explainer: FrameExplainer {}
