import Capture
import Encode
import Foundation
import Infer
import Logging
import Overlay
import Pipeline
import Synchronization
import TestSupport
import Testing
import Tracking

@testable import Live
@testable import Serve

@Suite(.timeLimit(.minutes(30))) struct LiveOutputsTests {
    private let hub = LiveHub(Audience(ServeConfig()))
    private let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Writes down what it gets.
    private final class ScriptedOutput: LiveOutput {
        struct Got: Equatable {
            let frame: Int
            let content: PictureContent
            let isSlate: Bool
            /// The class that the record tells of.
            let seen: String?
        }
        let wanted: PictureContent
        let got = Mutex<[Got]>([])
        let ends = Mutex<[String]>([])

        init(_ wanted: PictureContent) { self.wanted = wanted }
        static func open(_ opening: OutputOpening) -> ScriptedOutput? { nil }
        func goesOn(under config: EncodeConfig) -> Bool { false }
        func wish(_ settings: LiveSettings.Values) -> PictureContent { wanted }
        func offer(_ frame: borrowing Frame, _ picture: LivePicture) -> Bool {
            let got = Got(
                frame: frame.index, content: picture.content, isSlate: picture.facts.isSlate,
                seen: picture.record?.label)
            self.got.withLock { $0.append(got) }
            return false
        }
        func drain(within limit: Duration?) { ends.withLock { $0.append("drain") } }
        func finish(within limit: Duration?) { ends.withLock { $0.append("finish") } }
    }

    /// Runs a pipeline on as many pictures, one after the other, on a thread of its own.
    private func run(
        _ count: Int, to outputs: [any LiveOutput], isRecording: Bool = false, timeToDrain: Duration? = nil
    ) async throws {
        let (source, explainer) = (try ScriptedSource(), ScriptedExplainer())
        var overlay = OverlayConfig()
        overlay.labels = .none
        let values = LiveSettings.Values(
            overlay: overlay, maps: MapSettings(smoothing: 0), isRecording: isRecording)
        let session = LiveSession(scripted: explainer, values)
        let settings = LiveSettings(values, session.facts, canRecord: isRecording)
        let pipeline = LivePipeline(
            source: source,
            sessions: SessionSwitch(session, settings, hub, try StageThread("switch"), log) { _ in session },
            settings: settings,
            delivery: LiveDelivery(hub, settings, outputs, timeToDrain: timeToDrain, log: log),
            signal: SignalWatch(hub, log), interrupt: Interrupt(), log: log)
        let events = try #require(EventReader(hub.events))
        explainer.allow(10_000)
        let thread = try StageThread("run")
        try await withThrowingTaskGroup { group in
            group.addTask(executorPreference: thread) { try await pipeline.run() }
            group.addTask {
                defer { source.end() }
                for _ in 0..<count {
                    source.give(1)
                    guard await events.next("frame") != nil else { return }
                }
            }
            for try await _ in group {}
        }
    }

    @Test func anOutputOfTheListGetsEveryPictureAndWhatIsSeenInItWithoutADrawing() async throws {
        let (facts, silent) = (ScriptedOutput(.record), ScriptedOutput([]))
        try await run(20, to: [facts, silent])
        for output in [facts, silent] {
            let got = output.got.withLock { $0 }
            #expect(got.map(\.frame) == Array(0..<20))
            #expect(got.allSatisfy { $0.content == .record && !$0.isSlate })
            #expect(got.contains { $0.seen?.hasPrefix("frame ") == true })
            #expect(output.ends.withLock { $0 } == ["drain"])
        }
        #expect(hub.ledger.counts == .init(captured: 20, written: 20))
        #expect(hub.metrics.undrawn.value == 20)
    }

    @Test func nothingIsSaidOfAPictureThatNobodyWants() async throws {
        let silent = ScriptedOutput([])
        try await run(5, to: [silent])
        #expect(silent.got.withLock { $0.allSatisfy { $0.content.isEmpty && $0.seen == nil } })
        #expect(hub.ledger.counts == .init(captured: 5, written: 5) && hub.metrics.undrawn.value == 5)
    }

    @Test func oneThatWantsADrawingHasItMadeForAll() async throws {
        let (painter, facts) = (ScriptedOutput(.drawing), ScriptedOutput(.record))
        try await run(5, to: [painter, facts])
        #expect(facts.got.withLock { $0.allSatisfy { $0.content == [.drawing, .record] } })
        #expect(hub.metrics.undrawn.value == 0)
    }

    @Test func whatIsRecordedIsCountedByTheRecordingAndBySlatesNobody() async throws {
        let folder = try TemporaryFolder()
        var config = EncodeConfig()
        config.output = folder.file("out.mp4")
        config.sidecar = folder.file("out.jsonl")
        let outputs = try LiveOutputs(config, after: nil, hub, log)
        #expect(outputs.all.map { "\(type(of: $0))" } == ["LiveViewers", "LiveRecording", "LiveSidecar", "LiveStream"])
        try await run(30, to: outputs.all, isRecording: true)
        let counts = hub.ledger.counts
        #expect(counts.captured == 30 && counts.inFlight == 0)
        #expect(counts.written + counts.dropped.values.reduce(0, +) == 30 && counts.written > 0)
        await finish(outputs)
        let lines = try String(contentsOfFile: folder.file("out.jsonl"), encoding: .utf8).split(separator: "\n")
        #expect(!lines.isEmpty && FileManager.default.fileExists(atPath: config.output))
    }

    /// Takes all that comes.
    private final class Taker: StreamReader {
        var isReading: Bool { true }
        func wish(for picture: PictureStamp) -> PictureWish { .picture }
        func read(_ packet: EncodedPacket) {}
        func miss(_ picture: PictureStamp, because reason: MissReason) {}
        func end() {}
    }

    @Test func whereNobodyCanReadAStreamThereIsNone() async throws {
        let outputs = try LiveOutputs(EncodeConfig(), after: nil, LiveHub(Audience(nil)), log)
        #expect(outputs.all.map { "\(type(of: $0))" } == ["LiveViewers"])
        await finish(outputs)
    }

    @Test func picturesAreEncodedForStreamsWhileOneReads() async throws {
        let outputs = try LiveOutputs(EncodeConfig(), after: nil, hub, log)
        let packets = try #require(hub.packets)
        try await run(5, to: outputs.all)
        #expect(packets.picturesEncoded == 0)
        let taker = Taker()
        packets.add(taker)
        // Pipelines come and go; what is encoded goes on.
        for _ in 0..<2 { try await run(3, to: outputs.all) }
        packets.remove(taker)
        try await run(5, to: outputs.all)
        let lost = try #require(LiveStream.loss).counter(hub.registry).value
        #expect(packets.picturesEncoded + lost == 6)
        #expect(hub.ledger.counts == .init(captured: 16, written: 16))
        await finish(outputs)
    }

    @Test func picturesThatTheEncoderHasNotBegunInTimeAreLostAndCounted() async throws {
        let folder = try TemporaryFolder()
        var config = EncodeConfig()
        config.output = folder.file("out.mp4")
        let outputs = try LiveOutputs(config, after: nil, hub, log)
        let recording = try #require(outputs.all.compactMap { $0 as? LiveRecording }.first)
        try await run(1, to: outputs.all, isRecording: true)
        let before = hub.ledger.counts
        #expect(before.inFlight == 0)
        // There is no time at all.
        try await run(8, to: outputs.all, isRecording: true, timeToDrain: .zero)
        let counts = hub.ledger.counts
        #expect(counts.captured == 9 && counts.inFlight == 0)
        // The next pipeline has all its time again.
        try await run(1, to: outputs.all, isRecording: true)
        #expect(hub.ledger.counts.written == counts.written + 1 && recording.goesOn(under: config))
        await finish(outputs)
    }

    @Test func outputsThatOtherSettingsAskForAsWellGoOnAndTheOthersEnd() async throws {
        let folder = try TemporaryFolder()
        var config = EncodeConfig()
        config.output = folder.file("out.mp4")
        config.sidecar = folder.file("out.jsonl")
        let first = try LiveOutputs(config, after: nil, hub, log)
        config.crf = 30
        let second = try LiveOutputs(config, after: first, hub, log)
        #expect(zip(first.all, second.all).map { $0 === $1 } == [true, false, true, true])
        config.sidecar = nil
        let third = try LiveOutputs(config, after: second, hub, log)
        #expect(third.all.map { "\(type(of: $0))" } == ["LiveViewers", "LiveRecording", "LiveStream"])
        await onThread {
            try first.handOver(to: second)
            // It goes on.
            #expect(!FileManager.default.fileExists(atPath: folder.file("out.jsonl")))
            try second.handOver(to: third)
            #expect(FileManager.default.fileExists(atPath: folder.file("out.jsonl")))
            try third.finish(within: nil)
        }
    }
}
