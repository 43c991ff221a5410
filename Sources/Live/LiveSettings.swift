import Infer
import Overlay
import Pipeline
import Serve
import Synchronization
import Tracking

/// What viewers may change while pictures flow. The stages look at it before each picture.
final class LiveSettings: Sendable {
    struct Values: Sendable, Equatable {
        var overlay: OverlayConfig
        var infer: InferConfig
        /// nil: the most probable class of each picture.
        var explainedClass: Int?
        private(set) var scale = ScaleChoice.running
        /// What a file named last.
        private(set) var fixedScale: ScaleChoice?
        /// Whether pictures are to be recorded.
        var isRecording: Bool

        init(
            overlay: OverlayConfig, infer: InferConfig, explainedClass: Int?, scale: ScaleChoice = .running,
            isRecording: Bool
        ) {
            self.overlay = overlay
            self.infer = infer
            self.explainedClass = explainedClass
            self.isRecording = isRecording
            follow(scale)
        }

        /// What a config file says.
        init(_ config: CameraConfig, explainedClass: Int?, isRecording: Bool) {
            self.init(
                overlay: config.overlay, infer: config.infer, explainedClass: explainedClass, scale: config.scale(),
                isRecording: isRecording)
        }

        /// Takes a scale, and keeps a fixed one on the list for good.
        mutating func follow(_ scale: ScaleChoice) {
            self.scale = scale
            if case .fixed = scale { fixedScale = scale }
        }

        /// As many maps as the layout shows.
        var maps: MapSettings {
            MapSettings(
                explainedClass: explainedClass, filter: infer.filter, smoothing: infer.smoothing, scale: scale,
                mapCount: overlay.layout.mapCount)
        }
    }

    /// What the settings are about.
    struct Context: Sendable, Equatable {
        /// The classes' names.
        var labels: [String]
        /// How the maps are computed.
        var method: String
        /// Whether there is an output.
        var canRecord: Bool
    }

    private struct State {
        var values: Values
        /// What the settings' file says, as far as it is known here.
        var file: Values
        var context: Context

        /// Changes what the file changes, and leaves what viewers have set.
        mutating func follow(_ new: Values) {
            let (shown, old) = (values, file)
            (values, file) = (new, new)
            for setting in LiveSetting.all where setting.isSame(new, old) { setting.copy(shown, &values) }
        }
    }
    private let state: Mutex<State>

    /// - Parameter values: what the settings' file says.
    init(_ values: Values, labels: [String], method: String, canRecord: Bool) {
        state = Mutex(
            State(
                values: values, file: values,
                context: Context(labels: labels, method: method, canRecord: canRecord)))
    }

    var values: Values { state.withLock { $0.values } }

    /// Makes changes that fit the list.
    func change(_ changes: [SettingChange]) throws(SettingRefusal) {
        let refusal: SettingRefusal? = state.withLock { state in
            var values = state.values
            for change in changes {
                let setting = LiveSetting.all.first { $0.key == change.key }
                guard let setting, setting.change(change.value, &values, state.context) else {
                    return SettingRefusal(key: change.key, value: change.value, allowed: "what api/settings lists")
                }
            }
            state.values = values
            return nil
        }
        if let refusal { throw refusal }
    }

    /// Looks whether a config file suits the model that runs, as far as it is about the same model.
    ///
    /// - Parameter old: what the model was opened with.
    func check(_ config: CameraConfig, insteadOf old: CameraConfig) throws(InferError) {
        guard config.infer.model == old.infer.model, config.infer.card == old.infer.card,
            let wanted = config.infer.explainedClass
        else { return }
        _ = try ClassChoice(labels: state.withLock { $0.context.labels })(wanted)
    }

    /// Takes over what a config file says. What viewers have changed stays, unless the file now says something else of it.
    func follow(_ config: CameraConfig) throws(InferError) {
        let error: InferError? = state.withLock { state in
            do throws(InferError) {
                let explained = try config.infer.explainedClass.map { wanted throws(InferError) in
                    try ClassChoice(labels: state.context.labels)(wanted)
                }
                state.follow(Values(config, explainedClass: explained, isRecording: state.context.canRecord))
                return nil
            } catch {
                return error
            }
        }
        if let error { throw error }
    }

    /// Goes on with another pipeline. What viewers have changed stays, unless the file now says something else of it.
    func follow(_ file: Values, labels: [String], method: String, canRecord: Bool) {
        state.withLock { state in
            // A class of another model has this number.
            if labels != state.context.labels { state.values.explainedClass = file.explainedClass }
            state.context = Context(labels: labels, method: method, canRecord: canRecord)
            state.follow(file)
        }
    }

    /// As the page shows them, in its order.
    var list: [Setting] {
        let state = state.withLock { $0 }
        return LiveSetting.all.compactMap { $0.shown(state.values, state.context) }
    }
}

extension CameraConfig {
    /// Whether a running pipeline can take these settings in place of the others.
    func differsOnlyInLiveSettings(from other: CameraConfig) -> Bool {
        var same = self
        same.overlay = other.overlay
        for setting in InferConfig.settings where setting.title != nil { setting.copy(other.infer, &same.infer) }
        // Viewers know these by other means than the stage's list.
        same.infer.explainedClass = other.infer.explainedClass
        same.infer.scale = other.infer.scale
        // A font is not looked for while pictures flow.
        return same == other && overlay.font == other.overlay.font
    }
}

extension OverlayConfig.Layout {
    /// How many classes' maps the layout shows.
    package var mapCount: Int { self == .grid ? 5 : 1 }
}
