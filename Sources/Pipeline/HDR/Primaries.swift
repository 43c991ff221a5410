package import CFFmpeg

/// The colours that a video's red, green and blue are (ITU-T H.273, section 8.1); white is D65.
package struct Primaries: Sendable {
    /// From linear red, green and blue to CIE XYZ, row by row; the second row are the shares of luminance.
    package let toXYZ: [SIMD3<Double>]

    /// What is not told is BT.2020 for HDR, which this is for.
    package init(_ primaries: AVColorPrimaries) {
        let (red, green, blue): (SIMD2<Double>, SIMD2<Double>, SIMD2<Double>) =
            switch primaries {
            case AVCOL_PRI_BT709: (SIMD2(0.64, 0.33), SIMD2(0.3, 0.6), SIMD2(0.15, 0.06))
            case AVCOL_PRI_SMPTE431, AVCOL_PRI_SMPTE432: (SIMD2(0.68, 0.32), SIMD2(0.265, 0.69), SIMD2(0.15, 0.06))
            default: (SIMD2(0.708, 0.292), SIMD2(0.17, 0.797), SIMD2(0.131, 0.046))
            }
        let columns = [red, green, blue].map(Self.xyz)
        let unscaled = (0..<3).map { row in SIMD3(columns[0][row], columns[1][row], columns[2][row]) }
        let white = Self.xyz(SIMD2(0.3127, 0.3290))
        let inverse = Self.inverse(unscaled)
        let scales = SIMD3((inverse[0] * white).sum(), (inverse[1] * white).sum(), (inverse[2] * white).sum())
        toXYZ = unscaled.map { $0 * scales }
    }

    /// Shares of red, green and blue in luminance.
    package var luminance: SIMD3<Double> { toXYZ[1] }

    /// From this one's linear red, green and blue to another's, row by row.
    package func rows(to other: Primaries) -> [SIMD3<Double>] {
        let inverse = Self.inverse(other.toXYZ)
        return inverse.map { row in
            toXYZ[0] * row.x + toXYZ[1] * row.y + toXYZ[2] * row.z
        }
    }

    private static func xyz(_ place: SIMD2<Double>) -> SIMD3<Double> {
        SIMD3(place.x / place.y, 1, (1 - place.x - place.y) / place.y)
    }

    private static func inverse(_ rows: [SIMD3<Double>]) -> [SIMD3<Double>] {
        func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
            SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
        }
        let columns = [cross(rows[1], rows[2]), cross(rows[2], rows[0]), cross(rows[0], rows[1])]
        let determinant = (rows[0] * columns[0]).sum()
        return (0..<3).map { row in SIMD3(columns[0][row], columns[1][row], columns[2][row]) / determinant }
    }
}
