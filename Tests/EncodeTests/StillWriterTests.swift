import CFFmpeg
import Encode
import Glibc
import Pipeline
import TestSupport
import Testing

@Suite struct StillWriterTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: [("out.png", "png"), ("out.jpg", "mjpeg"), ("out.JPEG", "mjpeg")])
    func oneFrameIsOneFile(name: String, codec: String) throws {
        let pictures = try TestPictures(width: 61, height: 47, sampleAspectRatio: AVRational(num: 4, den: 3))
        let sink = try openSink(.still(folder.file(name)), format: pictures.format)
        try sink.write(try pictures.frame(index: 0))
        #expect(try folder.contents().allSatisfy { $0.hasSuffix(".part") })
        try sink.finish()
        #expect(try folder.contents() == [name])
        let decoded = try DecodedFile(folder.file(name))
        #expect(decoded.video.codec == codec)
        let picture = try #require(decoded.pictures.first)
        // PNG counts pixels a metre.
        #expect(abs(av_q2d(picture.sampleAspectRatio) - 4 / 3.0) < 1e-3)
        #expect((picture.width, picture.height) == (61, 47))
    }

    @Test func higherQualityOfJPEGIsLargerAndCloser() throws {
        let pictures = try TestPictures(
            AV_PIX_FMT_YUV444P, colour: ColourTags(range: AVCOL_RANGE_JPEG, matrix: AVCOL_SPC_BT470BG))
        var results: [(size: Int, likeness: Double)] = []
        for quality in [10, 50, 92, 100] {
            var config = EncodeConfig.still(folder.file("\(quality).jpg"))
            config.quality = quality
            let sink = try openSink(config, format: pictures.format)
            try sink.write(try pictures.frame(index: 0))
            try sink.finish()
            let picture = try #require(try DecodedFile(config.output).pictures.first)
            results.append(
                (
                    try folder.bytes(of: "\(quality).jpg").count,
                    peakSignalToNoise(picture.samples, pictures.samples(index: 0))
                ))
        }
        #expect(zip(results, results.dropFirst()).allSatisfy { $0.size < $1.size && $0.likeness < $1.likeness })
        #expect(results[2].likeness > 38)
    }

    @Test(arguments: ["png", "jpg"])
    func framesAreNumberedFromOne(ending: String) throws {
        let pictures =
            try ending == "png"
            ? TestPictures(AV_PIX_FMT_GBRP)
            : TestPictures(
                AV_PIX_FMT_YUV444P, colour: ColourTags(range: AVCOL_RANGE_JPEG, matrix: AVCOL_SPC_BT470BG))
        let sink = try openSink(.still(folder.file("out_%03d.\(ending)")), format: pictures.format)
        for index in 0..<12 { try sink.write(try pictures.frame(index: index)) }
        try sink.finish()
        let names = (1...12).map { "out_\($0 < 10 ? "00" : "0")\($0).\(ending)" }
        #expect(try folder.contents() == names)
        // In order, although encoders work on several at once.
        for index in [0, 5, 11] {
            let bytes = try FFmpegTool.rawVideo(
                folder.file(names[index]), pixelFormat: ending == "png" ? "gbrp" : "yuvj444p")
            let likeness = peakSignalToNoise(bytes.map { Int($0) }, pictures.samples(index: index))
            #expect(likeness > (ending == "png" ? .greatestFiniteMagnitude : 38))
        }
    }

    @Test func aSecondFrameForOneFileIsAnError() throws {
        let pictures = try TestPictures()
        let sink = try openSink(.still(folder.file("out.png")), format: pictures.format)
        try sink.write(try pictures.frame(index: 0))
        let second = try pictures.frame(index: 1)
        var failure: EncodeError?
        do { try sink.write(second) } catch { failure = error }
        #expect(failure == .onePictureOnly(path: folder.file("out.png")))
        #expect(failure?.category == .usage)
        #expect(try folder.contents() == [])
    }

    @Test func noFrameMakesNoFile() throws {
        for name in ["out.png", "out_%d.png"] {
            let sink = try openSink(.still(folder.file(name)), format: try TestPictures().format)
            #expect(throws: EncodeError.noFrames(path: folder.file(name))) { try sink.finish() }
        }
        #expect(try folder.contents() == [])
    }

    @Test func aPictureInTheWayOfASequenceIsLeftAlone() throws {
        try folder.write([1], to: "out_2.png")
        let pictures = try TestPictures()
        let sink = try openSink(.still(folder.file("out_%d.png")), format: pictures.format)
        var failure: EncodeError?
        do throws(any Error) {
            for index in 0..<80 { try sink.write(try pictures.frame(index: index)) }
            try sink.finish()
        } catch {
            failure = error as? EncodeError
        }
        #expect(failure == .exists(path: folder.file("out_2.png")))
        #expect(try folder.contents() == ["out_1.png", "out_2.png"])
        #expect(try folder.bytes(of: "out_2.png") == [1])
    }

    @Test func onlyTheLastPartOfAPathIsNumbered() throws {
        mkdir(folder.file("%d"), 0o700)
        let pictures = try TestPictures()
        for name in ["%d/out.png", "%d/out_%d.png"] {
            let sink = try openSink(.still(folder.file(name)), format: pictures.format)
            try sink.write(try pictures.frame(index: 0))
            try sink.finish()
        }
        #expect(try folder.contents() == ["%d"])
        #expect(access(folder.file("%d/out.png"), F_OK) == 0 && access(folder.file("%d/out_1.png"), F_OK) == 0)
    }

    @Test func picturesHoldNoSound() throws {
        let path = folder.file("sound.wav")
        try FFmpegTool.run(["-f", "lavfi", "-i", "sine=d=0.2", path])
        let sound = try AuxiliaryFile(path)
        let pictures = try TestPictures()
        let queue = sound.queue()
        let sink = try openSink(
            .still(folder.file("out.png")), format: pictures.format, auxiliaryStreams: sound.auxiliaryStreams,
            packets: queue)
        #expect(sink.notes == [.picturesHoldNoStreams(count: 1)])
        try sink.write(try pictures.frame(index: 0))
        // Else the packets of a long video would fill the memory.
        #expect(queue.takeAll().isEmpty)
    }

    @Test func aCamerasTransferCurveDoesNotBrightenAPNG() throws {
        let colour = ColourTags(
            range: AVCOL_RANGE_MPEG, matrix: AVCOL_SPC_BT709, primaries: AVCOL_PRI_BT709, transfer: AVCOL_TRC_BT709)
        let pictures = try TestPictures(colour: colour)
        let sink = try openSink(.still(folder.file("out.png")), format: pictures.format)
        try sink.write(try pictures.frame(index: 0))
        try sink.finish()
        let bytes = try folder.bytes(of: "out.png")
        // The chunk that makes viewers apply another curve than for the video.
        #expect(String(decoding: bytes, as: UTF8.self).firstRange(of: "gAMA") == nil)
    }
}
