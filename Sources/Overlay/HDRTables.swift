import CBlend
import Glibc
import Pipeline

/// What each of 256 heats does to a pixel of a video in PQ.
///
/// PQ's steps are those of the eye in the dark: half of a colour's signal is a hundredth of its light, where an SDR display
/// shows a fifth. So that the heat looks as it does there, the picture's light is taken to the levels of such a display
/// (BT.1886, with graphics white at 1), blended, and taken back. HLG's signal is near enough to an SDR one as it is.
final class HDRTables {
    /// Heats below this one leave a pixel as it is.
    let untouched: Int
    let table: cblend_hdr_table

    private let decode: Memory<Float>
    private let encode: Memory<Float>
    private let multipliers: Memory<Float>
    private let addends: Memory<Float>
    private let rows: Memory<Float>

    /// - Parameter step: of a heat and its colour's component: what the level is multiplied with, and what is added.
    init(
        _ colours: [RGB], _ hdr: HDRColours, _ coding: SignalCoding,
        step: (_ heat: Double, _ level: Double) -> (multiplier: Double, addend: Double)
    ) {
        let white = HDRTransfer.graphicsWhite
        let brightest = Self.level(10_000 / white)
        decode = Memory(
            (0..<Int(CBLEND_DECODE_ENTRIES)).map { i in
                let nits = HDRTransfer.nits(pq: Double(i) / Double(CBLEND_DECODE_ENTRIES - 1))
                return Float(Self.level(nits / white))
            })
        encode = Memory(
            (0..<Int(CBLEND_ENCODE_ENTRIES)).map { i in
                let level = Double(i) / Double(CBLEND_ENCODE_ENTRIES - 1) * brightest
                return Float(HDRTransfer.pq(nits: pow(level, HDRTransfer.sdrGamma) * white))
            })
        var (factors, sums): ([Float], [Float]) = ([], [])
        var untouched = 0
        for (index, colour) in colours.enumerated() {
            let light = hdr.light(SIMD3(colour.red, colour.green, colour.blue))
            let steps = (0..<3).map { step(Double(index) / 255, Self.level(light[$0])) }
            factors.append(Float(steps[0].multiplier))
            sums += steps.map { Float($0.addend) }
            if untouched == index, steps.allSatisfy({ $0.multiplier == 1 && $0.addend == 0 }) { untouched += 1 }
        }
        (multipliers, addends) = (Memory(factors), Memory(sums))
        rows = Memory(coding.rows.flatMap { [Float($0.x), Float($0.y), Float($0.z)] })
        self.untouched = untouched
        let inverse = coding.toRGB
        let (offsets, scales) = (SIMD3<Float>(coding.offsets), SIMD3<Float>(coding.scales))
        table = cblend_hdr_table(
            is_rgb: coding.isRGB ? 1 : 0, offsets: (offsets.x, offsets.y, offsets.z),
            scales: (scales.x, scales.y, scales.z), red_cr: Float(inverse.redCr), green_cb: Float(inverse.greenCb),
            green_cr: Float(inverse.greenCr), blue_cb: Float(inverse.blueCb), rows: rows.start, decode: decode.start,
            encode: encode.start, encode_scale: Float(1 / brightest), multipliers: multipliers.start,
            addends: addends.start)
    }

    /// The signal of an SDR display for light relative to its white.
    private static func level(_ light: Double) -> Double { pow(max(light, 0), 1 / HDRTransfer.sdrGamma) }
}
