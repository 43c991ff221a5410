import Evaluate
import Infer

/// The model that is measured is one that the engine runs.
extension InputExplainer: VariantScorer {}

extension InputExplainer {
    /// What measures whether its scores depend on what is hot.
    func measurement(seed: UInt64) -> DependenceMeasurement {
        var settings = DependenceSettings()
        settings.seed = seed
        return DependenceMeasurement(channels: channels, height: height, width: width, settings)
    }

    /// A prepared picture as measurements take it.
    func inputPicture(_ picture: PreparedPicture) -> InputPicture {
        InputPicture(channels: channels, height: height, width: width, values: values(picture))
    }
}
