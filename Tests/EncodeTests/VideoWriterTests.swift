import CFFmpeg
import CLinux
import Encode
import Pipeline
import TestSupport
import Testing

@Suite struct VideoWriterTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: [
        AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUV422P, AV_PIX_FMT_YUV444P, AV_PIX_FMT_YUV420P10LE, AV_PIX_FMT_YUV422P10LE,
        AV_PIX_FMT_YUV444P10LE,
    ])
    func pixelsAreNotConvertedWhereTheEncoderTakesThem(_ pixelFormat: AVPixelFormat) throws {
        let pictures = try TestPictures(pixelFormat)
        #expect(try write(pictures, .lossless(folder.file("out.mkv")), count: 3) == [])
        let decoded = try DecodedFile(folder.file("out.mkv"))
        #expect(decoded.pictures.count == 3)
        for (index, picture) in decoded.pictures.enumerated() {
            #expect(picture.pixelFormat == pixelFormat)
            #expect(picture.samples == pictures.samples(index: index), "frame \(index)")
        }
    }

    @Test func defaultQualityIsClose() throws {
        let pictures = try TestPictures()
        var config = EncodeConfig()
        config.output = folder.file("out.mp4")
        _ = try write(pictures, config, count: 5)
        let decoded = try DecodedFile(config.output)
        #expect(decoded.video.codec == "h264")
        #expect(decoded.pictures.count == 5)
        for (index, picture) in decoded.pictures.enumerated() {
            // 35 dB is where a picture of this kind begins to look different; x264 gives 40 and more.
            #expect(peakSignalToNoise(picture.samples, pictures.samples(index: index)) > 38)
        }
    }

    @Test(arguments: ["mp4", "mkv", "mov"])
    func tagsAndShapeAreCarriedOver(ending: String) throws {
        let colour = ColourTags(
            range: AVCOL_RANGE_MPEG, matrix: AVCOL_SPC_BT709, primaries: AVCOL_PRI_BT709, transfer: AVCOL_TRC_BT709,
            chromaLocation: AVCHROMA_LOC_LEFT)
        let pictures = try TestPictures(colour: colour, sampleAspectRatio: AVRational(num: 16, den: 11))
        let path = folder.file("out.\(ending)")
        _ = try write(pictures, .fast(path), count: 2)
        let decoded = try DecodedFile(path)
        let picture = try #require(decoded.pictures.first)
        #expect((picture.width, picture.height) == (64, 48))
        #expect(decoded.video.sampleAspectRatio.num * 11 == decoded.video.sampleAspectRatio.den * 16)
        #expect(picture.colour.values == colour.values)
        // The container tells it too, for players that don't ask the codec.
        let entries = "stream=color_range,color_space,color_primaries,color_transfer"
        #expect(
            try FFmpegTool.probe(["-show_entries", entries, path]).split(separator: "\n")
                == ["tv", "bt709", "bt709", "bt709"])
    }

    @Test(arguments: ["mp4", "mkv"])
    func theBrightnessOfAnHDRVideoIsToldAsTheInputTellsIt(ending: String) throws {
        var light = AVContentLightMetadata()
        (light.MaxCLL, light.MaxFALL) = (1200, 300)
        let display = try #require(av_mastering_display_metadata_alloc())
        defer { av_free(display) }
        display.pointee.has_luminance = 1
        display.pointee.has_primaries = 1
        display.pointee.min_luminance = AVRational(num: 50, den: 10_000)
        display.pointee.max_luminance = AVRational(num: 10_000_000, den: 10_000)
        let places = [(34_000, 16_000), (13_250, 34_500), (7500, 3000), (15_635, 16_450)].map {
            (AVRational(num: $0.0, den: 50_000), AVRational(num: $0.1, den: 50_000))
        }
        display.pointee.display_primaries = (places[0], places[1], places[2])
        display.pointee.white_point = places[3]
        var metadata = HDRMetadata()
        metadata.contentLight = withUnsafeBytes(of: light) { Array($0) }
        metadata.masteringDisplay = Array(
            UnsafeRawBufferPointer(start: display, count: MemoryLayout<AVMasteringDisplayMetadata>.size))
        #expect(metadata.peak == 1200)

        let colour = ColourTags(
            range: AVCOL_RANGE_MPEG, matrix: AVCOL_SPC_BT2020_NCL, primaries: AVCOL_PRI_BT2020,
            transfer: AVCOL_TRC_SMPTE2084)
        let pictures = try TestPictures(AV_PIX_FMT_YUV420P10LE, colour: colour)
        var format = pictures.format
        format.hdr = metadata
        let path = folder.file("hdr.\(ending)")
        let sink = try openSink(.fast(path), format: format)
        #expect(sink.notes == [])
        try sink.write(try pictures.frame(index: 0))
        try sink.finish()
        let told = try FFmpegTool.probe(["-show_streams", path])
        for part in ["Mastering display metadata", "Content light level metadata", "1200", "300"] {
            #expect(told.contains(part), "\(part)")
        }
        #expect(told.contains("smpte2084") && told.contains("bt2020"))
    }

    @Test func anHDRPictureBecomesAnSDRFileWhereNothingElseIsShown() throws {
        let colour = ColourTags(
            range: AVCOL_RANGE_MPEG, matrix: AVCOL_SPC_BT2020_NCL, primaries: AVCOL_PRI_BT2020,
            transfer: AVCOL_TRC_SMPTE2084)
        let pictures = try TestPictures(AV_PIX_FMT_YUV420P10LE, colour: colour)
        for (name, codec) in [("out.png", "png"), ("out.jpg", "mjpeg"), ("out.avi", "mpeg4")] {
            var config = EncodeConfig()
            (config.output, config.codec) = (folder.file(name), codec)
            let sink = try openSink(config, format: pictures.format)
            #expect(sink.notes == (codec == "mpeg4" ? sink.notes : []))
            #expect(sink.notes.contains(.toneMapped(codec: codec)) == (codec == "mpeg4"))
            try sink.write(try pictures.frame(index: 0))
            try sink.finish()
            let told = try FFmpegTool.probe(["-show_streams", config.output])
            #expect(!told.contains("smpte2084") && !told.contains("bt2020"))
        }
    }

    @Test func fullRangeStaysFullRange() throws {
        let pictures = try TestPictures(
            AV_PIX_FMT_YUVJ420P, colour: ColourTags(range: AVCOL_RANGE_JPEG, matrix: AVCOL_SPC_BT470BG))
        let path = folder.file("out.mp4")
        _ = try write(pictures, .lossless(path), count: 1)
        let picture = try #require(try DecodedFile(path).pictures.first)
        #expect(picture.colour.isFullRange)
        #expect(picture.colour.matrix == AVCOL_SPC_BT470BG)
        #expect(picture.samples == pictures.samples(index: 0))
    }

    @Test(arguments: [
        (AV_PIX_FMT_YUV420P, 65, 49, 66, 50), (AV_PIX_FMT_YUV420P, 64, 49, 64, 50),
        (AV_PIX_FMT_YUV422P, 65, 49, 66, 49),
        (AV_PIX_FMT_YUV420P10LE, 65, 48, 66, 48), (AV_PIX_FMT_YUV420P, 641, 361, 642, 362),
    ])
    func oddSizesArePaddedByTheirEdge(
        _ pixelFormat: AVPixelFormat, width: Int, height: Int, paddedWidth: Int, paddedHeight: Int
    ) throws {
        let pictures = try TestPictures(pixelFormat, width: width, height: height)
        let path = folder.file("out.mp4")
        let notes = try write(pictures, .lossless(path), count: 1)
        #expect(
            notes == [
                .padded(
                    codec: "libx264", width: width, height: height, paddedWidth: paddedWidth, paddedHeight: paddedHeight
                )
            ])
        let picture = try #require(try DecodedFile(path).pictures.first)
        #expect((picture.width, picture.height) == (paddedWidth, paddedHeight))
        let layout = try #require(PixelLayout(pixelFormat))
        let source = Planes(pictures.samples(index: 0), layout, width: width, height: height)
        let result = Planes(picture.samples, layout, width: paddedWidth, height: paddedHeight)
        var differences = 0
        for plane in 0..<3 {
            for y in 0..<result.height(plane) {
                for x in 0..<result.width(plane) {
                    let wanted = source[plane, min(x, source.width(plane) - 1), min(y, source.height(plane) - 1)]
                    if result[plane, x, y] != wanted { differences += 1 }
                }
            }
        }
        #expect(differences == 0)
    }

    @Test(arguments: [("webm", nil), ("mkv", "ffv1"), ("mp4", "mpeg4")] as [(String, String?)])
    func codecsThatTakeOddSizesGetThem(ending: String, codec: String?) throws {
        let pictures = try TestPictures(width: 65, height: 49)
        var config = EncodeConfig.fast(folder.file("out.\(ending)"))
        config.preset = nil
        config.codec = codec
        #expect(try write(pictures, config, count: 2) == [])
        let decoded = try DecodedFile(config.output)
        #expect(decoded.pictures.count == 2)
        #expect(decoded.pictures.allSatisfy { ($0.width, $0.height) == (65, 49) })
    }

    @Test(arguments: ["mp4", "mov"])
    func theIndexStandsInFront(ending: String) throws {
        _ = try write(try TestPictures(), .fast(folder.file("out.\(ending)")), count: 3)
        let text = String(decoding: try folder.bytes(of: "out.\(ending)"), as: UTF8.self)
        let index = try #require(text.firstRange(of: "moov"))
        let pictures = try #require(text.firstRange(of: "mdat"))
        #expect(index.lowerBound < pictures.lowerBound)
    }

    @Test(arguments: ["mp4", "mkv"])
    func metadataIsKept(ending: String) throws {
        let pictures = try TestPictures()
        let path = folder.file("out.\(ending)")
        let metadata = OutputMetadata(container: ["title": "Rhône \"à\" vélo"], video: ["language": "fra"])
        let sink = try openSink(.fast(path), format: pictures.format, metadata: metadata)
        try sink.write(try pictures.frame(index: 0))
        try sink.finish()
        let decoded = try DecodedFile(path)
        #expect(decoded.metadata["title"] == "Rhône \"à\" vélo")
        #expect(decoded.video.metadata["language"] == "fra")
    }

    @Test(
        arguments: [
            ("mp4", "libx265", "hevc"), ("mov", "prores_ks", "prores"), ("webm", "libvpx", "vp8"), ("webm", nil, "vp9"),
            ("mkv", "vp9", "vp9"), ("avi", nil, "mpeg4"), ("ts", nil, "h264"), ("mkv", "mjpeg", "mjpeg"),
            ("gif", nil, "gif"),
            ("ts", "mpeg2video", "mpeg2video"), ("ogv", nil, "theora"), ("mkv", "libx264rgb", "h264"),
            ("flv", nil, "h264"),
        ] as [(String, String?, String)])
    func otherContainersAndCodecsHoldAllPictures(ending: String, codec: String?, name: String) throws {
        let pictures = try TestPictures()
        var config = EncodeConfig()
        config.output = folder.file("out.\(ending)")
        config.codec = codec
        let notes = try write(pictures, config, count: 6)
        let decoded = try DecodedFile(config.output)
        #expect(decoded.video.codec == name)
        #expect(decoded.pictures.count == 6)
        #expect(notes.allSatisfy { if case .fixedRate = $0 { true } else { false } })
        let times = decoded.times.map { $0 - decoded.times[0] }
        // GIF counts in hundredths, FLV and Matroska in thousandths of a second.
        #expect(zip(times, 0...).allSatisfy { abs($0 - Double($1) / 25) <= 0.0101 })
    }

    /// x265 reads memory that it has not written, so all memory is filled with what is no time.
    @Test func recordingsOfFewPicturesHaveDecodeTimes() throws {
        mallopt(M_PERTURB, 0xFE)
        defer { mallopt(M_PERTURB, 0) }
        for count in 1...3 {
            var config = EncodeConfig()
            config.output = folder.file("\(count).mp4")
            config.codec = "libx265"
            // In MP4's own unit: a time that is too long to be converted would be taken for none.
            let pictures = try TestPictures(timeBase: AVRational(num: 1, den: 12800))
            let sink = try openSink(config, format: pictures.format)
            for index in 0..<count {
                try sink.write(try pictures.frame(index: index, pts: Int64(index) * 512, duration: 512))
            }
            try sink.finish()
            let times = try FFmpegTool.probe(["-show_entries", "packet=dts_time", config.output])
            let seconds = times.split(separator: "\n").compactMap { Double($0) }
            #expect(seconds.count == count)
            #expect(zip(seconds, seconds.dropFirst()).allSatisfy { abs($1 - $0 - 0.04) < 0.001 })
            #expect(seconds.allSatisfy { abs($0) < 1 })
        }
    }

    @Test func hevcInMP4BearsTheTagThatApplesPlayersWant() throws {
        var config = EncodeConfig()
        config.output = folder.file("out.mp4")
        config.codec = "libx265"
        _ = try write(try TestPictures(), config, count: 1)
        #expect(try FFmpegTool.probe(["-show_entries", "stream=codec_tag_string", config.output]).trimmed == "hvc1")
    }
}
