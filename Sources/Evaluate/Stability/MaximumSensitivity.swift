import Pipeline

/// How much a map changes, at most, when the picture changes so little that nobody sees it.
///
/// Yeh et al. 2019, arXiv:1901.09392, definition 2: max over ‖δ‖∞ ≤ r of ‖Φ(x + δ) - Φ(x)‖ / ‖Φ(x)‖, by Monte Carlo. Captum's
/// `sensitivity_max` takes r = 0.02 and ten draws; here r is a share of a pixel's range, as the picture comes in 8 bits.
package struct MaximumSensitivity: Sendable {
    /// Share of a pixel's range.
    package var radius = 0.02
    package var draws = 10
    package var seed: UInt64 = 1

    package init() {}

    /// Draws a picture in which every value is changed by as much as the radius allows, at most.
    ///
    /// - Parameter bytes: 8-bit values.
    package func changed(_ bytes: [UInt8], draw: Int) -> [UInt8] {
        var random = SplitMix64(seed &* 0x9e37_79b9_7f4a_7c15 &+ UInt64(draw))
        let most = radius * 255
        return bytes.map { byte in
            UInt8(max(0, min(255, (Double(byte) + random.value(in: -most...most)).rounded())))
        }
    }

    /// - Parameters:
    ///   - map: of the picture.
    ///   - others: of changed ones.
    /// - Returns: 0 where nothing changes; 1 is as much as there is. Of a map without heat: 0 where none comes up, else
    ///   infinity.
    package static func of(_ map: [Float], _ others: [[Float]]) -> Double {
        let size = norm(map)
        let largest =
            others.map { other in
                precondition(other.count == map.count)
                return norm(zip(map, other).map { $0 - $1 })
            }.max() ?? 0
        return largest == 0 ? 0 : largest / size
    }

    private static func norm(_ values: [Float]) -> Double {
        values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    }

    /// Draws, maps, compares.
    ///
    /// - Parameters:
    ///   - bytes: the picture, 8-bit values.
    ///   - map: makes the map of a picture.
    package func callAsFunction(_ bytes: [UInt8], map: ([UInt8]) throws -> [Float]) rethrows -> Double {
        let own = try map(bytes)
        return Self.of(own, try (0..<draws).map { try map(changed(bytes, draw: $0)) })
    }
}
