import CFFmpeg
import Testing

@testable import Pipeline

/// Against the tables of the standards, and of SDR twins.
@Suite struct HDRTests {
    @Test func pqAndNitsAreAsInSMPTE2084() {
        for (nits, signal) in [(0.0, 0.0), (1, 0.1499), (100, 0.5081), (203, 0.5807), (1000, 0.7518), (10_000, 1)] {
            #expect(abs(HDRTransfer.pq(nits: nits) - signal) < 1e-4)
            #expect(abs(HDRTransfer.nits(pq: HDRTransfer.pq(nits: nits)) - nits) < 1e-6 * max(nits, 1))
        }
    }

    @Test func graphicsWhiteIsThreeQuartersOfHLG() {
        let light = HDRTransfer.hlg.linear(0.75)
        #expect(abs(light * HDRTransfer.hlg.systemGain(luminance: light) - 203) < 0.5)
        for signal in stride(from: 0.0, through: 1, by: 0.05) {
            #expect(abs(HDRTransfer.hlg.signal(HDRTransfer.hlg.linear(signal)) - signal) < 1e-6)
        }
    }

    @Test func thePrimariesOfBT709InThoseOfBT2020() {
        let rows = Primaries(AVCOL_PRI_BT709).rows(to: Primaries(AVCOL_PRI_BT2020))
        // ITU-R BT.2087, M2.
        let known = [[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]]
        for (row, wanted) in zip(rows, known) {
            for i in 0..<3 { #expect(abs(row[i] - wanted[i]) < 1e-4) }
        }
        #expect(abs(Primaries(AVCOL_PRI_BT2020).luminance.x - 0.2627) < 1e-4)
    }

    @Test(arguments: [HDRTransfer.pq, .hlg])
    func aColourOfSDRIsShownWithTheSameLightRelativeToGraphicsWhite(transfer: HDRTransfer) {
        let colours = HDRColours(transfer, ColourTags(primaries: AVCOL_PRI_BT2020))
        let primaries = Primaries(AVCOL_PRI_BT2020)
        for sdr in [SIMD3(1, 1, 1), SIMD3(1, 0, 0), SIMD3(0.2, 0.7, 0.4), SIMD3(0.5, 0.5, 0.5)] as [SIMD3<Double>] {
            let signal = colours.signal(sdr)
            let linear = SIMD3(
                transfer.linear(signal.x), transfer.linear(signal.y), transfer.linear(signal.z))
            let luminance = (linear * primaries.luminance).sum()
            let nits = linear * transfer.systemGain(luminance: luminance)
            let wanted = colours.light(sdr) * 203
            for i in 0..<3 { #expect(abs(nits[i] - wanted[i]) < 0.01, "\(sdr)") }
        }
    }

    @Test func theToneCurveKeepsDarkTonesAndEndsAtGraphicsWhite() {
        let curve = ToneCurve(peak: 1000)
        for nits in [0.0, 0.01, 1, 20, 80] { #expect(abs(curve(nits: nits) - nits) < 1e-6 * max(nits, 1)) }
        #expect(abs(curve(nits: 1000) - 203) < 1e-6 && abs(curve(nits: 4000) - 203) < 1e-6)
        // Graphics white leaves a part of the range to what is brighter.
        #expect((150.0..<175).contains(curve(nits: 203)))
        let steps = (0...1000).map { curve(nits: Double($0)) }
        for (now, next) in zip(steps, steps.dropFirst()) { #expect(next > now) }
        // A video that gets no brighter than SDR is not touched.
        for nits in [1.0, 100, 203] { #expect(abs(ToneCurve(peak: 203)(nits: nits) - nits) < 1e-6) }
    }

    /// SDR levels of 0...255, through HDR's 10 bits and back.
    private func throughHDR(
        _ transfer: AVColorTransferCharacteristic, _ pixelFormat: String, maxCLL: UInt32?
    ) throws -> (wanted: [SIMD3<Double>], found: [SIMD3<Double>]) {
        let colour = ColourTags(
            range: AVCOL_RANGE_MPEG, matrix: AVCOL_SPC_BT2020_NCL, primaries: AVCOL_PRI_BT2020, transfer: transfer)
        var format = VideoFormat(
            width: 64, height: 8, pixelFormat: av_get_pix_fmt(pixelFormat), colour: colour,
            timeBase: AVRational(num: 1, den: 25))
        if let maxCLL {
            var light = AVContentLightMetadata()
            light.MaxCLL = maxCLL
            var metadata = HDRMetadata()
            metadata.contentLight = withUnsafeBytes(of: light) { Array($0) }
            format.hdr = metadata
        }
        let layout = try #require(PixelLayout(format.pixelFormat))
        let colours = HDRColours(try #require(colour.hdr), colour)
        let coding = SignalCoding(format, layout)
        let seed = Frame(adopting: av_frame_alloc(), index: 0, pts: 0, duration: 1, timeBase: format.timeBase)
        let frame = try FramePool(format).frame(timedLike: seed)
        var wanted: [SIMD3<Double>] = []
        for y in 0..<8 {
            for x in 0..<64 {
                // Chroma of 2x2 pixels is one: so are their colours.
                let (u, v) = (Double(x / 2) / 31, y / 2)
                let sdr = [SIMD3(u, u, u), SIMD3(u, 0, 0), SIMD3(0.2, u, 0.6), SIMD3(1 - u, 0.5, u)][v]
                wanted.append(sdr * 255)
                let rgb = colours.signal(sdr)
                let signal =
                    coding.isRGB
                    ? SIMD3(rgb.y, rgb.z, rgb.x)
                    : SIMD3(
                        (coding.rows[0] * rgb).sum(), (coding.rows[1] * rgb).sum(), (coding.rows[2] * rgb).sum())
                let samples = signal / coding.scales + coding.offsets
                for plane in 0..<3 {
                    let (lw, lh) = plane == 0 ? (0, 0) : (layout.log2ChromaWidth, layout.log2ChromaHeight)
                    frame.plane(plane, layout).row(y >> lh).storeBytes(
                        of: UInt16(samples[plane].rounded()), toByteOffset: 2 * (x >> lw), as: UInt16.self)
                }
            }
        }
        guard let mapper = try ToneMapper(format) else { throw FFmpegError.outOfMemory("no tone mapper") }
        let mapped = try mapper.map(frame)
        let rgb = try #require(PixelLayout(AV_PIX_FMT_GBRP))
        let isSDR = mapped.pixelFormat == AV_PIX_FMT_GBRP && ColourTags(of: mapped.av).hdr == nil
        #expect(isSDR)
        var found: [SIMD3<Double>] = []
        for y in 0..<8 {
            for x in 0..<64 {
                func level(_ plane: Int) -> Double {
                    Double(mapped.plane(plane, rgb).row(y).load(fromByteOffset: x, as: UInt8.self))
                }
                found.append(SIMD3(level(2), level(0), level(1)))
            }
        }
        return (wanted, found)
    }

    /// Ten bits of PQ are steps of up to 1 % of light, half a level of SDR; a saturated dark component, of which a chroma
    /// sample's rounding is a large part, is off by more, and is nothing to see.
    @Test(arguments: [("yuv420p10le", 2.0), ("yuv444p10le", 2.0), ("gbrp10le", 2.0)])
    func pqThatIsNoBrighterThanSDRBecomesItsTwin(_ case: (format: String, tolerance: Double)) throws {
        let (wanted, found) = try throughHDR(AVCOL_TRC_SMPTE2084, `case`.format, maxCLL: 203)
        expectTwins(wanted, found, `case`.tolerance)
    }

    @Test(arguments: [AVCOL_TRC_SMPTE2084, AVCOL_TRC_ARIB_STD_B67])
    func whereHighlightsMayComeDarkTonesAreTheTwinsAndWhiteLeavesRoom(
        transfer: AVColorTransferCharacteristic
    ) throws {
        let (wanted, found) = try throughHDR(transfer, "yuv444p10le", maxCLL: nil)
        for (sdr, seen) in zip(wanted, found).prefix(64) {
            if sdr.x < 0.65 * 255 {
                #expect(abs(seen.x - sdr.x) <= 2)
            } else {
                #expect(seen.x <= sdr.x + 2 && seen.x >= sdr.x - 26)
            }
        }
        #expect(abs(found[63].x - 231) <= 2)
    }

    private func expectTwins(_ wanted: [SIMD3<Double>], _ found: [SIMD3<Double>], _ tolerance: Double) {
        var worst = 0.0
        for (sdr, seen) in zip(wanted, found) {
            for i in 0..<3 {
                // Below a tenth of the brightest component's light chroma's rounding shows.
                let isFaint = sdr[i] < 0.4 * sdr.max()
                worst = max(worst, abs(seen[i] - sdr[i]) - (isFaint ? 0.12 * sdr.max() : 0))
            }
        }
        #expect(worst <= tolerance)
    }
}
