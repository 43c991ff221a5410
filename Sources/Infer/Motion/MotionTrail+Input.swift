import Tracking

extension MotionTrail {
    /// The trail of a classifier's pictures.
    ///
    /// - Returns: nil if the picture is too small to be searched.
    convenience init?(_ input: ModelInput, _ geometry: InputGeometry) {
        let part = MotionSearch.Part(
            x: geometry.targetX, y: geometry.targetY, width: geometry.targetWidth, height: geometry.targetHeight)
        guard
            let search = MotionSearch(width: input.width, height: input.height, channels: input.channels, part: part)
        else { return nil }
        self.init(search)
    }
}
