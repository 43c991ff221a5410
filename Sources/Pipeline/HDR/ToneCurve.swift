/// Brings the light of an HDR video into the range of an SDR display: the electrical-electrical transfer function of
/// Report ITU-R BT.2390 (section 5.4.1), for a black of 0 nits on both sides. Dark and middle tones stay as they are.
package struct ToneCurve: Sendable {
    private let peak: Double
    private let most: Double
    private let knee: Double

    /// - Parameter peak: of the video, in nits.
    package init(peak: Double) {
        self.peak = HDRTransfer.pq(nits: min(max(peak, HDRTransfer.graphicsWhite), 10_000))
        most = HDRTransfer.pq(nits: HDRTransfer.graphicsWhite) / self.peak
        knee = 1.5 * most - 0.5
    }

    /// - Returns: nits, at most graphics white, which is SDR's white.
    package func callAsFunction(nits: Double) -> Double {
        let x = min(HDRTransfer.pq(nits: nits) / peak, 1)
        guard x > knee, knee < 1 else { return min(nits, HDRTransfer.graphicsWhite) }
        let t = (x - knee) / (1 - knee)
        let (t2, t3) = (t * t, t * t * t)
        let y =
            (2 * t3 - 3 * t2 + 1) * knee + (t3 - 2 * t2 + t) * (1 - knee) + (-2 * t3 + 3 * t2) * most
        return HDRTransfer.nits(pq: y * peak)
    }
}
