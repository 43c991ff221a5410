import Encode
import Infer
import Kept
import Live
import Pipeline

extension KeptVideoWriter.Origin {
    /// What a kept video tells of a run. Paths are left out: a file that is sent to others names no folders of this machine.
    init(_ config: Config, _ explainer: any PictureExplainer) throws {
        let told = CameraConfig.settings.filter { setting in
            (["infer.", "overlay."] + (explainer.findsObjects ? ["detect."] : [])).contains {
                setting.key.hasPrefix($0)
            }
                && !["infer.model", "infer.card", "infer.detector"].contains(setting.key)
        }
        let values = told.map { ($0.key, $0.value(config.camera)) }.filter { $0.1 != .null }
        self.init(
            camstream: Camstream.version,
            model: KeptFacts.Model(
                name: explainer.modelName, sha256: try explainer.modelChecksum(),
                card: config.infer.card?.split(separator: "/").last.map(String.init)),
            methods: explainer.methods, layers: explainer.layersOfMethods,
            settings: Dictionary(uniqueKeysWithValues: values))
    }
}
