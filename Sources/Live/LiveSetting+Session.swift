import Foundation
import Infer
import Pipeline
import Serve

// What takes another session: the list changes with the model, and a change holds as soon as that is there.
extension LiveSetting {
    static let session = [
        model.whileTaught { choice, present in choice == present },
        method.whileTaught { choice, _ in InferConfig.methodsToTeach.map(\.rawValue).contains(choice) }
            .offered { choice, session in session.offeredMethods?.map(\.rawValue).contains(choice) ?? true },
        layer.whileTaught { choice, _ in choice == automatic }.offered { choice, session in
            choice == automatic || session.offeredMethods == nil
        },
    ]

    /// Keys of settings that may take another session.
    static let switching = session.map(\.key) + ["overlay.layout"]

    private static let model = LiveSetting(
        key: "infer.model",
        shown: { values, context in
            let models = context.offeredModels
            guard let present = models.first(where: { $0.path == values.infer.model }) else { return nil }
            return Setting(
                "infer.model", title: "Model", help: "What classifies the pictures, of the models on this machine.",
                kind: .choice(models.map { .init($0.name) }), value: .text(present.name))
        },
        change: { sent, values, context in
            guard case .text(let name) = sent, let model = context.offeredModels.first(where: { $0.name == name })
            else { return false }
            guard model.path != values.infer.model else { return true }
            let file = context.file.infer
            let isFiles = model.path == file.model
            values.infer.model = model.path
            // Those of the file belong to the file's model.
            (values.infer.card, values.infer.outputTensor) = isFiles ? (file.card, file.outputTensor) : (nil, nil)
            (values.infer.layers, values.infer.versus) = isFiles ? (file.layers, file.versus) : ([], nil)
            values.infer.explainedClass = isFiles ? file.explainedClass : nil
            return true
        }, isSame: { $0.infer.hasModel(of: $1.infer) },
        copy: { from, to in
            // Its classes are not those of the file's model.
            if !from.infer.hasModel(of: to.infer) {
                (to.infer.versus, to.infer.explainedClass) = (from.infer.versus, from.infer.explainedClass)
            }
            (to.infer.model, to.infer.card) = (from.infer.model, from.infer.card)
            to.infer.outputTensor = from.infer.outputTensor
        })

    private static let method = LiveSetting(
        key: "infer.method",
        shown: { values, context in
            let methods = MethodName.allCases.filter { !$0.isOnlyForRecordings }
            return Setting(
                "infer.method", title: "Method", help: "How the map is computed; auto: the best that the model allows.",
                kind: .choice(methods.map { .init($0.rawValue, title: title($0, context)) }),
                value: .text(values.infer.method.rawValue))
        },
        change: { sent, values, _ in
            guard case .text(let text) = sent, let method = MethodName(rawValue: text), !method.isOnlyForRecordings
            else { return false }
            values.infer.method = method
            return true
        }, isSame: { $0.infer.method == $1.infer.method }, copy: { $1.infer.method = $0.infer.method })

    /// Of auto, what it is just now.
    private static func title(_ method: MethodName, _ context: Context) -> String {
        let session = context.session
        guard method == .auto, session.choice.infer.methodsInUse.first == .auto, let first = session.methods.first
        else { return method.title }
        return "auto (\(first.title))"
    }

    private static let layer = LiveSetting(
        key: "infer.layer",
        shown: { values, context in
            let layers = context.offeredLayers(values)
            let usual = context.layers.first.map { "default (\($0))" } ?? "default"
            return Setting(
                "infer.layer", title: "Layer", help: "What is mapped, of the layers that 'camstream layers' lists.",
                kind: .choice([.init(automatic, title: usual)] + layers.map { .init($0) }),
                value: .text(values.infer.layers.isEmpty ? automatic : values.infer.layers.joined(separator: ",")))
        },
        change: { sent, values, context in
            guard case .text(let text) = sent else { return false }
            guard text == automatic || context.offeredLayers(values).contains(text) else { return false }
            let file = context.file.infer
            values.infer.layers =
                text == automatic ? [] : text == file.layers.joined(separator: ",") ? file.layers : [text]
            return true
        },
        // A layer is one of its model.
        isSame: { $0.infer.layers == $1.infer.layers && $0.infer.hasModel(of: $1.infer) },
        copy: { $1.infer.layers = $0.infer.layers })
}

extension LiveSetting {
    /// Is there while a detector looks at the pictures.
    func whileDetecting() -> LiveSetting { shown { $0.session.findsObjects } }

    /// Is there while a classifier looks at what a detector finds.
    func whileClassifyingBoxes() -> LiveSetting { shown { $0.session.choice.infer.detector != nil } }

    /// Is there while something else than a detector does, of whose maps each box's own is the scale.
    func whileClassifying() -> LiveSetting { shown { !$0.session.findsObjects } }

    private func shown(where isShown: @escaping @Sendable (Context) -> Bool) -> LiveSetting {
        LiveSetting(
            key: key, shown: { [shown] values, context in isShown(context) ? shown(values, context) : nil },
            change: change, isSame: isSame, copy: copy)
    }

    /// Has fewer choices where viewers teach: what was taught is of one model's features, and explained by its head alone.
    ///
    /// - Parameter isAllowed: asked for each choice, and told which one holds.
    func whileTaught(_ isAllowed: @escaping @Sendable (_ choice: String, _ present: String) -> Bool) -> LiveSetting {
        limited { choice, present, values, _ in values.infer.teach == nil || isAllowed(choice, present) }
    }

    /// Has the choices that the session's kind of model does not refuse.
    func offered(_ isAllowed: @escaping @Sendable (_ choice: String, LiveSession.Facts) -> Bool) -> LiveSetting {
        limited { choice, present, _, context in choice == present || isAllowed(choice, context.session) }
    }

    private func limited(
        _ isAllowed: @escaping @Sendable (_ choice: String, _ present: String, Values, Context) -> Bool
    ) -> LiveSetting {
        LiveSetting(
            key: key,
            shown: { [shown] values, context in
                guard let setting = shown(values, context),
                    case (.choice(let choices), .text(let present)) = (setting.kind, setting.value)
                else { return shown(values, context) }
                return Setting(
                    setting.key, title: setting.title, help: setting.help,
                    kind: .choice(choices.filter { isAllowed($0.value, present, values, context) }),
                    value: setting.value)
            },
            change: { [shown, change] sent, values, context in
                if case .text(let choice) = sent, case .text(let present)? = shown(values, context)?.value,
                    !isAllowed(choice, present, values, context)
                {
                    return false
                }
                return change(sent, &values, context)
            }, isSame: isSame, copy: copy)
    }
}

extension InferConfig {
    fileprivate func hasModel(of other: InferConfig) -> Bool {
        (model, card, outputTensor) == (other.model, other.card, other.outputTensor)
    }
}

extension LiveSettings.Context {
    /// Those that can be named, and the file's own, by the name of its file.
    fileprivate var offeredModels: [NamedModel] {
        guard let path = file.infer.model, !models.contains(where: { $0.path == path }) else { return models }
        var name = URL(filePath: path).lastPathComponent
        while models.contains(where: { $0.name == name }) { name += " (file)" }
        return [NamedModel(name: name, path: path)] + models
    }

    /// Those of the model, and what the file names, as it names it.
    fileprivate func offeredLayers(_ values: LiveSettings.Values) -> [String] {
        // With another model on the way, the list is not its list.
        let isOfModel = session.choice.hasSameModel(as: SessionChoice(values))
        var named = [values.infer.layers]
        if values.infer.hasModel(of: file.infer) { named.append(file.infer.layers) }
        let others = named.filter { !$0.isEmpty }.map { $0.joined(separator: ",") }
        return others.reduce(into: isOfModel ? layers : []) { all, layer in
            if !all.contains(layer) { all.append(layer) }
        }
    }
}
