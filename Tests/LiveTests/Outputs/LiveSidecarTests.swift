import Capture
import Encode
import Foundation
import Glibc
import Infer
import Logging
import Overlay
import Pipeline
import Serve
import Synchronization
import TestSupport
import Testing
import Tracking

@testable import Live

@Suite(.timeLimit(.minutes(30))) struct LiveSidecarTests {
    private let hub = LiveHub(Audience(nil))
    private let lines = Lines()
    private var lost: Counter { LiveSidecar.loss!.counter(hub.registry) }

    /// What the log is told.
    private final class Lines: Sendable {
        let all = Mutex<[String]>([])
        var text: String { all.withLock { $0.joined(separator: "\n") } }
    }

    private struct Recorder: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
        func log(event: LogEvent) { lines.all.withLock { $0.append("\(event.message)") } }
    }

    private var log: Logger { Logger(label: "test") { [lines] _ in Recorder(lines: lines) } }

    private func record(_ frame: Int) -> FrameRecord {
        FrameRecord(frame: frame, time: Double(frame), method: "cam", classID: 0, label: "cat", top: [])
    }

    /// A disk that hangs: a pipe that nobody reads.
    private final class Pipe: Sendable {
        let folder: TemporaryFolder
        let descriptor: Int32

        init() throws {
            folder = try TemporaryFolder()
            let path = folder.file("pipe")
            guard mkfifo(path, 0o600) == 0 else { throw CocoaError(.fileWriteUnknown) }
            // For both, so that nobody waits for the other side.
            descriptor = open(path, O_RDWR | O_CLOEXEC)
        }

        func write(_ record: FrameRecord) {
            var line = Array("\(record.frame)".utf8)
            line += [UInt8](repeating: UInt8(ascii: " "), count: 511 - line.count) + [UInt8(ascii: "\n")]
            #expect(Glibc.write(descriptor, line, line.count) == line.count)
        }

        /// Reads all until the writer closes it.
        func read() -> [Int] {
            let reader = open(folder.file("pipe"), O_RDONLY | O_CLOEXEC)
            let handle = FileHandle(fileDescriptor: reader, closeOnDealloc: true)
            return String(decoding: handle.readDataToEndOfFile(), as: UTF8.self).split(separator: "\n").compactMap {
                Int($0.trimmingCharacters(in: .whitespaces))
            }
        }
    }

    private func sidecar(to pipe: Pipe) throws -> LiveSidecar {
        try LiveSidecar(hub, log) { record throws(EncodeError) in
            pipe.write(record)
        } complete: { () throws(EncodeError) in
            close(pipe.descriptor)
        }
    }

    @Test func aDiskThatHangsHoldsUpNobodyAndWhatIsLeftOutIsCounted() throws {
        let pipe = try Pipe()
        let sidecar = try sidecar(to: pipe)
        for frame in 0..<1000 { sidecar.offer(record(frame)) }
        let left = lost.value
        // The pipe holds 128 lines of 512 bytes, one is being written, 256 wait.
        #expect(left >= 1000 - 128 - 1 - LiveSidecar.queueLength && left < 1000 - 128)
        #expect(lines.text == "the sidecar's disk is too slow: lines are left out")
        // Not even the end waits longer than it is allowed to.
        try sidecar.finish(within: .milliseconds(1))
        #expect(lines.text.contains("disk does not answer"))
        let written = pipe.read()
        try sidecar.finish()
        #expect(written.isRising && written.count + left == 1000 && written.last == 999)
        #expect(lines.text.contains("in time again: \(left) lines were left out"))
        sidecar.offer(record(1000))
        #expect(lost.value == left + 1)
    }

    @Test func viewersGetTheirPicturesWhileTheDiskHangs() async throws {
        let pipe = try Pipe()
        let sidecar = try sidecar(to: pipe)
        let source = try ScriptedSource()
        let explainer = ScriptedExplainer()
        var overlay = OverlayConfig()
        overlay.labels = .none
        let values = LiveSettings.Values(overlay: overlay, maps: MapSettings(smoothing: 0), isRecording: false)
        let session = LiveSession(scripted: explainer, values)
        let settings = LiveSettings(values, session.facts, canRecord: false)
        let sessions = SessionSwitch(session, settings, hub, try StageThread("switch"), log) { _ in session }
        let pipeline = LivePipeline(
            source: source, sessions: sessions, settings: settings,
            delivery: LiveDelivery(
                hub, settings, try LiveOutputs(EncodeConfig(), after: nil, hub, log).all + [sidecar], log: log),
            signal: SignalWatch(hub, log), interrupt: Interrupt(), log: log)
        let events = try #require(EventReader(hub.events))
        explainer.allow(10_000)
        async let run: Void = pipeline.run()
        defer { source.end() }
        for _ in 0..<600 {
            source.give(1)
            #expect(await events.next("frame") != nil)
        }
        source.end()
        try await run
        #expect(hub.ledger.counts == .init(captured: 600, written: 600))
        let left = lost.value
        #expect(left > 0)
        let reading = Thread { _ = pipe.read() }
        reading.start()
        try sidecar.finish()
    }

    @Test func aSidecarThatFailsIsToldOnceAndEndsNothingElse() throws {
        let writes = Atomic(0)
        let sidecar = try LiveSidecar(hub, log) { _ throws(EncodeError) in
            writes.add(1, ordering: .relaxed)
            throw .diskFull(path: "out.jsonl")
        } complete: { () throws(EncodeError) in
            Issue.record("there is nothing to complete")
        }
        for frame in 0..<10 { sidecar.offer(record(frame)) }
        try sidecar.finish()
        #expect(writes.load(ordering: .relaxed) == 1 && lost.value == 10)
        #expect(lines.text.hasPrefix("the sidecar ends: ") && !lines.text.contains("\n"))
    }

    @Test func whatCannotBeCompletedIsAnError() throws {
        let sidecar = try LiveSidecar(hub, log) { _ throws(EncodeError) in
        } complete: { () throws(EncodeError) in
            throw .diskFull(path: "out.jsonl")
        }
        sidecar.offer(record(0))
        #expect(throws: EncodeError.diskFull(path: "out.jsonl")) { try sidecar.finish() }
    }
}
