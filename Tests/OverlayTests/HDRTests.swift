import CFFmpeg
import Pipeline
import Testing

@testable import Overlay

/// Heat, bars and labels on HDR pictures, in nits.
@Suite struct HDRTests {
    private static let size = (width: 64, height: 48)

    private func format(_ transfer: AVColorTransferCharacteristic, _ pixelFormat: String) -> VideoFormat {
        videoFormat(
            pixelFormat, width: Self.size.width, height: Self.size.height,
            ColourTags(
                range: AVCOL_RANGE_MPEG, matrix: AVCOL_SPC_BT2020_NCL, primaries: AVCOL_PRI_BT2020,
                transfer: transfer))
    }

    /// A picture of one grey.
    private func grey(_ format: VideoFormat, nits: Double) throws -> Frame {
        let codes = CodeValues(format, try #require(PixelLayout(format.pixelFormat)))
        let level = pow(nits / 203, 1 / 2.4)
        return try picture(format) { plane, _, _ in Int(codes.sample(RGB(level, level, level), plane: plane)) }
    }

    /// Red, green and blue in nits, of one pixel of 4:4:4 or of a flat part.
    private func nits(_ frame: borrowing Frame, _ format: VideoFormat, x: Int, y: Int) throws -> SIMD3<Double> {
        let layout = try #require(PixelLayout(format.pixelFormat))
        let coding = SignalCoding(format, layout)
        let planes = try samples(frame)
        let signal = (0..<3).map { plane -> Double in
            let (lw, lh) = plane == 0 ? (0, 0) : (layout.log2ChromaWidth, layout.log2ChromaHeight)
            return (Double(planes[plane][y >> lh][x >> lw]) - coding.offsets[plane]) * coding.scales[plane]
        }
        let inverse = coding.toRGB
        let rgb =
            coding.isRGB
            ? SIMD3(signal[2], signal[0], signal[1])
            : SIMD3(
                signal[0] + inverse.redCr * signal[2],
                signal[0] + inverse.greenCb * signal[1] + inverse.greenCr * signal[2],
                signal[0] + inverse.blueCb * signal[1])
        let transfer = try #require(format.colour.hdr)
        let linear = SIMD3(transfer.linear(rgb.x), transfer.linear(rgb.y), transfer.linear(rgb.z))
        let luminance = (linear * Primaries(format.colour.primaries).luminance).sum()
        return linear * transfer.systemGain(luminance: luminance)
    }

    private static let transfers = [AVCOL_TRC_SMPTE2084, AVCOL_TRC_ARIB_STD_B67]

    private func explained(_ frame: consuming Frame, heat: Float) -> Explained {
        let map = Heatmap(
            height: 2, width: 2, values: [heat, heat, heat, heat],
            region: Region(x: 0, y: 0, width: Double(Self.size.width), height: Double(Self.size.height)))
        let prediction = Prediction(classID: 0, label: "I", probability: 0.5)
        return Explained(
            frame: frame, top: [prediction], observations: [Observation(prediction: prediction, heatmap: map)])
    }

    private func config(_ blend: OverlayConfig.Blend, opacity: Double, _ colormap: Colormap = .bone) -> OverlayConfig {
        var config = OverlayConfig()
        (config.blend, config.opacity, config.colormap) = (blend, opacity, colormap)
        (config.labels, config.colourBar) = (.none, false)
        return config
    }

    @Test(arguments: transfers, ["yuv420p10le", "yuv422p10le", "yuv444p12le", "gbrp10le"])
    func theHeatsWhiteIsGraphicsWhite(_ transfer: AVColorTransferCharacteristic, _ name: String) throws {
        let format = format(transfer, name)
        let painter = try Painter(config(.mix, opacity: 1), input: format)
        let painted = try painter.paint(explained(try grey(format, nits: 20), heat: 1))
        let found = try nits(painted, format, x: 30, y: 20)
        // A step of 10 bits is 2 nits there.
        for i in 0..<3 { #expect(abs(found[i] - 203) < 3) }
    }

    @Test(arguments: transfers, ["yuv420p10le", "yuv444p10le", "gbrp10le"])
    func picturesKeepTheirSamplesWhereNothingIsDrawn(
        _ transfer: AVColorTransferCharacteristic, _ name: String
    ) throws {
        let format = format(transfer, name)
        let noise = try noisePicture(format)
        let before = try bytes(noise)
        let painter = try Painter(config(.attention, opacity: 0.6, .jet), input: format)
        #expect(try bytes(painter.paint(explained(noise, heat: 0.05))) == before)
    }

    /// The same light as on an SDR display whose white is graphics white, at every heat; PQ within what mixing in BT.2020's
    /// primaries differs from mixing in BT.709's, HLG also within what its own curve differs from such a display's.
    @Test(arguments: [(AVCOL_TRC_SMPTE2084, 0.07), (AVCOL_TRC_ARIB_STD_B67, 0.13)])
    func theHeatLooksAsInSDR(_ case: (transfer: AVColorTransferCharacteristic, tolerance: Double)) throws {
        let hdr = format(`case`.transfer, "yuv444p10le")
        let sdr = videoFormat(
            "yuv444p", width: Self.size.width, height: Self.size.height,
            ColourTags(range: AVCOL_RANGE_MPEG, matrix: AVCOL_SPC_BT709))
        let colours = HDRColours(try #require(hdr.colour.hdr), hdr.colour)
        for nits in [0.5, 5, 40, 150] {
            let level = pow(nits / 203, 1 / 2.4)
            for heat in [Float(0.4), 0.7, 1] {
                let settings = config(.attention, opacity: 0.6, .jet)
                let bright = try Painter(settings, input: hdr).paint(explained(try grey(hdr, nits: nits), heat: heat))
                let codes = CodeValues(sdr, try #require(PixelLayout(sdr.pixelFormat)))
                let plain = try picture(sdr) { plane, _, _ in
                    Int(codes.sample(RGB(level, level, level), plane: plane))
                }
                let twin = try samples(Painter(settings, input: sdr).paint(explained(plain, heat: heat)))
                let signal = (0..<3).map {
                    (Double(twin[$0][20][30]) - codes.coding.offsets[$0]) * codes.coding.scales[$0]
                }
                let inverse = codes.coding.toRGB
                let rgb = SIMD3(
                    signal[0] + inverse.redCr * signal[2],
                    signal[0] + inverse.greenCb * signal[1] + inverse.greenCr * signal[2],
                    signal[0] + inverse.blueCb * signal[1])
                let wanted = colours.light(rgb)
                let found = try self.nits(bright, hdr, x: 30, y: 20) / 203
                // Compared as levels of an SDR display, which are even steps to the eye.
                for i in 0..<3 {
                    let difference = pow(max(found[i], 0), 1 / 2.4) - pow(wanted[i], 1 / 2.4)
                    let isFaint = wanted[i] < 0.1 * wanted.max()
                    #expect(
                        abs(difference) <= `case`.tolerance + (isFaint ? 0.08 : 0.03),
                        "\(nits) nits, heat \(heat), \(i)")
                }
            }
        }
    }

    @Test(arguments: transfers)
    func labelsAndBarsAreNoBrighterThanGraphicsWhite(transfer: AVColorTransferCharacteristic) throws {
        let format = videoFormat(
            "yuv420p10le", width: 640, height: 360,
            ColourTags(
                range: AVCOL_RANGE_MPEG, matrix: AVCOL_SPC_BT2020_NCL, primaries: AVCOL_PRI_BT2020,
                transfer: transfer))
        let painter = try Painter(OverlayConfig(), input: format)
        let map = Heatmap(
            height: 2, width: 2, values: [0, 0, 0, 0], region: Region(x: 0, y: 0, width: 640, height: 360))
        let prediction = Prediction(classID: 0, label: "MMM", probability: 0.5)
        let painted = try painter.paint(
            Explained(
                frame: try picture(format) { plane, _, _ in plane == 0 ? 64 : 512 }, top: [prediction],
                observations: [Observation(prediction: prediction, heatmap: map)]))
        let white = CodeValues(format, try #require(PixelLayout(format.pixelFormat))).sample(.white, plane: 0)
        // PQ: 64 + 876 * 0.581; HLG: three quarters.
        #expect(white == (transfer == AVCOL_TRC_SMPTE2084 ? 573 : 721))
        #expect(try samples(painted)[0].map { $0.max()! }.max() == Int(white))
    }
}
