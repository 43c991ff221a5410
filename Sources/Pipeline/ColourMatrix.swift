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
        // The columns of the inverse of the other's rows: red, green and blue of a unit of each sample.
        let (y, cb, cr) = (other.rows[0], other.rows[1], other.rows[2])
        let determinant = (y * Self.cross(cb, cr)).sum()
        let units = [Self.cross(cb, cr), Self.cross(cr, y), Self.cross(y, cb)].map { $0 / determinant }
        return rows.map { row in SIMD3((row * units[0]).sum(), (row * units[1]).sum(), (row * units[2]).sum()) }
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
