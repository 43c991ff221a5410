/// Figures of one map at several places of a scale: a curve.
package struct Series: Codable, Sendable, Equatable, Hashable {
    /// As reports write it.
    package let key: String
    /// For people.
    package let title: String
    /// What it is over, for people.
    package let scale: String
    /// Places on the scale, 0...1.
    package let positions: [Double]
    /// What the places are called; none: their share.
    package let names: [String]

    package init(_ key: String, _ title: String, over scale: String, at positions: [Double], names: [String] = []) {
        (self.key, self.title, self.scale) = (key, title, scale)
        (self.positions, self.names) = (positions, names)
    }
}

/// What was found of one map beside where its heat lies.
package struct MapFigures: Sendable, Equatable {
    /// By the metrics' keys.
    package var figures: [String: Double]
    /// By the keys of series: a figure for each of their positions.
    package var curves: [String: [Double]]

    package init(_ figures: [String: Double] = [:], curves: [String: [Double]] = [:]) {
        (self.figures, self.curves) = (figures, curves)
    }

    /// Adds what somebody else has found of the map.
    package mutating func merge(_ other: MapFigures) {
        figures.merge(other.figures) { $1 }
        curves.merge(other.curves) { $1 }
    }
}
