import CFFmpeg
import Pipeline
import TestSupport
import Testing

@testable import Capture

@Suite struct NormalisingTests {
    @Test func everyFormatThatFFmpegReadsBecomesOneThatStagesDrawOn() {
        var count = 0
        var description = av_pix_fmt_desc_next(nil)
        while let current = description {
            let format = av_pix_fmt_desc_get_id(current)
            if sws_isSupportedInput(format) > 0 {
                let name = String(cString: current.pointee.name)
                let normalised = NormalisedFormat(format)
                let layout = normalised.flatMap { PixelLayout($0.format) }
                #expect(layout != nil, "\(name)")
                if let layout, let normalised {
                    let isUsual = layout.log2ChromaHeight <= layout.log2ChromaWidth && layout.log2ChromaWidth <= 1
                    #expect(isUsual, "\(name)")
                    #expect(sws_isSupportedOutput(normalised.format) > 0, "\(name)")
                    #expect(layout.bitsPerSample >= min(16, Int(current.pointee.comp.0.depth)), "\(name)")
                }
                count += 1
            }
            description = av_pix_fmt_desc_next(current)
        }
        #expect(count > 150)
    }

    @Test(arguments: [
        "yuv420p", "yuv422p", "yuv444p", "yuv420p9", "yuv420p10", "yuv422p10", "yuv444p12", "yuv444p16", "gbrp",
        "gbrp10",
        "yuvj420p", "yuvj422p", "yuvj444p",
    ])
    func planarFormatsPassWithoutACopy(name: String) throws {
        let frame = try SamplePicture.noise(av_get_pix_fmt(name))
        let normaliser = try FormatNormaliser(first: frame, SourceFacts())
        #expect(normaliser.format.pixelFormat == av_get_pix_fmt(name.replacing("j4", with: "4")))
        #expect(normaliser.format.colour.isFullRange == (name.hasPrefix("yuvj") || name.hasPrefix("gbr")))
        let planes = (0..<3).map { shim_plane(frame.av, $0) }
        let same = try normaliser.normalise(frame)
        #expect((0..<3).map { shim_plane(same.av, $0) } == planes)
        #expect(same.pixelFormat == normaliser.format.pixelFormat)
    }

    @Test(arguments: [
        ("nv12", "yuv420p"), ("nv21", "yuv420p"), ("nv24", "yuv444p"), ("p010", "yuv420p10"),
        ("p016", "yuv420p16"), ("yuyv422", "yuv422p"), ("uyvy422", "yuv422p"), ("yvyu422", "yuv422p"),
        ("y210", "yuv422p10"), ("yuv420p10be", "yuv420p10"), ("yuv444p16be", "yuv444p16"), ("yuva420p", "yuv420p"),
        ("yuva444p10", "yuv444p10"), ("bgr24", "gbrp"), ("rgb24", "gbrp"), ("bgr0", "gbrp"), ("0rgb", "gbrp"),
        ("rgba", "gbrp"), ("abgr", "gbrp"), ("gbrap", "gbrp"), ("rgb48be", "gbrp16"), ("rgb48", "gbrp16"),
        ("gbrp12be", "gbrp12"),
    ])
    func noSampleChangesOnTheWayToPlanes(_ case: (from: String, to: String)) throws {
        let frame = try SamplePicture.noise(av_get_pix_fmt(`case`.from))
        let before = try SamplePicture.components(of: frame)
        let normaliser = try FormatNormaliser(first: frame, SourceFacts())
        #expect(normaliser.format.pixelFormat == av_get_pix_fmt(`case`.to))
        let after = try SamplePicture.components(of: normaliser.normalise(frame))
        #expect(after == Array(before.prefix(3)))
    }

    @Test(arguments: [
        ("rgba64", 16, 1), ("gbrap10", 10, 1), ("x2rgb10", 10, 1), ("rgb565", 8, 1), ("rgb555", 8, 1),
    ])
    func otherRGBKeepsItsColours(_ case: (from: String, bits: Int, tolerance: Int)) throws {
        let frame = try SamplePicture.noise(av_get_pix_fmt(`case`.from))
        let before = try SamplePicture.components(of: frame)
        let description = try #require(av_pix_fmt_desc_get(frame.pixelFormat)).pointee
        let depths = [description.comp.0.depth, description.comp.1.depth, description.comp.2.depth]
        let normaliser = try FormatNormaliser(first: frame, SourceFacts())
        let after = try SamplePicture.components(of: normaliser.normalise(frame))
        let most = (1 << `case`.bits) - 1
        for channel in 0..<3 {
            let scale = Double(most) / Double((1 << depths[channel]) - 1)
            let worst = zip(before[channel], after[channel]).map { abs(Double($0) * scale - Double($1)) }.max() ?? 0
            #expect(worst <= Double(`case`.tolerance), "channel \(channel)")
        }
    }

    @Test(arguments: [("yuv411p", "yuv422p"), ("yuv410p", "yuv420p"), ("yuv440p", "yuv444p"), ("yuvj440p", "yuv444p")])
    func unusualChromaKeepsLumaExactly(_ case: (from: String, to: String)) throws {
        let frame = try SamplePicture.noise(av_get_pix_fmt(`case`.from))
        let before = try SamplePicture.components(of: frame)
        let normaliser = try FormatNormaliser(first: frame, SourceFacts())
        #expect(normaliser.format.pixelFormat == av_get_pix_fmt(`case`.to))
        let after = try SamplePicture.components(of: normaliser.normalise(frame))
        #expect(after[0] == before[0])
    }

    @Test(arguments: [("gray", "yuv420p"), ("gray10", "yuv420p10"), ("gray12", "yuv420p12"), ("gray16", "yuv420p16")])
    func greyGetsNeutralChromaAndKeepsItsLumaInPlace(_ case: (from: String, to: String)) throws {
        let frame = try SamplePicture.noise(av_get_pix_fmt(`case`.from), width: 35, height: 17)
        let luma = shim_plane(frame.av, 0)
        let normaliser = try FormatNormaliser(first: frame, SourceFacts())
        #expect(normaliser.format.pixelFormat == av_get_pix_fmt(`case`.to))
        #expect(normaliser.format.colour.range == AVCOL_RANGE_JPEG)
        let normalised = try normaliser.normalise(frame)
        #expect(shim_plane(normalised.av, 0) == luma)
        let layout = try #require(PixelLayout(normalised.pixelFormat))
        for chroma in try SamplePicture.components(of: normalised).dropFirst() {
            #expect(chroma == [UInt16](repeating: 1 << (layout.bitsPerSample - 1), count: 18 * 9))
        }
    }

    @Test(arguments: ["gray16be", "ya8"])
    func otherGreyKeepsItsLumaExactly(name: String) throws {
        let frame = try SamplePicture.noise(av_get_pix_fmt(name))
        let before = try SamplePicture.components(of: frame)
        let normaliser = try FormatNormaliser(first: frame, SourceFacts())
        let after = try SamplePicture.components(of: normaliser.normalise(frame))
        #expect(after[0] == before[0])
        #expect(normaliser.format.colour.range == AVCOL_RANGE_JPEG)
    }

    @Test func greyFilmWithoutARangeIsLimited() throws {
        var facts = SourceFacts()
        facts.isGreyFullRange = false
        let frame = try SamplePicture.noise(AV_PIX_FMT_GRAY8)
        #expect(try FormatNormaliser(first: frame, facts).format.colour.range == AVCOL_RANGE_UNSPECIFIED)
    }

    @Test func aTransparentPaletteIsLaidOverBlack() throws {
        let frame = try SamplePicture.empty(AV_PIX_FMT_PAL8, width: 3, height: 1)
        let palette: [UInt32] = [0xff80_4020, 0x8080_4020, 0x0080_4020]  // ARGB
        UnsafeMutableRawPointer(shim_plane(frame.av, 1)).copyMemory(from: palette, byteCount: 12)
        for x in 0..<3 { shim_plane(frame.av, 0)[x] = UInt8(x) }
        let normalised = try FormatNormaliser(first: frame, SourceFacts()).normalise(frame)
        let components = try SamplePicture.components(of: normalised)
        for (component, value) in zip(components, [0x80, 0x40, 0x20]) {
            #expect(component.first.map(Int.init) == value)
            #expect(abs(Int(component[1]) - value * 128 / 255) <= 1)
            #expect(component[2] == 0)
        }
    }

    @Test func transparentVideoIsLaidOverBlack() throws {
        let frame = try SamplePicture.noise(AV_PIX_FMT_YUVA420P, width: 16, height: 16)
        shim_plane(frame.av, 3).update(repeating: 0, count: Int(shim_bytes_per_row(frame.av, 3)) * 16)
        let components = try SamplePicture.components(
            of: FormatNormaliser(first: frame, SourceFacts()).normalise(frame))
        #expect(components[0].allSatisfy { $0 <= 16 })
        #expect(Set(components[1] + components[2]) == [128])
    }

    @Test func everyFormatWithAlphaIsLaidOverBlack() throws {
        var count = 0
        var description = av_pix_fmt_desc_next(nil)
        while let current = description {
            description = av_pix_fmt_desc_next(current)
            let format = av_pix_fmt_desc_get_id(current)
            let flags = current.pointee.flags
            guard flags & UInt64(AV_PIX_FMT_FLAG_ALPHA) != 0, flags & UInt64(AV_PIX_FMT_FLAG_PAL) == 0,
                sws_isSupportedInput(format) > 0
            else { continue }
            let name = String(cString: current.pointee.name)
            count += 1
            let whole = try components(format, opacity: 1)
            let half = try components(format, opacity: 0.5)
            for (plane, samples) in try components(format, opacity: 0).samples.enumerated() {
                let black = whole.isRGB ? 0 : plane == 0 ? whole.black : 1 << (whole.bits - 1)
                let unit = 1 << max(whole.bits - 8, 0)
                #expect(samples.allSatisfy { abs(Int($0) - black) <= unit }, "\(name), plane \(plane)")
                let worst = zip(half.samples[plane], whole.samples[plane]).map {
                    abs(Double(Int($0) - black) - Double(Int($1) - black) / 2)
                }.max()
                #expect(try #require(worst) <= 2 * Double(unit), "\(name), plane \(plane), half")
            }
        }
        #expect(count > 30)
    }

    /// A normalised picture's components, made of noise of some opacity.
    private func components(
        _ format: AVPixelFormat, opacity: Double
    ) throws -> (samples: [[UInt16]], isRGB: Bool, bits: Int, black: Int) {
        let description = try #require(av_pix_fmt_desc_get(format)).pointee
        let frame =
            description.flags & UInt64(AV_PIX_FMT_FLAG_FLOAT) == 0
            ? try SamplePicture.noise(format, width: 16, height: 16, opacity: opacity)
            : try floats(format, opacity: Float(opacity), isBigEndian: description.flags & 1 != 0)
        var facts = SourceFacts()
        facts.colour.range = AVCOL_RANGE_MPEG
        let normalised = try FormatNormaliser(first: frame, facts).normalise(frame)
        let layout = try #require(PixelLayout(normalised.pixelFormat))
        let bits = layout.bitsPerSample
        let isFull = normalised.av.pointee.color_range == AVCOL_RANGE_JPEG
        return (try SamplePicture.components(of: normalised), layout.isRGB, bits, isFull ? 0 : 16 << (bits - 8))
    }

    /// Planar pictures of floating-point numbers: ramps, and one opacity.
    private func floats(_ format: AVPixelFormat, opacity: Float, isBigEndian: Bool) throws -> Frame {
        let frame = try SamplePicture.empty(format, width: 16, height: 16)
        for plane in 0..<4 {
            for y in 0..<16 {
                let row =
                    UnsafeMutableRawPointer(shim_plane(frame.av, Int32(plane)))
                    + y * Int(shim_bytes_per_row(frame.av, Int32(plane)))
                for x in 0..<16 {
                    let value = plane == 3 ? opacity : Float(x * 16 + y) / 255
                    let bits = isBigEndian ? value.bitPattern.bigEndian : value.bitPattern
                    row.storeBytes(of: bits, toByteOffset: 4 * x, as: UInt32.self)
                }
            }
        }
        return frame
    }

    @Test(arguments: ["rgba", "pal8", "rgb24", "rgb48be"])
    func pngIsReadInFullDepth(name: String) throws {
        let path = try Clips.clip("\(name).png", ["-frames:v", "1", "-pix_fmt", name])
        let source = try FileSource(path)
        #expect(source.isStill)
        #expect(source.frameCountEstimate == 1)
        #expect(source.format.colour.matrix == AVCOL_SPC_RGB)
        #expect(source.format.colour.range == AVCOL_RANGE_JPEG)
        let pictures = try source.readAll()
        #expect(pictures.map(\.pts) == [0])
        let size = name == "rgb48be" ? 2 : 1
        let rgb = try FFmpegTool.rawVideo(path, pixelFormat: size == 2 ? "rgb48le" : "rgb24")
        let planes = [1, 2, 0].map { channel in
            (0..<64 * 48).flatMap { pixel in (0..<size).map { rgb[(pixel * 3 + channel) * size + $0] } }
        }
        #expect(pictures.first?.planes == planes)
    }

    @Test func oneBitPicturesAreBlackAndWhite() throws {
        let path = try Clips.clip("mono.png", ["-frames:v", "1", "-pix_fmt", "monob"])
        let picture = try #require(try FileSource(path).readAll().first)
        #expect(picture.planes[0] == (try FFmpegTool.rawVideo(path, pixelFormat: "gray")))
        #expect(Set(picture.planes[0]) == [0, 255])
    }

    @Test func jpegIsFullRangeWithoutItsOldFormatName() throws {
        let path = try Clips.clip("full.jpg", ["-frames:v", "1", "-pix_fmt", "yuvj422p"])
        let source = try FileSource(path)
        #expect(source.isStill)
        #expect(source.format.pixelFormat == AV_PIX_FMT_YUV422P)
        #expect(source.format.colour.range == AVCOL_RANGE_JPEG)
        #expect(source.format.colour.matrix == AVCOL_SPC_BT470BG)
        #expect(joined(try source.readAll()) == (try FFmpegTool.rawVideo(path)))
    }

    @Test func tenBitVideoStaysSo() throws {
        let path = try Clips.clip("ten.mkv", ["-frames:v", "3", "-c:v", "libx264", "-pix_fmt", "yuv422p10le"])
        let source = try FileSource(path)
        #expect(source.format.pixelFormat == AV_PIX_FMT_YUV422P10LE)
        #expect(joined(try source.readAll()) == (try FFmpegTool.rawVideo(path)))
    }

    @Test(arguments: [
        (["tv", "bt709"], AVCOL_RANGE_MPEG, AVCOL_SPC_BT709), (["pc", "bt709"], AVCOL_RANGE_JPEG, AVCOL_SPC_BT709),
        (["tv", "smpte170m"], AVCOL_RANGE_MPEG, AVCOL_SPC_SMPTE170M),
        ([], AVCOL_RANGE_UNSPECIFIED, AVCOL_SPC_UNSPECIFIED),
    ])
    func colourTagsAreCarried(_ case: (tags: [String], range: AVColorRange, matrix: AVColorSpace)) throws {
        let tags = `case`.tags
        let options =
            tags.isEmpty ? [] : ["-color_range", tags[0], "-colorspace", tags[1], "-color_primaries", "bt709"]
        let path = try Clips.clip(
            "tags\(tags.joined()).mkv", ["-frames:v", "2", "-c:v", "libx264", "-pix_fmt", "yuv420p"] + options)
        let format = try FileSource(path).format
        #expect(format.colour.range == `case`.range)
        #expect(format.colour.matrix == `case`.matrix)
        #expect(format.colour.primaries == (tags.isEmpty ? AVCOL_PRI_UNSPECIFIED : AVCOL_PRI_BT709))
        #expect(format.colour.transfer == AVCOL_TRC_UNSPECIFIED)
        #expect(format.pixelFormat == AV_PIX_FMT_YUV420P)
    }

    @Test func sampleAspectRatioIsKept() throws {
        let path = try Clips.clip(
            "sar.mp4", ["-frames:v", "2", "-vf", "setsar=4/3", "-c:v", "libx264", "-pix_fmt", "yuv420p"])
        #expect(try FileSource(path).format.sampleAspectRatio == (4, 3))
    }
}
