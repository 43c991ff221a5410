package import Pipeline

extension BoxHeat {
    /// The heat of boxes that were observed, each as strong as its score.
    package static func join(
        _ observations: [Observation], _ join: Join, pictureWidth: Int, pictureHeight: Int
    ) -> Heatmap {
        let parts = observations.compactMap { seen in
            seen.box.map {
                Part(
                    map: seen.heatmap, box: Region($0), crop: seen.crop.map(Region.init),
                    score: seen.prediction.probability)
            }
        }
        return self.join(parts, join, pictureWidth: pictureWidth, pictureHeight: pictureHeight)
    }
}
