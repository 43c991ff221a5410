import Evaluate
import Infer

/// The model that is measured is one that the engine runs.
extension InputExplainer: VariantScorer {}

extension InputExplainer {
    /// A prepared picture as measurements take it.
    func inputPicture(_ picture: PreparedPicture) -> InputPicture {
        InputPicture(channels: channels, height: height, width: width, values: values(picture))
    }
}
