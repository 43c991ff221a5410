import CFFmpeg
import Pipeline
import Synchronization
import TestSupport
import Testing

@testable import Encode

/// Recordings of a sender's own packets.
@Suite struct PacketRelayTests {
    private let bench: RecordingBench

    init() throws { bench = try RecordingBench() }

    /// A recorder behind a relay, and how long it had to wait.
    private struct Copying {
        let recorder: Recorder
        let relay: PacketRelay
        let delays: Delays

        final class Delays: Sendable { let all = Mutex<[PacketRelay.Delay]>([]) }

        func finish() {
            relay.finish()
            recorder.finish()
        }
    }

    private func copying(_ name: String, segment: Int? = nil) throws -> Copying {
        var config = EncodeConfig()
        config.output = bench.folder.file(name)
        config.keepVideo = true
        config.segment = segment.map { TimeSpan(seconds: $0) }
        let recorder = try Recorder(
            config, metadata: OutputMetadata(), room: DiskRoom(least: 0, toBegin: 0), onPicture: { _, _ in },
            onEvent: { [events = bench.events] in events.append($0) })
        recorder.start()
        let delays = Copying.Delays()
        let relay = PacketRelay(recorder) { delay in delays.all.withLock { $0.append(delay) } }
        return Copying(recorder: recorder, relay: relay, delays: delays)
    }

    /// A clip of 100 pictures, a key picture each 20; the second has reordered ones.
    private func clip(_ name: String, _ options: [String] = [], size: String = "64x48") throws -> String {
        let path = bench.folder.file(name)
        try FFmpegTool.run(
            ["-f", "lavfi", "-i", "testsrc2=size=\(size):rate=25:duration=4"]
                + ["-c:v", "libx264", "-preset", "veryfast", "-g", "20", "-sc_threshold", "0", "-pix_fmt", "yuv420p"]
                + options + [path])
        return path
    }

    /// Sends a clip's packets as if they came from a camera.
    ///
    /// - Parameter start: seconds after noon at which the first is due.
    private func send(
        _ path: String, to relay: PacketRelay, from start: Double = 0, as known: AuxiliaryStream? = nil,
        where isSent: (Int) -> Bool = { _ in true }
    ) throws {
        let input = try RecordedInput(path)
        let stream = try #require(input.streams.first)
        var (number, first) = (0, Int64?.none)
        while let packet = try input.next() {
            defer { number += 1 }
            let due = packet.pointee.dts == shim_no_pts ? packet.pointee.pts : packet.pointee.dts
            first = first ?? due
            guard isSent(number) else { continue }
            let seconds = start + Double(due - first!) * av_q2d(stream.timeBase)
            let time = Int64((seconds * 1_000_000).rounded())
            relay.take(
                LivePacket(
                    Packet(adopting: av_packet_clone(packet)), of: known ?? stream,
                    at: CaptureTime(monotonic: 5_000_000 + time, wall: RecordingBench.noon * 1_000_000 + time)))
        }
    }

    private func packets(_ path: String) throws -> [[UInt8]] { try DecodedFile(path).video.packets.map(\.bytes) }

    @Test(arguments: ["mp4", "mkv", "mov"], [["-bf", "0"], ["-bf", "3", "-b_strategy", "0"]])
    func aRecordingHasThePacketsAsTheyCameAndTheirTimes(ending: String, options: [String]) throws {
        let clip = try clip("clip.mp4", options)
        let copying = try copying("kept.\(ending)")
        try send(clip, to: copying.relay)
        copying.finish()
        let (sent, kept) = (try DecodedFile(clip), try DecodedFile(bench.folder.file("kept.\(ending)")))
        #expect(sent.video.packets.count == 100)
        #expect(kept.video.packets.map(\.bytes) == sent.video.packets.map(\.bytes))
        #expect(kept.pictures.map(\.bytes) == sent.pictures.map(\.bytes))
        #expect(
            zip(kept.times, sent.times).allSatisfy { abs($0 - kept.times[0] - ($1 - sent.times[0])) < 0.002 })
        #expect(copying.delays.all.withLock { $0.isEmpty } && copying.recorder.status.framesWritten == 100)
        #expect(copying.recorder.status.framesDropped.isEmpty)
    }

    @Test func aVariableRateStays() throws {
        let clip = try clip("clip.mp4", ["-vf", "select='mod(n,3)'", "-fps_mode", "vfr"])
        let copying = try copying("kept.mkv")
        try send(clip, to: copying.relay)
        copying.finish()
        let (sent, kept) = (try DecodedFile(clip), try DecodedFile(bench.folder.file("kept.mkv")))
        #expect(kept.video.packets.map(\.bytes) == sent.video.packets.map(\.bytes))
        #expect(
            zip(kept.times, sent.times).allSatisfy { abs($0 - kept.times[0] - ($1 - sent.times[0])) < 0.002 })
    }

    @Test func aPictureThatIsTurnedStaysSo() throws {
        let turned = bench.folder.file("turned.mp4")
        try FFmpegTool.run(["-i", try clip("clip.mp4"), "-c", "copy", "-metadata:s:v:0", "rotate=90", turned])
        let copying = try copying("kept.mp4")
        try send(turned, to: copying.relay)
        copying.finish()
        let angles = try [turned, bench.folder.file("kept.mp4")].map {
            try FFmpegTool.probe(["-show_entries", "stream_side_data=rotation", $0])
        }
        #expect(angles[0] == angles[1] && angles[0].contains("90"))
    }

    @Test(arguments: ["mp4", "mkv"])
    func aSegmentEndsWithTheSendersNextKeyPictureAndNothingIsLost(ending: String) throws {
        let clip = try clip("clip.mp4")
        let copying = try copying("%s.\(ending)", segment: 1)
        try send(clip, to: copying.relay)
        copying.finish()
        let names = try bench.folder.recordings().filter { $0 != "clip.mp4" }
        let files = try names.map { try packets(bench.folder.file($0)) }
        // A key picture each 0.8 s: after a second comes the one at 1.6 s.
        #expect(files.map(\.count) == [40, 40, 20])
        #expect(files.flatMap { $0 } == (try packets(clip)))
    }

    @Test func whatComesBeforeTheFirstKeyPictureIsLeftOutAndTold() throws {
        let clip = try clip("clip.mp4")
        let copying = try copying("kept.mp4")
        try send(clip, to: copying.relay) { $0 >= 5 }
        copying.finish()
        #expect(try packets(bench.folder.file("kept.mp4")) == Array(try packets(clip)[20...]))
        #expect(copying.delays.all.withLock { $0 } == [.init(packets: 15, seconds: 0.6)])
    }

    @Test func aLossEndsTheFileAndWhatComesBackIsAnother() throws {
        let clip = try clip("clip.mp4")
        let copying = try copying("kept.mkv")
        try send(clip, to: copying.relay) { $0 < 30 }
        copying.relay.noteLoss()
        #expect(copying.recorder.status.file == nil && copying.recorder.status.isActive)
        try send(clip, to: copying.relay, from: 60) { $0 >= 10 }
        copying.finish()
        #expect(try packets(bench.folder.file("kept.mkv")) == Array(try packets(clip)[..<30]))
        #expect(try packets(bench.folder.file("kept-2.mkv")) == Array(try packets(clip)[20...]))
        #expect(try DecodedFile(bench.folder.file("kept-2.mkv")).times[0] < 0.1)
    }

    @Test func headersThatComeInThePacketsAreTheFilesAndOtherOnesBeginAnother() throws {
        // A transport stream has headers nowhere else.
        let (small, wide) = (try clip("small.ts"), try clip("wide.ts", size: "96x48"))
        let bare = try AuxiliaryStream(
            AV_CODEC_ID_H264, width: 64, height: 48, timeBase: AVRational(num: 1, den: 90_000),
            frameRate: AVRational(num: 25, den: 1))
        let copying = try copying("kept.mp4")
        try send(small, to: copying.relay, as: bare)
        try send(wide, to: copying.relay, from: 4, as: bare)
        copying.finish()
        let files = try ["kept.mp4", "kept-2.mp4"].map { try DecodedFile(bench.folder.file($0)) }
        #expect(files.map { Set($0.pictures.map(\.width)) } == [[64], [96]])
        #expect(files.map(\.pictures.count) == [100, 100])
        #expect(files[0].pictures.map(\.bytes) == (try DecodedFile(small).pictures.map(\.bytes)))
    }

    @Test func motionJPEGOfAnotherSizeBeginsAnotherFile() throws {
        let clips = try ["64x48", "96x48"].map { size in
            let path = bench.folder.file("\(size).mkv")
            try FFmpegTool.run(
                ["-f", "lavfi", "-i", "testsrc2=size=\(size):rate=25:duration=0.4", "-c:v", "mjpeg", path])
            return path
        }
        let stream = try #require(try RecordedInput(clips[0]).streams.first)
        let copying = try copying("kept.mp4")
        for (number, clip) in clips.enumerated() {
            try send(clip, to: copying.relay, from: 2 * Double(number), as: stream)
        }
        copying.finish()
        for (clip, name) in zip(clips, ["kept.mp4", "kept-2.mp4"]) {
            let (sent, kept) = (try DecodedFile(clip), try DecodedFile(bench.folder.file(name)))
            #expect(kept.video.packets.map(\.bytes) == sent.video.packets.map(\.bytes) && kept.pictures.count == 10)
            #expect(kept.pictures.map(\.width) == sent.pictures.map(\.width))
        }
    }

    @Test(
        arguments: [
            [], [0xff, 0xd8], [0xff, 0xd8, 0xff, 0xda, 0, 2, 0, 0, 0, 0, 0],
            [0xff, 0xd8, 0xff, 0xe0, 0xff, 0xff, 1, 2, 3, 4, 5, 6],
            [0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, 0, 0, 0, 0, 3],
            [0xff, 0xd8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            [0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        ] as [[UInt8]])
    func whatIsNoPictureHasNoSize(bytes: [UInt8]) { #expect(bytes.withUnsafeBufferPointer { jpegSize($0) } == nil) }

    @Test func aSendersClockThatJumpsLeavesTheRecordingsTimesEven() throws {
        let clip = try clip("clip.mp4")
        let stream = try #require(try RecordedInput(clip).streams.first)
        let copying = try copying("kept.mkv")
        for start in [0.0, 4.0] { try send(clip, to: copying.relay, from: start, as: stream) }
        copying.finish()
        let kept = try DecodedFile(bench.folder.file("kept.mkv"))
        #expect(kept.times.count == 200 && abs(kept.times[199] - kept.times[0] - 7.96) < 0.1)
        #expect(zip(kept.times, kept.times.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test func settingsOfAnEncoderAndOtherContainersAreRefused() throws {
        var config = EncodeConfig()
        config.keepVideo = true
        #expect(throws: EncodeError.noOutput) { try Recorder(config) }
        config.output = bench.folder.file("kept.ts")
        #expect(throws: EncodeError.notForKeeping(path: config.output)) { try Recorder(config) }
        config.output = bench.folder.file("kept.mkv")
        config.crf = 20
        #expect(throws: EncodeError.settingOfKept(option: "--crf")) { try Recorder(config) }
    }
}
