import Infer
import Overlay
import Pipeline
import Serve
import Synchronization
import Tracking

/// What viewers may change while pictures flow. The stages look at it before each picture.
final class LiveSettings: Sendable {
    struct Values: Sendable, Equatable {
        var overlay: OverlayConfig { didSet { maps.mapCount = overlay.layout.mapCount } }
        /// As many as the layout shows.
        var maps: MapSettings { didSet { noteFixedScale() } }
        /// What was named last: it stays on the list for good.
        private(set) var fixedScale: ScaleChoice?
        /// Whether pictures are to be recorded.
        var isRecording: Bool

        init(overlay: OverlayConfig, maps: MapSettings, isRecording: Bool) {
            self.overlay = overlay
            self.maps = maps
            self.isRecording = isRecording
            self.maps.mapCount = overlay.layout.mapCount
            noteFixedScale()
        }

        private mutating func noteFixedScale() {
            if case .fixed = maps.scale { fixedScale = maps.scale }
        }
    }

    fileprivate struct State {
        var values: Values
        /// What the settings' file says, as far as it is known here.
        var file: Values
        /// The classes' names.
        var labels: [String]
        /// How the maps are computed.
        var method: String
        /// Whether there is an output.
        var canRecord: Bool
    }
    private let state: Mutex<State>

    /// - Parameter values: what the settings' file says.
    init(_ values: Values, labels: [String], method: String, canRecord: Bool) {
        state = Mutex(State(values: values, file: values, labels: labels, method: method, canRecord: canRecord))
    }

    var values: Values { state.withLock { $0.values } }

    /// Makes changes that fit the list.
    func change(_ changes: [SettingChange]) throws(SettingRefusal) {
        let refusal: SettingRefusal? = state.withLock { state in
            var values = state.values
            for change in changes {
                guard state.apply(change, to: &values) else {
                    return SettingRefusal(key: change.key, value: change.value, allowed: "what api/settings lists")
                }
            }
            state.values = values
            return nil
        }
        if let refusal { throw refusal }
    }

    /// Takes over what a config file says. What viewers have changed stays, unless the file now says something else of it.
    func follow(_ config: Config) throws(InferError) {
        let error: InferError? = state.withLock { state in
            do throws(InferError) {
                let explained = try config.infer.explainedClass.map { wanted throws(InferError) in
                    try ClassChoice(labels: state.labels)(wanted)
                }
                state.follow(Values(config, explainedClass: explained, isRecording: state.canRecord))
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
            if labels != state.labels { state.values.maps.explainedClass = file.maps.explainedClass }
            (state.labels, state.method, state.canRecord) = (labels, method, canRecord)
            state.follow(file)
        }
    }

    /// As the page shows them, in its order.
    var list: [Setting] {
        let state = state.withLock { $0 }
        let (values, labels, method) = (state.values, state.labels, state.method)
        let overlay = values.overlay
        let scales = [.frame, .running] + (values.fixedScale.map { [$0] } ?? [])
        var list = [
            Setting(
                Key.explainedClass, title: "Class", help: "Whose map is shown; auto: the most probable class.",
                kind: .choice(
                    [.init(Self.automatic)] + labels.enumerated().map { .init("\($0.offset)", title: $0.element) }),
                value: .text(values.maps.explainedClass.map { "\($0)" } ?? Self.automatic)),
            Setting(
                Key.method, title: "Method", help: "How the map is computed.",
                kind: .choice([.init(method, title: method.uppercased())]), value: .text(method)),
            .choice(Key.colormap, "Colours", "Of the heat, from cold to hot.", overlay.colormap),
            .choice(Key.blend, "Blend", "How heat and picture are mixed.", overlay.blend),
            Setting(
                Key.opacity, title: "Opacity", help: "Of the heat.", kind: .number(0...1, step: 0.05, unit: nil),
                value: .number(overlay.opacity)),
            Setting(
                Key.smoothing, title: "Smoothing", help: "How long the past counts; 0: not at all.",
                kind: .number(0...max(Self.longSmoothing, values.maps.smoothing), step: 0.05, unit: "seconds"),
                value: .number(values.maps.smoothing)),
            .choice(Key.filter, "Filter", "How the past counts.", values.maps.filter),
            Setting(
                Key.scale, title: "Scale",
                help: "What full heat is: of each frame, or what the frames before had, too.",
                kind: .choice(scales.map { .init($0.text) }), value: .text(values.maps.scale.text)),
            .choice(Key.layout, "Layout", "What the picture shows.", overlay.layout),
            .choice(Key.labels, "Labels", "Which class names are written on the picture.", overlay.labels),
            Setting(
                Key.box, title: "Box", help: "Frame the hot region.", kind: .toggle, value: .flag(overlay.box)),
        ]
        if state.canRecord {
            list.append(
                Setting(
                    Key.recording, title: "Record", help: "Write what is shown to a file.", kind: .toggle,
                    value: .flag(values.isRecording)))
        }
        return list
    }

    fileprivate static func set<Word: RawRepresentable<String>>(_ word: inout Word, _ text: String) -> Bool {
        guard let new = Word(rawValue: text) else { return false }
        word = new
        return true
    }

    fileprivate static let automatic = "auto"
    /// Seconds: what a slider reaches, although a file may ask for more.
    private static let longSmoothing = 5.0

    /// As config files write them.
    fileprivate enum Key {
        static let explainedClass = "infer.class"
        static let method = "infer.method"
        static let smoothing = "infer.smoothing"
        static let filter = "infer.filter"
        static let scale = "infer.scale"
        static let colormap = "overlay.colormap"
        static let blend = "overlay.blend"
        static let opacity = "overlay.opacity"
        static let layout = "overlay.layout"
        static let labels = "overlay.labels"
        static let box = "overlay.box"
        static let recording = "recording"
    }
}

extension LiveSettings.Values {
    /// What a config file says.
    init(_ config: Config, explainedClass: Int?, isRecording: Bool) {
        self.init(
            overlay: config.overlay,
            maps: MapSettings(
                explainedClass: explainedClass, filter: config.infer.filter, smoothing: config.infer.smoothing,
                scale: config.scale()),
            isRecording: isRecording)
    }
}

extension LiveSettings.State {
    /// Changes what the file changes, and leaves what viewers have set.
    fileprivate mutating func follow(_ new: LiveSettings.Values) {
        let (shown, old) = (values, file)
        (values, file) = (new, new)
        func keep<Value: Equatable>(_ setting: WritableKeyPath<LiveSettings.Values, Value>) {
            if new[keyPath: setting] == old[keyPath: setting] { values[keyPath: setting] = shown[keyPath: setting] }
        }
        keep(\.maps.explainedClass)
        keep(\.maps.smoothing)
        keep(\.maps.filter)
        keep(\.maps.scale)
        keep(\.overlay.colormap)
        keep(\.overlay.blend)
        keep(\.overlay.opacity)
        keep(\.overlay.layout)
        keep(\.overlay.labels)
        keep(\.overlay.box)
        keep(\.isRecording)
    }

    /// - Returns: false if the change does not fit the list.
    fileprivate func apply(_ change: SettingChange, to values: inout LiveSettings.Values) -> Bool {
        typealias Key = LiveSettings.Key
        switch (change.key, change.value) {
        case (Key.explainedClass, .text(let text)):
            values.maps.explainedClass = Int(text)
            return text == LiveSettings.automatic || values.maps.explainedClass.map(labels.indices.contains) ?? false
        case (Key.method, .text(let text)): return text == method
        case (Key.colormap, .text(let text)): return LiveSettings.set(&values.overlay.colormap, text)
        case (Key.blend, .text(let text)): return LiveSettings.set(&values.overlay.blend, text)
        case (Key.opacity, .number(let number)): values.overlay.opacity = number
        case (Key.smoothing, .number(let number)): values.maps.smoothing = number
        case (Key.filter, .text(let text)): return LiveSettings.set(&values.maps.filter, text)
        case (Key.scale, .text(let text)):
            guard let scale = ScaleChoice(text) else { return false }
            values.maps.scale = scale
        case (Key.layout, .text(let text)): return LiveSettings.set(&values.overlay.layout, text)
        case (Key.labels, .text(let text)): return LiveSettings.set(&values.overlay.labels, text)
        case (Key.box, .flag(let flag)): values.overlay.box = flag
        case (Key.recording, .flag(let flag)) where canRecord: values.isRecording = flag
        default: return false
        }
        return true
    }
}

extension Setting {
    /// One of the words that an enumeration has.
    fileprivate static func choice<Word: RawRepresentable<String> & CaseIterable>(
        _ key: String, _ title: String, _ help: String, _ value: Word
    ) -> Setting {
        Setting(
            key, title: title, help: help, kind: .choice(Word.allCases.map { .init($0.rawValue) }),
            value: .text(value.rawValue))
    }
}

extension OverlayConfig.Layout {
    /// How many classes' maps the layout shows.
    var mapCount: Int { self == .grid ? 5 : 1 }
}
