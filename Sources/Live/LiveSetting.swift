import Detect
import Infer
import Overlay
import Pipeline
import Serve
import Tracking

/// A setting that viewers may change while pictures flow: how it is shown, changed, and kept when a file is read again.
struct LiveSetting: Sendable {
    typealias Values = LiveSettings.Values
    typealias Context = LiveSettings.Context

    /// As config files write it.
    let key: String
    /// As clients see it; nil: it is not there just now.
    let shown: @Sendable (Values, Context) -> Setting?
    /// Takes a value that fits what is shown; false if it does not fit.
    let change: @Sendable (JSONValue, inout Values, Context) -> Bool
    /// Whether files say the same of it.
    let isSame: @Sendable (Values, Values) -> Bool
    let copy: @Sendable (_ from: Values, _ to: inout Values) -> Void

    /// All of them, in the page's order. Those of a stage are what its list marks as the viewers'.
    static let all =
        [explainedClass] + session + of(InferConfig.settings, "infer", \.infer)
        + [scale.whileClassifying()]
        + of(DetectConfig.settings, "detect", \.detect).map { setting in
            setting.key == "detect.crop-margin" ? setting.whileClassifyingBoxes() : setting.whileDetecting()
        }
        + of(OverlayConfig.settings, "overlay", \.overlay).map { setting in
            guard setting.key == "overlay.layout" else { return setting }
            let compare = OverlayConfig.Layout.compare.rawValue
            return setting.whileTaught { choice, _ in choice != compare }.offered { choice, session in
                choice != compare || session.offeredMethods == nil && session.choice.infer.detector == nil
            }
        } + [recording]

    private static func of<Settings>(
        _ settings: [SettingDescriptor<Settings>], _ section: String,
        _ path: any WritableKeyPath<Values, Settings> & Sendable
    ) -> [LiveSetting] {
        settings.compactMap { setting in
            setting.title.map { LiveSetting(setting.lifted(section, path), title: $0) }
        }
    }

    /// A setting of a stage.
    private init(_ setting: SettingDescriptor<Values>, title: String) {
        self.init(
            key: setting.key,
            shown: { values, _ in
                setting.control(values).map {
                    Setting(
                        setting.key, title: title, help: setting.help, kind: .init($0), value: setting.value(values))
                }
            },
            change: { sent, values, _ in setting.change(sent, &values) }, isSame: setting.isSame, copy: setting.copy)
    }

    init(
        key: String, shown: @escaping @Sendable (Values, Context) -> Setting?,
        change: @escaping @Sendable (JSONValue, inout Values, Context) -> Bool,
        isSame: @escaping @Sendable (Values, Values) -> Bool,
        copy: @escaping @Sendable (Values, inout Values) -> Void
    ) {
        self.key = key
        self.shown = shown
        self.change = change
        self.isSame = isSame
        self.copy = copy
    }
}

// Those whose values depend on more than the settings.
extension LiveSetting {
    static let automatic = "auto"

    private static let explainedClass = LiveSetting(
        key: "infer.class",
        shown: { values, context in
            Setting(
                "infer.class", title: "Class", help: "Whose map is shown; auto: the most probable class.",
                kind: .choice(
                    [.init(automatic)] + context.labels.enumerated().map { .init("\($0.offset)", title: $0.element) }),
                value: .text(values.explainedClass.map { "\($0)" } ?? automatic))
        },
        change: { sent, values, context in
            guard case .text(let text) = sent else { return false }
            values.explainedClass = Int(text)
            return text == automatic || values.explainedClass.map(context.labels.indices.contains) ?? false
        }, isSame: { $0.explainedClass == $1.explainedClass }, copy: { $1.explainedClass = $0.explainedClass })

    private static let scale = LiveSetting(
        key: "infer.scale",
        shown: { values, _ in
            let scales = [.frame, .running] + (values.fixedScale.map { [$0] } ?? [])
            return Setting(
                "infer.scale", title: "Scale",
                help: "What full heat is: of each frame, or what the frames before had, too.",
                kind: .choice(scales.map { .init($0.text) }), value: .text(values.scale.text))
        },
        change: { sent, values, _ in
            guard case .text(let text) = sent, let scale = ScaleChoice(text) else { return false }
            values.follow(scale)
            return true
        }, isSame: { $0.scale == $1.scale }, copy: { $1.follow($0.scale) })

    private static let recording = LiveSetting(
        key: "recording",
        shown: { values, context in
            guard context.canRecord else { return nil }
            return Setting(
                "recording", title: "Record", help: "Write what is shown to a file.", kind: .toggle,
                value: .flag(values.isRecording))
        },
        change: { sent, values, context in
            guard case .flag(let flag) = sent, context.canRecord else { return false }
            values.isRecording = flag
            return true
        }, isSame: { $0.isRecording == $1.isRecording }, copy: { $1.isRecording = $0.isRecording })
}

extension Setting.Kind {
    fileprivate init(_ control: SettingControl) {
        switch control {
        case .toggle: self = .toggle
        case .number(let range, let step, let unit): self = .number(range, step: step, unit: unit)
        case .words(let words): self = .choice(words.map { .init($0) })
        }
    }
}
