import Pipeline

/// How the maps of several layers become one.
package enum LayerFusion: String, Decodable, Sendable, CaseIterable {
    case mean, max, product

    /// Each map without its evidence against the class, scaled to a maximum of 1, and brought to the largest one's size;
    /// then the mean, the maximum or the product of each place.
    ///
    /// - Parameter maps: at least one; a single one is given back as it is.
    func fused(_ maps: [RawMap]) -> RawMap {
        guard maps.count > 1 else { return maps[0] }
        let (height, width) = (maps.map(\.height).max()!, maps.map(\.width).max()!)
        let scaled = maps.map { map in
            let strongest = map.values.max() ?? 0
            let values = map.values.map { strongest > 0 ? Swift.max(0, $0) / strongest : 0 }
            return Bilinear.resized(
                RawMap(height: map.height, width: map.width, values: values), height: height, width: width
            ).values
        }
        let values = (0..<height * width).map { place in
            let column = scaled.map { $0[place] }
            return switch self {
            case .mean: column.reduce(0, +) / Float(column.count)
            case .max: column.max()!
            case .product: column.reduce(1, *)
            }
        }
        return RawMap(height: height, width: width, values: values)
    }
}
