import Pipeline
import Tracking

/// What was found in a picture.
struct SeenPicture {
    /// On the trail of motion; nil: it is not on it.
    let number: Int?
    let seconds: Double
    let top: [Prediction]
    let observations: [Observation]
    /// As in `Explained`.
    let printed: [Int: Float]
    let isRecognised: Bool
    /// As in `Explained`.
    var boxes: [Int: PixelBox] = [:]

    /// The same by the numbers and names of other classes.
    ///
    /// - Returns: nil where the class of the first map is not among them.
    func renumbered(_ numbers: Renumbering, _ names: ClassNames) -> SeenPicture? {
        func renumbered(_ prediction: Prediction) -> Prediction? {
            numbers[prediction.classID].map {
                Prediction(classID: $0, label: names.shown[$0], probability: prediction.probability)
            }
        }
        let kept = observations.filter { numbers[$0.target] != nil && renumbered($0.prediction) != nil }
        guard kept.first == observations.first else { return nil }
        let new = kept.map { old in
            Observation(
                target: numbers[old.target], score: old.score, prediction: renumbered(old.prediction)!,
                heatmap: old.heatmap, raw: old.raw, scales: old.scales, method: old.method,
                versus: old.versus.flatMap(renumbered), box: old.box)
        }
        let printed = printed.compactMap { classID, share in numbers[classID].map { ($0, share) } }
        return SeenPicture(
            number: number, seconds: seconds, top: top.compactMap(renumbered), observations: new,
            printed: Dictionary(uniqueKeysWithValues: printed), isRecognised: isRecognised)
    }
}
