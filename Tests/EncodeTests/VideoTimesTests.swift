import CFFmpeg
import Encode
import Pipeline
import TestSupport
import Testing

/// Pictures keep their times.
@Suite struct VideoTimesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: ["mp4", "mov", "mkv", "webm"])
    func variableFrameRateKeepsEachTime(ending: String) throws {
        let pictures = try TestPictures(timeBase: AVRational(num: 1, den: 15360))
        // A camera's uneven gaps, the last picture a long one.
        let times: [Int64] = [0, 512, 1024, 2048, 2050, 5120, 5632, 20480]
        let config = EncodeConfig.fast(folder.file("out.\(ending)"))
        let sink = try openSink(config, format: pictures.format)
        for (index, time) in times.enumerated() {
            let duration = index + 1 < times.count ? times[index + 1] - time : 3000
            try sink.write(try pictures.frame(index: index, pts: time, duration: duration))
        }
        try sink.finish()
        let decoded = try DecodedFile(config.output)
        let tick = av_q2d(decoded.video.timeBase)
        try #require(decoded.times.count == times.count)
        for (found, wanted) in zip(decoded.times, times) {
            #expect(abs(found - Double(wanted) / 15360) <= tick / 2 + 1e-9)
        }
        // The last picture is shown as long as it was. Matroska tells only the whole file's length.
        let duration = try #require(
            Double(FFmpegTool.probe(["-show_entries", "format=duration", config.output]).trimmed))
        #expect(abs(duration - (20480 + 3000) / 15360.0) <= 0.0011)
    }

    @Test func timesThatDoNotStartAtZeroAreKept() throws {
        let pictures = try TestPictures(timeBase: AVRational(num: 1, den: 90000))
        let config = EncodeConfig.fast(folder.file("out.mp4"))
        let sink = try openSink(config, format: pictures.format)
        for index in 0..<3 {
            try sink.write(try pictures.frame(index: index, pts: 126_000 + 3600 * Int64(index), duration: 3600))
        }
        try sink.finish()
        let times = try DecodedFile(config.output).times
        #expect(times.count == 3)
        #expect(zip(times, [1.4, 1.44, 1.48]).allSatisfy { abs($0 - $1) < 1e-4 })
    }

    @Test func equalTimesAreSetOneTickApart() throws {
        let pictures = try TestPictures()
        let config = EncodeConfig.fast(folder.file("out.mp4"))
        let sink = try openSink(config, format: pictures.format)
        for (index, time) in [0, 1, 1, 3].enumerated() {
            try sink.write(try pictures.frame(index: index, pts: Int64(time)))
        }
        try sink.finish()
        let times = try DecodedFile(config.output).times
        #expect(times.count == 4)
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test func aLongerVideoWithReorderedPicturesIsWhole() throws {
        let pictures = try TestPictures()
        var config = EncodeConfig.fast(folder.file("out.mp4"))
        config.preset = "veryfast"
        config.options = ["bf=3", "b_strategy=0"]
        _ = try write(pictures, config, count: 60)
        let decoded = try DecodedFile(config.output)
        #expect(decoded.times.count == 60)
        #expect(zip(decoded.times, 0...).allSatisfy { abs($0 - Double($1) / 25) < 1e-4 })
        #expect(decoded.video.duration.map { abs($0 - 60 / 25.0) < 1e-4 } == true)
        // So there are pictures that were reordered.
        let kinds = try FFmpegTool.probe(["-show_entries", "frame=pict_type", config.output])
        #expect(kinds.contains("B"))
    }

    @Test func fixedRateIsReported() throws {
        var config = EncodeConfig()
        config.output = folder.file("out.avi")
        let pictures = try TestPictures(
            timeBase: AVRational(num: 1, den: 15360), frameRate: AVRational(num: 30000, den: 1001))
        let sink = try openSink(config, format: pictures.format)
        #expect(sink.notes == [.fixedRate(codecOrContainer: "avi", framesPerSecond: 30000 / 1001.0)])
        #expect(sink.notes[0].description.contains("1/29.97 s"))
    }
}
