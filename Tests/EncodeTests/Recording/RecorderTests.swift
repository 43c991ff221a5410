import CFFmpeg
import Foundation
import Pipeline
import TestSupport
import Testing

@testable import Encode

@Suite struct RecorderTests {
    private let bench: RecordingBench

    init() throws { bench = try RecordingBench() }

    private func path(_ name: String) -> String { bench.folder.file(name) }

    private func entry(_ name: String, _ file: String) throws -> Double? {
        Double(try FFmpegTool.probe(["-show_entries", name, path(file)]).trimmed)
    }

    @Test(arguments: ["mp4", "mov", "mkv", "webm"])
    func aFinishedFileIsSeekableAndKeepsEachTime(ending: String) throws {
        let recorder = try bench.recorder(bench.config("a.\(ending)"))
        // Uneven, as cameras are: a slow second, and a gap.
        var times: [Double] = []
        var time = 0.0
        for index in 0..<80 {
            times.append(time)
            time += index == 60 ? 7.3 : index > 40 && index < 50 ? 0.21 : 0.033 + Double(index % 5) * 0.004
        }
        for (index, time) in times.enumerated() {
            #expect(try bench.show(index, at: time, to: recorder) == .written)
        }
        recorder.finish()
        #expect(try bench.folder.contents() == ["a.\(ending)"])
        let file = try DecodedFile(path("a.\(ending)"))
        #expect(RecordingBench.numbers(file) == Array(0..<80))
        // Matroska counts thousandths.
        let tick = ending.hasPrefix("m") && ending != "mkv" ? 1e-6 : 0.0005 + 1e-6
        #expect(zip(file.times, times).allSatisfy { abs($0 - $1) <= tick })
        #expect(try entry("format=start_time", "a.\(ending)") == 0)
        let duration = try #require(try entry("format=duration", "a.\(ending)"))
        #expect(abs(duration - times[79] - 0.04) < 0.002)
        #expect(file.metadata["creation_time"]?.hasPrefix("2026-11-21T12:00:00") == true)
        if ending == "mp4" || ending == "mov" {
            let kinds = topBoxes(try bench.folder.bytes(of: "a.\(ending)")).map(\.kind)
            #expect(kinds.filter { $0 != "free" && $0 != "wide" } == ["ftyp", "moov", "mdat"])
        }
        #expect(
            bench.events.all.map(\.description).first == "recording \(path("a.\(ending)"))")
        guard case .finished(path("a.\(ending)"), let seconds, let bytes) = bench.events.all.last else {
            Issue.record("\(bench.events.all)")
            return
        }
        #expect(abs(seconds - duration) < 0.05)
        #expect(bytes == (try bench.folder.bytes(of: "a.\(ending)")).count)
    }

    @Test func keyPicturesAreASecondApartAndNoneIsReordered() throws {
        var config = bench.config("a.mp4")
        config.preset = nil
        let recorder = try bench.recorder(config)
        try bench.show(0..<100, to: recorder)
        recorder.finish()
        let kinds = try FFmpegTool.probe(["-show_entries", "frame=key_frame", path("a.mp4")]).split(separator: "\n")
        #expect(kinds.count == 100)
        // There may be more, where the picture changes much.
        for index in stride(from: 0, to: 100, by: 25) { #expect(kinds[index] == "1") }
        let types = try FFmpegTool.probe(["-show_entries", "frame=pict_type", path("a.mp4")])
        #expect(!types.contains("B"))
    }

    @Test(
        arguments: [
            ("mp4", "libx265"), ("webm", "libvpx-vp9"), ("webm", "libvpx"), ("mp4", "mpeg4"), ("mkv", "mjpeg"),
            ("mkv", "ffv1"), ("ts", "mpeg2video"),
        ])
    func otherEncodersRecordAllPictures(ending: String, codec: String) throws {
        var config = bench.config("a.\(ending)")
        config.preset = nil
        config.codec = codec
        let recorder = try bench.recorder(config)
        try bench.show(0..<60, to: recorder)
        recorder.finish()
        let file = try DecodedFile(path("a.\(ending)"))
        #expect(RecordingBench.numbers(file) == Array(0..<60))
        #expect(recorder.status.framesWritten == 60)
        #expect(bench.events.all.count == (codec == "mpeg2video" ? 3 : 2))  // that one's rate is fixed
    }

    @Test func recordingStopsAndGoesOnInAnotherFile() throws {
        let recorder = try bench.recorder(bench.config("a.mp4"))
        try bench.show(0..<30, to: recorder)
        #expect(recorder.status.isActive)
        recorder.stop()
        #expect(try bench.show(30, at: 1.2, to: recorder) == .off)
        #expect(recorder.status.file == nil)
        #expect(!recorder.status.isActive)
        recorder.start()
        try bench.show(31..<60, to: recorder)
        recorder.stop()
        recorder.finish()
        #expect(try bench.folder.contents() == ["a-2.mp4", "a.mp4"])
        #expect(RecordingBench.numbers(try DecodedFile(path("a.mp4"))) == Array(0..<30))
        let second = try DecodedFile(path("a-2.mp4"))
        #expect(RecordingBench.numbers(second) == Array(31..<60))
        #expect(second.times[0] == 0)
        #expect(recorder.status.filesFinished == 2)
        #expect(recorder.status.framesWritten == 59)
    }

    @Test func aStopIsEnoughWithoutAnotherPicture() throws {
        let recorder = try bench.recorder(bench.config("a.mp4"))
        try bench.show(0..<3, to: recorder)
        recorder.stop()
        recorder.finish()
        #expect(try bench.folder.contents() == ["a.mp4"])
    }

    @Test func nothingIsRecordedBeforeTheStart() throws {
        let recorder = try bench.recorder(bench.config("a.mp4"), isStarted: false)
        #expect(try bench.show(0, at: 0, to: recorder) == .off)
        recorder.finish()
        #expect(try bench.folder.contents() == [])
    }

    @Test func anotherSizeIsAnotherFile() throws {
        let large = try RecordingBench.pictures(width: 96, height: 64)
        let recorder = try bench.recorder(bench.config("a.mkv"))
        try bench.show(0..<10, to: recorder)
        for index in 10..<20 { try bench.show(index, at: Double(index) / 25, to: recorder, large) }
        recorder.finish()
        let (first, second) = (try DecodedFile(path("a.mkv")), try DecodedFile(path("a-2.mkv")))
        #expect(RecordingBench.numbers(first) == Array(0..<10))
        #expect(RecordingBench.numbers(second) == Array(10..<20))
        #expect(first.pictures.allSatisfy { $0.width == 64 } && second.pictures.allSatisfy { $0.width == 96 })
    }

    @Test func aSourceThatBeginsAnewIsAnotherFile() throws {
        let recorder = try bench.recorder(bench.config("a.mp4"))
        for index in 0..<5 { try bench.show(index, at: 100 + Double(index) / 25, to: recorder) }
        for index in 5..<10 { try bench.show(index, at: Double(index) / 25, to: recorder) }
        recorder.finish()
        #expect(RecordingBench.numbers(try DecodedFile(path("a.mp4"))) == [0, 1, 2, 3, 4])
        #expect(RecordingBench.numbers(try DecodedFile(path("a-2.mp4"))) == [5, 6, 7, 8, 9])
    }

    @Test func anExistingFileIsRefusedAndReplacedOnlyOnceByForce() throws {
        try bench.folder.write([1], to: "a.mp4")
        #expect(throws: EncodeError.exists(path: path("a.mp4"))) { try Recorder(bench.config("a.mp4")) }
        var config = bench.config("a.mp4")
        config.force = true
        let recorder = try bench.recorder(config)
        try bench.show(0..<3, to: recorder)
        recorder.stop()
        _ = try bench.show(3, at: 1, to: recorder)
        recorder.start()
        for index in 4..<8 { try bench.show(index, at: Double(index), to: recorder) }
        recorder.finish()
        #expect(RecordingBench.numbers(try DecodedFile(path("a.mp4"))) == [0, 1, 2])
        #expect(RecordingBench.numbers(try DecodedFile(path("a-2.mp4"))) == [4, 5, 6, 7])
    }

    @Test func aFileThatCameIntoBeingIsLeftAlone() throws {
        let recorder = try bench.recorder(bench.config("a.mp4"))
        try bench.show(0..<3, to: recorder)
        try bench.folder.write([9], to: "a.mp4")
        try bench.folder.write([8], to: "a-2.mp4")
        recorder.finish()
        #expect(try bench.folder.bytes(of: "a.mp4") == [9])
        #expect(try bench.folder.bytes(of: "a-2.mp4") == [8])
        #expect(try DecodedFile(path("a-3.mp4")).pictures.count == 3)
    }

    @Test(arguments: ["a.avi", "a.gif", "a.flv", "a.png", "a%05d.jpg", "a.ogv"])
    func containersThatDoNotPlayWhenCutOffAreRefused(name: String) {
        #expect(throws: EncodeError.notForLive(path: path(name))) { try Recorder(bench.config(name)) }
        #expect(
            EncodeError.notForLive(path: "a.avi").description
                == "cannot record live video into a.avi: write .mp4, .mov, .mkv, .webm or .ts")
        #expect(EncodeError.notForLive(path: "a.avi").category == .usage)
    }

    @Test func wrongSettingsAreFoundBeforeTheFirstPicture() {
        var config = bench.config("a.mp4")
        config.options = ["tunne=film"]
        #expect(throws: EncodeError.unknownOption(codec: "libx264", key: "tunne")) { try Recorder(config) }
        #expect(throws: EncodeError.folderMissing(folder: path("no"))) { try Recorder(bench.config("no/a.mp4")) }
        #expect(throws: EncodeError.noOutput) { try Recorder(EncodeConfig()) }
    }

    @Test func theUsersOptionsWin() throws {
        var config = bench.config("a.mp4")
        config.options = ["tune=film", "bf=2", "b_strategy=0", "crf=40"]
        let recorder = try bench.recorder(config)
        try bench.show(0..<40, to: recorder)
        recorder.finish()
        let file = try DecodedFile(path("a.mp4"))
        #expect(RecordingBench.numbers(file) == Array(0..<40))
        #expect(zip(file.times, 0...).allSatisfy { abs($0 - Double($1) / 25) < 1e-5 })
        #expect(try FFmpegTool.probe(["-show_entries", "frame=pict_type", path("a.mp4")]).contains("B"))
    }

    @Test func oddSizesArePaddedAndTold() throws {
        let odd = try RecordingBench.pictures(width: 65, height: 49)
        let recorder = try bench.recorder(bench.config("a.mp4"))
        try bench.show(0, at: 0, to: recorder, odd)
        recorder.finish()
        #expect(
            bench.events.all.contains(
                .note(.padded(codec: "libx264", width: 65, height: 49, paddedWidth: 66, paddedHeight: 50))))
    }
}
