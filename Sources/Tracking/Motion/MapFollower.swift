package import Pipeline

/// Brings maps of earlier pictures to where they belong in later ones: live, where the classifier is slower than the
/// camera. For one thread.
package struct MapFollower {
    private var route: MotionRoute

    package init(_ trail: MotionTrail) { route = trail.makeRoute() }

    /// - Parameters:
    ///   - observations: of the picture `first`.
    ///   - last: a later picture.
    /// - Returns: their maps as they belong in that one; where its motion is not known, as they are; none if they are of
    ///   another scene.
    package mutating func follow(
        _ observations: [Observation], from first: PictureMark, to last: PictureMark
    ) -> [Observation] {
        if first.scene != last.scene { return [] }
        guard let start = first.number, let end = last.number, start < end,
            route.find(from: start, to: end)
        else { return observations }
        return observations.moved(by: route.field)
    }
}
