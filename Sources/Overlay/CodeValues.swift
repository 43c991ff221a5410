import Pipeline

/// The samples that stand for a colour in one video: its matrix, range and bit depth (ITU-T H.273, section 8.3).
///
/// Colours of an HDR video are shown at graphics white (203 nits, ITU-R BT.2408).
struct CodeValues {
    let coding: SignalCoding
    /// nil: SDR.
    let hdr: HDRColours?
    var bits: Int { coding.bits }

    init(_ format: VideoFormat, _ layout: PixelLayout) {
        coding = SignalCoding(format, layout)
        hdr = format.colour.hdr.map { HDRColours($0, format.colour) }
    }

    /// The samples of a colour in the order of the planes, not rounded.
    func samples(_ colour: RGB) -> SIMD3<Double> {
        let sdr = SIMD3(colour.red, colour.green, colour.blue)
        let rgb = hdr?.signal(sdr) ?? sdr
        let shares =
            coding.isRGB
            ? SIMD3(rgb.y, rgb.z, rgb.x)
            : SIMD3((coding.rows[0] * rgb).sum(), (coding.rows[1] * rgb).sum(), (coding.rows[2] * rgb).sum())
        return shares / coding.scales + coding.offsets
    }

    /// The nearest sample in one plane.
    func sample(_ colour: RGB, plane: Int) -> Int32 {
        Int32(min(max(samples(colour)[plane].rounded(), 0), Double(1 << bits) - 1))
    }
}
