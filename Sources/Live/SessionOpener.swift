import Dispatch
import Engine
import Infer
import Logging
import Overlay
import Pipeline

/// Opens a camera's sessions. What was compiled for those that were used last is kept: going back to one takes no time.
final class SessionOpener: Sendable {
    let thread: StageThread
    private let models: SharedModels
    private let log: Logger

    /// - Parameter models: keeps what was compiled.
    init(_ models: SharedModels, _ log: Logger) throws(LackOfResources) {
        thread = try StageThread("switch")
        (self.models, self.log) = (models, log)
    }

    /// - Parameters:
    ///   - format: of the pictures that will come.
    ///   - explainedClass: as settings name it; nil: the most probable one.
    ///   - isTried: whether a picture is explained before, so that what is wrong with it shows, and the first one takes no
    ///     longer than others.
    func open(
        _ choice: SessionChoice, _ format: VideoFormat, mapCount: Int, explaining explainedClass: String? = nil,
        isTried: Bool
    ) throws -> LiveSession {
        for method in choice.infer.methodsInUse { try method.checkForLiveInput() }
        if isTried { try EngineNeeds.check(model: choice.infer.model ?? "") }
        var infer = choice.infer
        infer.explainedClass = explainedClass ?? infer.explainedClass
        let explainer = try open(infer, format, mapCount)
        if isTried {
            try explainer.tryOut()
            for note in explainer.notes { log.debug("\(note)") }
        } else {
            for note in explainer.notes { log.info("\(note)") }
        }
        return LiveSession(explainer, choice, freedBy: thread)
    }

    private func open(
        _ infer: InferConfig, _ format: VideoFormat, _ mapCount: Int
    ) throws -> any PictureExplainer & FrameExplainer {
        switch try Explainers.open(infer, format: format, mapCount: mapCount, shared: models) {
        case .classifier(let explainer): explainer
        case .detector(let explainer): explainer
        case .twoStages(let explainer): explainer
        }
    }

    /// Opens what a pipeline begins with: what viewers have chosen, or, where that cannot be, what the file says.
    ///
    /// - Parameter known: settings of the pipeline before.
    /// - Returns: also whether it had to be what the file says.
    func openFirst(
        _ file: LiveSettings.Values, after known: LiveSettings?, _ format: VideoFormat
    ) throws -> (session: LiveSession, isFallback: Bool) {
        let own = SessionChoice(file)
        func open(_ choice: SessionChoice) throws -> LiveSession {
            try self.open(
                choice, format, mapCount: file.overlay.layout.mapCount,
                explaining: choice.hasSameModel(as: own) ? file.infer.explainedClass : nil, isTried: false)
        }
        let choice = known?.choice(after: file) ?? own
        do {
            return (try open(choice), false)
        } catch  where choice != own {
            log.warning("what viewers have chosen cannot be opened, what the settings say is: \(error)")
            return (try open(own), true)
        }
    }

    /// The tensors that `camstream layers` lists for a model, the default one first; none where it has none.
    func layers(_ choice: SessionChoice) -> [String] {
        let infer = choice.infer
        return (try? ModelLayers(model: infer.model, card: infer.card, output: infer.outputTensor))?.named ?? []
    }

    /// Waits a moment for what is being opened: a process should not end in the middle of it.
    func finish() {
        let done = DispatchSemaphore(value: 0)
        thread.run { done.signal() }
        _ = done.wait(timeout: .now() + .milliseconds(300))
    }
}
