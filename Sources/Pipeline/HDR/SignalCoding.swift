import CFFmpeg

/// How the samples of a picture's planes stand for its signal (ITU-T H.273, section 8.3), in both directions.
package struct SignalCoding: Sendable {
    package let bits: Int
    package let isRGB: Bool
    /// A plane's signal is (sample - offset) * scale: 0...1, chroma -0.5...0.5.
    package let offsets: SIMD3<Double>
    package let scales: SIMD3<Double>
    /// [Y', Cb, Cr] from red, green and blue.
    package let rows: [SIMD3<Double>]

    package init(_ format: VideoFormat, _ layout: PixelLayout) {
        bits = layout.bitsPerSample
        let matrix = format.colour.matrixOrDefault(forHeight: format.height)
        isRGB = layout.isRGB || matrix == AVCOL_SPC_RGB
        let tagged = format.withRangeInTag
        // RGB is full-range unless it says otherwise, Y'CbCr the other way round.
        let isFull = isRGB ? tagged.colour.range != AVCOL_RANGE_MPEG : tagged.colour.isFullRange
        let unit = Double(1 << (bits - 8))
        let maximum = Double(1 << bits) - 1
        let luma = isFull ? maximum : 219 * unit
        let chroma = isFull ? maximum : 224 * unit
        let black = isFull ? 0 : 16 * unit
        rows = ColourMatrix(matrix).rows
        scales = isRGB ? SIMD3(repeating: 1 / luma) : SIMD3(1 / luma, 1 / chroma, 1 / chroma)
        offsets = isRGB ? SIMD3(repeating: black) : SIMD3(black, 128 * unit, 128 * unit)
    }

    /// Red from Cr, green from Cb and from Cr, blue from Cb: the inverse of `rows`, for matrices of this shape.
    package var toRGB: (redCr: Double, greenCb: Double, greenCr: Double, blueCb: Double) {
        let (red, green, blue) = (rows[0].x, rows[0].y, rows[0].z)
        let (redCr, blueCb) = (2 * (1 - red), 2 * (1 - blue))
        return (redCr, -blue * blueCb / green, -red * redCr / green, blueCb)
    }
}
