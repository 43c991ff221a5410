package import CFFmpeg

/// What luma and the two chroma samples are made of: shares of red, green and blue (ITU-T H.273, section 8.3).
package struct ColourMatrix: Sendable {
    /// [Y', Cb, Cr], each a row of shares; luma goes from 0 to 1, chroma from -0.5 to 0.5.
    package let rows: [SIMD3<Double>]

    /// Of a matrix that is told; one that is not is taken for BT.709's.
    package init(_ matrix: AVColorSpace) {
        if matrix == AVCOL_SPC_YCGCO {
            rows = [SIMD3(0.25, 0.5, 0.25), SIMD3(-0.25, 0.5, -0.25), SIMD3(0.5, 0, -0.5)]
            return
        }
        let (red, blue) = Self.shares(matrix)
        let luma = SIMD3(red, 1 - red - blue, blue)
        rows = [luma, (SIMD3(0, 0, 1) - luma) / (2 * (1 - blue)), (SIMD3(1, 0, 0) - luma) / (2 * (1 - red))]
    }

    /// How the samples of this matrix are made of those of another, row by row: by way of red, green and blue.
    package func rows(of other: ColourMatrix) -> [SIMD3<Double>] {
        let units = other.units
        return rows.map { row in SIMD3((row * units[0]).sum(), (row * units[1]).sum(), (row * units[2]).sum()) }
    }

    /// [red, green, blue], each a row of shares of Y', Cb and Cr.
    package var inverse: [SIMD3<Double>] {
        let units = units
        return (0..<3).map { colour in SIMD3(units[0][colour], units[1][colour], units[2][colour]) }
    }

    /// Red, green and blue of a unit of each sample: the columns of the inverse.
    private var units: [SIMD3<Double>] {
        let (y, cb, cr) = (rows[0], rows[1], rows[2])
        let determinant = (y * Self.cross(cb, cr)).sum()
        return [Self.cross(cb, cr), Self.cross(cr, y), Self.cross(y, cb)].map { $0 / determinant }
    }

    private static func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
        SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
    }

    /// Kr and Kb. BT.2020's constant-luminance form, which isn't affine, is taken for the other one.
    private static func shares(_ matrix: AVColorSpace) -> (Double, Double) {
        switch matrix {
        case AVCOL_SPC_BT470BG, AVCOL_SPC_SMPTE170M: (0.299, 0.114)
        case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: (0.2627, 0.0593)
        case AVCOL_SPC_SMPTE240M: (0.212, 0.087)
        case AVCOL_SPC_FCC: (0.30, 0.11)
        default: (0.2126, 0.0722)
        }
    }
}
