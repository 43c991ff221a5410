/// A map as a method makes it: not clipped, not scaled, not smoothed.
package struct RawMap: Sendable {
    package let height: Int
    package let width: Int
    /// Float `[height, width]`, row-major.
    package var values: [Float]

    package init(height: Int, width: Int, values: [Float]) {
        self.height = height
        self.width = width
        self.values = values
    }
}

/// Which value of a raw map is drawn as no heat at all.
package enum ZeroLevel: Sendable {
    /// 0: what is below it speaks against the class.
    case zero
    /// The map's lowest value, for maps that are scores of the class.
    case lowest
}
