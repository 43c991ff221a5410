package import Pipeline

/// Brings maps of earlier pictures to where they belong in later ones: live, where the classifier is slower than the
/// camera. For one thread.
package struct MapFollower {
    private var route: MotionRoute

    package init(_ trail: MotionTrail) { route = trail.makeRoute() }

    /// - Parameters:
    ///   - maps: of the picture `first`.
    ///   - last: a later picture.
    /// - Returns: the maps as they belong in that one; where its motion is not known, as they are; none if they are of
    ///   another scene.
    package mutating func follow(_ maps: [ClassMap], from first: PictureMark, to last: PictureMark) -> [ClassMap] {
        if first.scene != last.scene { return [] }
        guard let start = first.number, let end = last.number, start < end,
            route.find(from: start, to: end)
        else { return maps }
        return maps.moved(by: route.field)
    }
}
