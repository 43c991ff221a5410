import CFFmpeg
import Foundation
import Glibc
import Pipeline
import TestSupport
import Testing

@testable import Encode

/// One encoder and several readers.
@Suite struct LiveEncoderTests {
    private let bench: RecordingBench

    init() throws { bench = try RecordingBench() }

    private func config(_ name: String, codec: String = "libx264", segment: Int? = nil) -> EncodeConfig {
        var config = bench.config(name)
        config.codec = codec
        if codec != "libx264" { config.preset = nil }
        config.segment = segment.map { TimeSpan(seconds: $0) }
        return config
    }

    private func recorder(_ config: EncodeConfig) throws -> Recorder {
        let recorder = try Recorder(
            config, metadata: OutputMetadata(), room: DiskRoom(least: 0, toBegin: 0), onPicture: { _, _ in },
            onEvent: { [events = bench.events] in events.append($0) })
        recorder.start()
        return recorder
    }

    private func show(_ indices: Range<Int>, to encoder: LiveEncoder, _ other: TestPictures? = nil) throws {
        let pictures = other ?? bench.pictures
        for index in indices {
            encoder.encode(try bench.frame(index, at: Double(index) / 25, pictures), pictures.format)
        }
    }

    /// The recordings in order, decoded.
    private func files(_ prefix: String) throws -> [DecodedFile] {
        try bench.folder.recordings().filter { $0.hasPrefix(prefix) }.map { try DecodedFile(bench.folder.file($0)) }
    }

    @Test(
        arguments: [
            ("libx264", "mp4", "ts"), ("libx264", "mkv", "mp4"), ("libx265", "mp4", "ts"), ("mpeg4", "mkv", "ts"),
            ("mpeg2video", "ts", "mkv"), ("libvpx-vp9", "webm", "mkv"),
        ])
    func twoRecordersOfOneEncoderPlayTheSamePictures(codec: String, first: String, second: String) throws {
        let one = config("one.\(first)", codec: codec)
        let (whole, cut) = (try recorder(one), try recorder(config("%s.\(second)", codec: codec, segment: 1)))
        let encoder = try LiveEncoder(one)
        for reader in [whole, cut] { encoder.add(reader) }
        try show(0..<60, to: encoder)
        encoder.finish()
        for reader in [whole, cut] { reader.finish() }

        #expect(encoder.picturesEncoded == 60)
        let (single, segments) = (try files("one"), try files("1"))
        #expect(single.map(RecordingBench.numbers) == [Array(0..<60)])
        #expect(segments.map(RecordingBench.numbers) == [Array(0..<25), Array(25..<50), Array(50..<60)])
        #expect(single[0].pictures.map(\.bytes) == segments.flatMap(\.pictures).map(\.bytes))
        #expect(zip(single[0].times, 0...).allSatisfy { abs($0 - single[0].times[0] - Double($1) / 25) < 0.002 })
    }

    @Test func reorderedPicturesAreCutAtKeyPictures() throws {
        var one = config("one.mkv")
        one.options = ["tune=film", "bf=2", "b_strategy=0"]
        let (whole, cut) = (try recorder(one), try recorder(config("%s.mp4", segment: 1)))
        let encoder = try LiveEncoder(one)
        for reader in [whole, cut] { encoder.add(reader) }
        try show(0..<60, to: encoder)
        encoder.finish()
        for reader in [whole, cut] { reader.finish() }
        #expect(try files("one").map(RecordingBench.numbers) == [Array(0..<60)])
        let segments = try files("1")
        #expect(segments.map(RecordingBench.numbers) == [Array(0..<25), Array(25..<50), Array(50..<60)])
        #expect(segments.allSatisfy { $0.times[0] == 0 })
    }

    @Test func aReaderThatHangsDisturbsNobody() throws {
        let hanging = HangingReader()
        let queue = try QueuedReader(hanging, name: "hanging", packets: 20)
        let recorder = try recorder(config("a.mp4"))
        let encoder = try LiveEncoder(config("a.mp4"))
        encoder.add(queue)
        encoder.add(recorder)
        try show(0..<100, to: encoder)
        // One is being read, perhaps, and the queue is full.
        #expect((20...21).contains(100 - hanging.inner.all.missed.count))
        hanging.letGo()
        #expect(queue.drain())
        for index in 100..<200 {
            try show(index..<index + 1, to: encoder)
            // On a busy machine its thread may not have its turn before the queue is full once more.
            #expect(queue.drain())
        }
        encoder.finish()
        #expect(queue.drain())
        recorder.finish()

        #expect(encoder.picturesEncoded == 200)
        #expect(RecordingBench.numbers(try DecodedFile(bench.folder.file("a.mp4"))) == Array(0..<200))
        let (read, missed) = (hanging.inner.all.packets, hanging.inner.all.missed)
        #expect(read.count + missed.count == 200)
        let others = [MissReason](repeating: .untilKey, count: missed.count - 1)
        #expect(hanging.inner.all.reasons == [.full] + others)
        // It went on with the next picture, which was made a key picture for it.
        let gap = try #require(zip(read, read.dropFirst()).first { $1.picture.time - $0.picture.time > 40_000 })
        #expect(gap.1.isKey)
        #expect(gap.1.picture.time == 5_000_000 + 4_000_000)
        #expect(hanging.inner.all.ends == 1)
    }

    @Test func aClosedQueueTellsWhatIsLost() throws {
        let hanging = HangingReader()
        let queue = try QueuedReader(hanging, name: "hanging")
        let encoder = try LiveEncoder(config("a.mp4"))
        encoder.add(queue)
        try show(0..<10, to: encoder)
        #expect(!queue.drain(within: .zero))
        queue.close()
        try show(10..<12, to: encoder)
        hanging.letGo()
        #expect(queue.drain())
        #expect(hanging.inner.all.packets.count + hanging.inner.all.missed.count == 12)
        #expect(hanging.inner.all.packets.count <= 1 && hanging.inner.all.reasons.allSatisfy { $0 == .end })
        #expect(hanging.inner.all.ends == 1)
    }

    @Test func aReaderThatFailsDisturbsNobody() throws {
        mkdir(bench.folder.file("disk"), 0o700)
        let (good, bad) = (try recorder(config("a.mp4")), try recorder(config("disk/b.mkv")))
        let encoder = try LiveEncoder(config("a.mp4"))
        for reader in [bad, good] { encoder.add(reader) }
        try show(0..<30, to: encoder)
        try FileManager.default.removeItem(atPath: bench.folder.file("disk"))
        try show(30..<120, to: encoder)
        encoder.finish()
        for reader in [good, bad] { reader.finish() }
        #expect(encoder.picturesEncoded == 120)
        #expect(RecordingBench.numbers(try DecodedFile(bench.folder.file("a.mp4"))) == Array(0..<120))
        #expect(bad.status.framesDropped[.disk] ?? 0 > 60)
        #expect(bad.status.framesWritten + (bad.status.framesDropped[.disk] ?? 0) == 120)
        #expect(good.status.framesDropped == [:])
    }

    @Test func aLateReaderBeginsWithAKeyPictureAtOnce() throws {
        let recorder = try recorder(config("a.mp4"))
        let encoder = try LiveEncoder(config("a.mp4"))
        encoder.add(recorder)
        try show(0..<10, to: encoder)
        let late = CollectingReader()
        encoder.add(late)
        try show(10..<40, to: encoder)
        encoder.remove(late)
        #expect(late.all.ends == 1)
        try show(40..<50, to: encoder)
        encoder.finish()
        recorder.finish()
        #expect(late.all.packets.map(\.picture.time) == (10..<40).map { 5_000_000 + Int64($0) * 40_000 })
        #expect(late.all.packets.first?.isKey == true)
        // And the next a second after that one, for all.
        #expect(late.all.packets.filter(\.beginsFragment).map(\.picture.time) == [5_400_000, 6_400_000])
        #expect(RecordingBench.numbers(try DecodedFile(bench.folder.file("a.mp4"))) == Array(0..<50))
        #expect(encoder.picturesEncoded == 50)
    }

    @Test func readersShareThePacketsBytes() throws {
        let readers = [CollectingReader(), CollectingReader()]
        let encoder = try LiveEncoder(config("a.mp4"))
        for reader in readers { encoder.add(reader) }
        try show(0..<5, to: encoder)
        let places = readers.map { $0.all.packets.map { UInt(bitPattern: $0.av.pointee.data) } }
        #expect(places[0].count == 5 && places[0] == places[1])
        // As in what a muxer is given.
        let packet = readers[0].all.packets[0]
        var copy = av_packet_alloc()
        defer { av_packet_free(&copy) }
        try packet.reference(in: copy!)
        #expect(copy!.pointee.data == packet.av.pointee.data)
    }

    @Test func nothingIsEncodedWhileNobodyReads() throws {
        let reader = CollectingReader()
        reader.wantsMore(false)
        let encoder = try LiveEncoder(config("a.mp4"))
        encoder.add(reader)
        try show(0..<5, to: encoder)
        #expect(encoder.picturesEncoded == 0)
        reader.wantsMore(true)
        try show(5..<8, to: encoder)
        reader.wantsMore(false)
        try show(8..<10, to: encoder)
        #expect(reader.all.ends == 1)
        reader.wantsMore(true)
        try show(10..<12, to: encoder)
        #expect(encoder.picturesEncoded == 5)
        let packets = reader.all.packets
        #expect(packets.map(\.isKey) == [true, false, false, true, false])
        #expect(packets[2].format !== packets[3].format)
    }

    /// FFV1 makes key pictures where it likes.
    @Test func anEncoderThatDoesNotObeyBeginsAnewForALateReader() throws {
        let config = config("a.mkv", codec: "ffv1")
        let recorder = try recorder(config)
        let encoder = try LiveEncoder(config)
        encoder.add(recorder)
        try show(0..<10, to: encoder)
        let late = CollectingReader()
        encoder.add(late)
        try show(10..<45, to: encoder)
        let later = CollectingReader()
        encoder.add(later)
        try show(45..<50, to: encoder)
        encoder.finish()
        recorder.finish()
        #expect(late.all.missed.map(\.time) == [5_400_000])
        #expect(late.all.packets.first?.isKey == true && late.all.packets.count == 39)
        // One is lost where key pictures came by chance when they were asked for.
        #expect(later.all.packets.first?.isKey == true && later.all.missed.count <= 1)
        #expect(later.all.packets.count + later.all.missed.count == 5)
        // For a reader that is in the middle of a file, nothing has changed.
        let file = try DecodedFile(bench.folder.file("a.mkv"))
        #expect(RecordingBench.numbers(file) == Array(0..<50))
        #expect(zip(file.times, 0...).allSatisfy { abs($0 - Double($1) / 25) < 0.001 })
        #expect(try bench.folder.recordings() == ["a.mkv"])
    }

    @Test func aSourceThatBeginsAnewOrGrowsReachesAllReaders() throws {
        let (one, two) = (try recorder(config("one.mp4")), try recorder(config("two.mkv")))
        let encoder = try LiveEncoder(config("one.mp4"))
        for reader in [one, two] { encoder.add(reader) }
        try show(50..<60, to: encoder)
        try show(0..<10, to: encoder)
        try show(10..<20, to: encoder, try RecordingBench.pictures(width: 97, height: 65))
        encoder.finish()
        for reader in [one, two] { reader.finish() }
        for name in ["one", "two"] {
            let files = try bench.folder.recordings().filter { $0.hasPrefix(name) }
            let ending = name == "one" ? "mp4" : "mkv"
            #expect(files == ["\(name)-2.\(ending)", "\(name)-3.\(ending)", "\(name).\(ending)"])
            let numbers = try files.map { RecordingBench.numbers(try DecodedFile(bench.folder.file($0))) }
            #expect(numbers == [Array(0..<10), Array(10..<20), Array(50..<60)])
        }
        #expect(encoder.picturesEncoded == 30)
    }

    @Test func hdrIsToldInEachReadersFile() throws {
        let colour = ColourTags(
            range: AVCOL_RANGE_MPEG, matrix: AVCOL_SPC_BT2020_NCL, primaries: AVCOL_PRI_BT2020,
            transfer: AVCOL_TRC_SMPTE2084)
        let pictures = try TestPictures(AV_PIX_FMT_YUV420P10LE, colour: colour)
        var format = pictures.format
        var light = AVContentLightMetadata()
        (light.MaxCLL, light.MaxFALL) = (1200, 300)
        format.hdr = HDRMetadata()
        format.hdr?.contentLight = withUnsafeBytes(of: light) { Array($0) }
        let (one, two) = (try recorder(config("one.mp4")), try recorder(config("two.mkv")))
        let encoder = try LiveEncoder(config("one.mp4"))
        for reader in [one, two] { encoder.add(reader) }
        for index in 0..<3 { encoder.encode(try pictures.frame(index: index), format) }
        encoder.finish()
        for reader in [one, two] { reader.finish() }
        for name in ["one.mp4", "two.mkv"] {
            let told = try FFmpegTool.probe(["-show_streams", bench.folder.file(name)])
            #expect(told.contains("smpte2084") && told.contains("bt2020") && told.contains("1200"))
        }
    }

    @Test func aCodecWithoutAFileIsH264() throws {
        let reader = CollectingReader()
        let encoder = try LiveEncoder(EncodeConfig())
        encoder.add(reader)
        try show(0..<2, to: encoder)
        #expect(reader.all.packets.first?.format.parameters.pointee.codec_id == AV_CODEC_ID_H264)
    }
}
