import Evaluate
import Infer
import Pipeline

/// One method of a session that explains pictures as the model reads them.
struct MethodSession {
    let explainer: InputExplainer
    /// Its number in the session.
    let method: Int

    /// The method's map of a class, enlarged to the input as maps are judged.
    func field(ofClass classID: Int, in picture: PreparedPicture) throws(InferError) -> HeatField {
        let (width, height) = (explainer.width, explainer.height)
        let heat = try explainer.heat(ofClass: classID, in: picture, method: method)
        let region = Region(x: 0, y: 0, width: Double(width), height: Double(height))
        return HeatField(
            Heatmap(height: heat.height, width: heat.width, values: heat.values, region: region), width: width,
            height: height)
    }
}
