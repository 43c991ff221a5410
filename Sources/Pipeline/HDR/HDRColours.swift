import CFFmpeg
import Glibc

/// The signal that stands for SDR colours in an HDR video: shown at graphics white, in the video's own primaries.
package struct HDRColours: Sendable {
    package let transfer: HDRTransfer
    private let primaries: Primaries
    private let fromSDR: [SIMD3<Double>]

    package init(_ transfer: HDRTransfer, _ colour: ColourTags) {
        self.transfer = transfer
        primaries = Primaries(colour.primaries)
        fromSDR = Primaries(AVCOL_PRI_BT709).rows(to: primaries)
    }

    /// Light in the video's primaries, relative to graphics white.
    ///
    /// - Parameter sdr: BT.709 red, green and blue as an SDR display takes them, 0...1.
    package func light(_ sdr: SIMD3<Double>) -> SIMD3<Double> {
        let linear = SIMD3(Self.light(sdr.x), Self.light(sdr.y), Self.light(sdr.z))
        let light = SIMD3((fromSDR[0] * linear).sum(), (fromSDR[1] * linear).sum(), (fromSDR[2] * linear).sum())
        return light.clamped(lowerBound: SIMD3(repeating: 0), upperBound: SIMD3(repeating: 1))
    }

    /// Red, green and blue of the video's signal, 0...1.
    package func signal(_ sdr: SIMD3<Double>) -> SIMD3<Double> {
        let nits = light(sdr) * HDRTransfer.graphicsWhite
        let shown = (nits * primaries.luminance).sum()
        guard shown > 0 else { return SIMD3(repeating: transfer.signal(0)) }
        let linear = nits * (transfer.luminance(nits: shown) / shown)
        return SIMD3(transfer.signal(linear.x), transfer.signal(linear.y), transfer.signal(linear.z))
    }

    private static func light(_ signal: Double) -> Double { pow(min(max(signal, 0), 1), HDRTransfer.sdrGamma) }
}
