import CFFmpeg
import Capture
import Encode
import Logging
import Overlay
import Pipeline
import Synchronization
import TestSupport
import Testing
import Tracking

@testable import Live

/// Recordings of what the input sends.
@Suite(.timeLimit(.minutes(30))) struct KeptRecordingTests {
    private let hub = LiveHub(Audience(nil))
    private let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private let folder: TemporaryFolder
    private let packets: LivePackets
    private let source: ScriptedSource

    init() throws {
        folder = try TemporaryFolder()
        packets = LivePackets(
            try AuxiliaryStream(
                AV_CODEC_ID_MJPEG, width: 64, height: 48, timeBase: AVRational(num: 1, den: 1000),
                frameRate: AVRational(num: 25, den: 1)))
        source = try ScriptedSource(packets)
    }

    private func config(_ name: String) -> EncodeConfig {
        var config = EncodeConfig()
        config.output = folder.file(name)
        config.keepVideo = true
        return config
    }

    private func values(isRecording: Bool) -> LiveSettings.Values {
        LiveSettings.Values(overlay: OverlayConfig(), maps: MapSettings(smoothing: 0), isRecording: isRecording)
    }

    private func recording(_ outputs: LiveOutputs) throws -> KeptRecording {
        try #require(outputs.all.compactMap { $0 as? KeptRecording }.first)
    }

    /// Packets as long as their numbers say.
    private func send(_ numbers: ClosedRange<Int32>) throws {
        for number in numbers {
            let av = try #require(av_packet_alloc())
            #expect(av_new_packet(av, 100 + number) == 0)
            (av.pointee.pts, av.pointee.dts) = (Int64(number) * 40, Int64(number) * 40)
            av.pointee.flags = AV_PKT_FLAG_KEY
            let time = CaptureTime(monotonic: Int64(number) * 40_000, wall: 1_795_262_400_000_000)
            packets.send(LivePacket(Packet(adopting: av), of: packets.stream, at: time))
        }
    }

    /// Shows the output a picture of the source, whatever it is.
    private func show(_ recording: KeptRecording, isRecording: Bool) throws {
        source.give(1)
        guard let frame = try source.next() else { throw CaptureError.interrupted }
        let isCounted = recording.offer(
            frame,
            LivePicture(
                content: [], format: source.format, facts: hub.slateFacts(at: .now),
                settings: values(isRecording: isRecording)))
        #expect(!isCounted)
    }

    private func numbers(_ name: String) throws -> [Int] {
        try FFmpegTool.probe(["-show_entries", "packet=size", folder.file(name)]).split(separator: "\n")
            .compactMap { Int($0) }.map { $0 - 100 }
    }

    @Test func packetsAreCopiedAndNothingIsEncodedOrDrawn() async throws {
        let outputs = try LiveOutputs(config("kept.mkv"), after: nil, hub, log)
        #expect(outputs.all.map { "\(type(of: $0))" } == ["LiveViewers", "KeptRecording"])
        let recording = try recording(outputs)
        #expect(recording.wish(values(isRecording: true)).isEmpty)
        // The first came before the pipeline was there.
        try send(1...1)
        try recording.begin(with: source, values(isRecording: true))
        try send(2...5)
        try show(recording, isRecording: true)
        try send(6...9)
        await finish(outputs)
        #expect(try numbers("kept.mkv") == Array(1...9))
        #expect(hub.ledger.counts.dropped.isEmpty)
    }

    @Test func whatViewersStopIsEndedAndWhatTheyStartIsAnotherFile() async throws {
        let outputs = try LiveOutputs(config("kept.mkv"), after: nil, hub, log)
        let recording = try recording(outputs)
        try recording.begin(with: source, values(isRecording: true))
        try send(1...3)
        try show(recording, isRecording: false)
        try send(4...6)
        try show(recording, isRecording: true)
        try send(7...9)
        await finish(outputs)
        #expect(try numbers("kept.mkv") == [1, 2, 3] && numbers("kept-2.mkv") == [7, 8, 9])
    }

    @Test func anotherPipelinesPacketsAreAnotherFile() async throws {
        let outputs = try LiveOutputs(config("kept.mkv"), after: nil, hub, log)
        let recording = try recording(outputs)
        try recording.begin(with: source, values(isRecording: true))
        try send(1...3)
        await onThread { recording.drain(within: nil) }
        try recording.begin(with: source, values(isRecording: true))
        try send(4...6)
        await finish(outputs)
        #expect(try numbers("kept.mkv") == [1, 2, 3] && numbers("kept-2.mkv") == [4, 5, 6])
    }

    @Test func anInputWithoutPacketsAndAFileThatCannotHoldThemAreRefused() async throws {
        let outputs = try LiveOutputs(config("kept.mkv"), after: nil, hub, log)
        let raw = try ScriptedSource()
        #expect(throws: EncodeError.noPacketsToKeep) {
            try recording(outputs).begin(with: raw, values(isRecording: true))
        }
        await finish(outputs)
        #expect(throws: EncodeError.notForKeeping(path: folder.file("kept.webm"))) {
            try LiveOutputs(config("kept.webm"), after: nil, hub, log)
        }
        #expect(try folder.contents().isEmpty)
    }
}
