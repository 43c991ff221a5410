import Detect
import Infer
import Overlay
import Pipeline
import Serve
import Synchronization
import Tracking

/// What viewers may change while pictures flow. The stages look at it before each picture, and the `SessionSwitch` opens
/// what a change asks for.
final class LiveSettings: Sendable {
    /// What the settings are about.
    struct Context: Sendable {
        var session: LiveSession.Facts
        /// What can be mapped of the session's model, the default one first; none: not known yet.
        var layers: [String] = []
        /// Whether there is an output.
        var canRecord: Bool
        /// Models that can be named.
        var models: [NamedModel] = []
        /// What the settings' file says, as far as it is known here.
        var file: Values

        var labels: [String] { session.labels }
    }

    private struct State {
        var values: Values
        var context: Context
        /// The classes' names of the file's model.
        var fileNames: ClassNames
        /// What the session that holds was opened with.
        var held: Values
        /// The layout that was chosen last of those that show one method.
        var singleLayout: OverlayConfig.Layout
        /// Of the session before, whose last frames are under way: its number, and its class.
        var former: (number: Int, explainedClass: Int?)?
        /// Why what was asked for last cannot be.
        var problem: (keys: [String], text: String)?

        var choice: SessionChoice { SessionChoice(values) }
        var isSwitching: Bool { choice != context.session.choice }

        /// The settings that ask for another session.
        var switchingKeys: [String] {
            LiveSetting.all.filter { LiveSetting.switching.contains($0.key) && !$0.isSame(values, held) }.map(\.key)
        }

        func layout(of session: LiveSession.Facts) -> OverlayConfig.Layout {
            if session.choice.comparesMethods { return .compare }
            return values.overlay.layout == .compare ? singleLayout : values.overlay.layout
        }

        /// Changes what the file changes, and leaves what viewers have set.
        mutating func follow(_ new: Values) {
            let (shown, old) = (values, context.file)
            (values, context.file) = (new, new)
            for setting in LiveSetting.all where setting.isSame(new, old) { setting.copy(shown, &values) }
            // The file's class is one of the file's model.
            if context.session.names != fileNames { values.explainedClass = shown.explainedClass }
            settle()
        }

        /// To be called after a change.
        mutating func settle() {
            if values.overlay.layout != .compare { singleLayout = values.overlay.layout }
            guard !isSwitching else { return }
            held = values
        }

        /// What is chosen where other classes hold: the same one, if they are taught and have it. A class of another model
        /// has its number.
        private func explainedClass(in names: ClassNames, after old: ClassNames, file: Values) -> Int? {
            guard names != old else { return values.explainedClass }
            if names == fileNames { return file.explainedClass }
            guard file.infer.teach != nil, let chosen = values.explainedClass else { return nil }
            return names.shown.firstIndex(of: old.shown[chosen])
        }

        /// - Parameter file: what it says; nil: as before.
        mutating func hold(_ session: LiveSession.Facts, file: Values? = nil) {
            let old = context.session
            former = (old.number, values.explainedClass)
            values.explainedClass = explainedClass(in: session.names, after: old.names, file: file ?? context.file)
            if !session.choice.hasSameModel(as: old.choice) { context.layers = [] }
            context.session = session
        }
    }
    private let state: Mutex<State>
    private let wished = Mutex<(@Sendable () -> Void)?>(nil)
    private let models: @Sendable () -> [NamedModel]

    /// - Parameters:
    ///   - values: what the settings' file says.
    ///   - session: that was opened with them.
    ///   - models: lists those that can be named just now.
    init(
        _ values: Values, _ session: LiveSession.Facts, canRecord: Bool,
        models: @escaping @Sendable () -> [NamedModel] = { [] }
    ) {
        let layout = values.overlay.layout
        var shown = values
        // The file's class is one of the model's own.
        if session.names != session.ownNames { shown.explainedClass = nil }
        state = Mutex(
            State(
                values: shown, context: Context(session: session, canRecord: canRecord, file: values),
                fileNames: session.ownNames, held: shown, singleLayout: layout == .compare ? .overlay : layout))
        self.models = models
    }

    var values: Values { state.withLock { $0.values } }

    /// What pictures are to be explained with.
    var choice: SessionChoice { state.withLock { $0.choice } }

    /// Which boxes of a detector count, and how their heat is drawn.
    var detect: DetectConfig { state.withLock { $0.values.detect } }

    /// How a session makes its maps. What is asked for of the next session does not hold for the last frames of this one.
    func maps(of session: LiveSession.Facts) -> MapSettings {
        state.withLock { state in
            var maps = state.values.maps
            maps.mapCount = state.layout(of: session).mapCount
            let present = state.context.session
            guard session.number != present.number else { return maps }
            if state.former?.number == session.number {
                maps.explainedClass = state.former?.explainedClass
            } else if session.names != present.names {
                maps.explainedClass = nil
            }
            return maps
        }
    }

    /// How a session's frames are drawn: where another layout needs another session, the last one stays until that is there.
    func overlay(of session: LiveSession.Facts) -> OverlayConfig {
        state.withLock { state in
            var overlay = state.values.overlay
            overlay.layout = state.layout(of: session)
            return overlay
        }
    }

    /// - Parameter action: called after changes, on any thread.
    func onWish(_ action: (@Sendable () -> Void)?) { wished.withLock { $0 = action } }

    private func tellWish() { wished.withLock { $0 }?() }

    /// Makes changes that fit the list.
    func change(_ changes: [SettingChange]) throws(SettingRefusal) {
        let models = models()
        let refusal: SettingRefusal? = state.withLock { state in
            state.context.models = models
            var values = state.values
            for change in changes {
                let setting = LiveSetting.all.first { $0.key == change.key }
                guard let setting, setting.change(change.value, &values, state.context) else {
                    return SettingRefusal(key: change.key, value: change.value, allowed: "what api/settings lists")
                }
            }
            state.values = values
            if changes.contains(where: { LiveSetting.switching.contains($0.key) }) { state.problem = nil }
            state.settle()
            return nil
        }
        if let refusal { throw refusal }
        tellWish()
    }

    /// Looks whether a config file suits its model, as far as it is about the same one.
    ///
    /// - Parameter old: what the model was opened with.
    func check(_ config: CameraConfig, insteadOf old: CameraConfig) throws(InferError) {
        guard config.infer.model == old.infer.model, config.infer.card == old.infer.card else { return }
        _ = try config.infer.onlyClass(state.withLock { $0.fileNames })
    }

    /// Takes over what a config file says of the same model. What viewers have changed stays, unless the file now says
    /// something else of it.
    func follow(_ config: CameraConfig) throws(InferError) {
        let error: InferError? = state.withLock { state in
            do throws(InferError) {
                let explained = try config.infer.onlyClass(state.fileNames)
                state.follow(Values(config, explainedClass: explained, isRecording: state.context.canRecord))
                state.problem = nil
                return nil
            } catch {
                return error
            }
        }
        if let error { throw error }
        tellWish()
    }

    /// What the next pipeline begins with, where a file says this: what viewers have changed stays.
    func choice(after file: Values) -> SessionChoice {
        state.withLock { state in
            var next = state
            next.follow(file)
            return next.choice
        }
    }

    /// Goes on with another pipeline. What viewers have changed stays, unless the file now says something else of it.
    ///
    /// - Parameter isFallback: whether what they have changed cannot be, so that the session is what the file says.
    func follow(_ file: Values, _ session: LiveSession.Facts, canRecord: Bool, isFallback: Bool = false) {
        state.withLock { state in
            if session.choice.hasSameModel(as: SessionChoice(file)) { state.fileNames = session.ownNames }
            state.hold(session, file: file)
            state.context.canRecord = canRecord
            state.follow(file)
            if isFallback { state.values.takeSession(of: file, layout: file.overlay.layout) }
            state.problem = nil
            state.settle()
        }
    }

    /// Lets a session hold, if it is still what is asked for.
    func follow(_ session: LiveSession.Facts) -> Bool {
        state.withLock { state in
            guard state.choice == session.choice else { return false }
            state.hold(session)
            // What was given up is told until the next change.
            state.settle()
            return true
        }
    }

    /// The session that holds has other classes from now on.
    func take(_ session: LiveSession.Facts) { state.withLock { $0.hold(session) } }

    /// Goes back to what holds, if that is still what is asked for.
    ///
    /// - Parameter reason: why it cannot be.
    func refuse(_ choice: SessionChoice, _ reason: String) -> Bool {
        state.withLock { state in
            guard state.choice == choice else { return false }
            state.problem = (state.switchingKeys, Redaction.text(reason))
            let layout = state.held.overlay.layout
            state.values.takeSession(of: state.held, layout: layout == .compare ? .compare : state.singleLayout)
            state.settle()
            return true
        }
    }

    enum GivingUp { case isFiles, isGoing, goes }

    /// Goes back to what the file says.
    ///
    /// - Parameters:
    ///   - choice: what cannot go on.
    ///   - reason: why.
    func giveUp(_ choice: SessionChoice, _ reason: String) -> GivingUp {
        state.withLock { state in
            let file = state.context.file
            guard SessionChoice(file) != choice else { return .isFiles }
            guard state.choice == choice else { return .isGoing }
            let layout = file.overlay.layout
            state.values.takeSession(of: file, layout: layout)
            state.problem = (state.switchingKeys, Redaction.text(reason))
            state.settle()
            return .goes
        }
    }

    /// - Parameter layers: what can be mapped of a choice's model.
    /// - Returns: whether that is new.
    func setLayers(_ layers: [String], of choice: SessionChoice) -> Bool {
        state.withLock { state in
            guard choice.hasSameModel(as: state.context.session.choice), layers != state.context.layers else {
                return false
            }
            state.context.layers = layers
            return true
        }
    }

    /// As the page shows them, in its order.
    var list: [Setting] {
        let models = models()
        let state = state.withLock { state in
            state.context.models = models
            return state
        }
        let waiting = state.isSwitching ? state.switchingKeys : []
        return LiveSetting.all.compactMap { setting -> Setting? in
            guard var shown = setting.shown(state.values, state.context) else { return nil }
            shown.isPending = waiting.contains(setting.key)
            if let problem = state.problem, problem.keys.contains(setting.key) { shown.problem = problem.text }
            return shown
        }
    }
}
