/// Whose maps are drawn, and how steady they are: what may change while pictures flow.
package struct MapSettings: Sendable, Equatable {
    /// Number of the class whose map is drawn; nil: the most probable one.
    package var explainedClass: Int?
    package var filter: MapFilter
    /// Time constant in seconds; 0: neither maps nor classes are smoothed.
    package var smoothing: Double
    package var scale: ScaleChoice
    /// How many classes get a map: the chosen one, then the most probable ones.
    package var mapCount: Int

    package init(
        explainedClass: Int? = nil, filter: MapFilter = .oneEuro, smoothing: Double, scale: ScaleChoice = .running,
        mapCount: Int = 1
    ) {
        self.explainedClass = explainedClass
        self.filter = filter
        self.smoothing = smoothing
        self.scale = scale
        self.mapCount = mapCount
    }

    /// Whether maps and classes are smoothed.
    package var isSmoothed: Bool { smoothing > 0 }

    /// Seconds without a picture after which the past has nothing to do with what comes.
    package var longestGap: Double { max(Self.shortestGap, 4 * smoothing) }
    private static let shortestGap = 1.0
}
