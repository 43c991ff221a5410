import CFFmpeg
import Pipeline

/// The samples that stand for a colour in one video: its matrix, range and bit depth (ITU-T H.273, section 8.3).
struct CodeValues {
    /// Rows: what each plane is made of, in shares of red, green and blue. Then a factor and an offset to samples.
    private let rows: [SIMD3<Double>]
    private let scales: SIMD3<Double>
    private let offsets: SIMD3<Double>
    let bits: Int

    init(_ format: VideoFormat, _ layout: PixelLayout) {
        bits = layout.bitsPerSample
        let matrix = format.colour.matrixOrDefault(forHeight: format.height)
        let isRGB = layout.isRGB || matrix == AVCOL_SPC_RGB
        // RGB is full-range unless it says otherwise, Y'CbCr the other way round.
        let isFull =
            isRGB
            ? format.colour.range != AVCOL_RANGE_MPEG : format.colour.isFullRange || Self.isJPEG(format.pixelFormat)
        let unit = Double(1 << (bits - 8))
        let maximum = Double(1 << bits) - 1
        let luma = isFull ? maximum : 219 * unit
        let black = isFull ? 0 : 16 * unit
        if isRGB {
            rows = [SIMD3(0, 1, 0), SIMD3(0, 0, 1), SIMD3(1, 0, 0)]
            scales = SIMD3(repeating: luma)
            offsets = SIMD3(repeating: black)
            return
        }
        rows = ColourMatrix(matrix).rows
        scales = SIMD3(luma, isFull ? maximum : 224 * unit, isFull ? maximum : 224 * unit)
        offsets = SIMD3(black, 128 * unit, 128 * unit)
    }

    /// The samples of a colour in the order of the planes, not rounded.
    func samples(_ colour: RGB) -> SIMD3<Double> {
        let rgb = SIMD3(colour.red, colour.green, colour.blue)
        let shares = SIMD3((rows[0] * rgb).sum(), (rows[1] * rgb).sum(), (rows[2] * rgb).sum())
        return shares * scales + offsets
    }

    /// The nearest sample in one plane.
    func sample(_ colour: RGB, plane: Int) -> Int32 {
        Int32(min(max(samples(colour)[plane].rounded(), 0), Double(1 << bits) - 1))
    }

    /// FFmpeg's old names for full range.
    private static func isJPEG(_ format: AVPixelFormat) -> Bool {
        [AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_YUVJ440P].contains(format)
    }
}
