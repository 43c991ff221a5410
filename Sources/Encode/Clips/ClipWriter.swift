import Foundation
import Pipeline
import Synchronization

/// Writes clips of what is shown around something that happens: from the seconds before, which a ring has kept, to those
/// after. Nobody waits for its disk. What begins again while a clip is written makes it longer.
package final class ClipWriter: Sendable {
    private struct State {
        var isOpen = false
        /// When it is over, by the pictures' own clock, in microseconds; nil: that is not known yet.
        var end: Int64?
    }

    private let config: ClipConfig
    private let ring: PacketRing
    private let recorder: Recorder
    private let queue: QueuedReader
    private let reader: Reader
    private let state = Mutex(State())

    /// Room for what the ring keeps, and for a disk that takes its time.
    private static let (mostPackets, mostBytes) = (16_384, 128 << 20)

    /// - Parameters:
    ///   - metadata: tags for each file.
    ///   - ring: keeps as much as the clips want before.
    ///   - onEvent: what happens to files; called from any thread. Must not wait.
    /// - Throws: `EncodeError` if nothing could be written there.
    package init(
        _ config: ClipConfig, metadata: OutputMetadata = OutputMetadata(), ring: PacketRing,
        onEvent: @escaping @Sendable (RecordingEvent) -> Void
    ) throws(EncodeError) {
        let base = try RecordingNames(config.path).base
        do {
            try FileManager.default.createDirectory(atPath: base, withIntermediateDirectories: true)
        } catch {
            throw .badName(path: config.path, problem: "its folder \(base) cannot be made")
        }
        (self.config, self.ring) = (config, ring)
        recorder = try Recorder(config.recording, metadata: metadata, goesOn: true, onEvent: onEvent)
        recorder.start()
        reader = Reader(recorder)
        do throws(LackOfResources) {
            queue = try QueuedReader(reader, name: "clip", packets: Self.mostPackets, bytes: Self.mostBytes)
        } catch {
            throw .lack(error)
        }
        reader.isOver.withLock { $0 = { [weak self] picture in self?.finishIfOver(picture) ?? true } }
    }

    /// Something happens now.
    ///
    /// - Parameter lasts: whether it goes on until `end`; it is over at once else.
    package func begin(lasting lasts: Bool) {
        state.withLock { state in
            // Nothing is longer than what lasts, and another moment moves the end on.
            state.end = lasts ? nil : (ring.newest ?? 0) + afterwards
            guard !state.isOpen else { return }
            state.isOpen = true
            ring.add(queue, seconds: config.before)
        }
    }

    /// What has lasted is over; the clip goes on for the seconds after.
    package func end() {
        state.withLock { state in
            if state.isOpen, state.end == nil { state.end = (ring.newest ?? 0) + afterwards }
        }
    }

    /// Completes what is being written.
    ///
    /// - Parameter limit: how long that may take; what is not seekable by then plays under its hidden name, and the next
    ///   start completes it.
    package func finish(within limit: Duration) {
        let end = ContinuousClock.now + limit
        state.withLock { close(&$0) }
        if !queue.drain(within: limit) { queue.close() }
        recorder.finish(within: max(end - .now, .zero))
    }

    private var afterwards: Int64 { Int64(config.after * 1_000_000) }

    /// - Returns: whether the picture belongs to the clip no more.
    private func finishIfOver(_ picture: PictureStamp) -> Bool {
        state.withLock { state in
            // Ended by somebody else: what came until then belongs to it.
            guard state.isOpen else { return false }
            // Also where the source's clock has been set back.
            guard let end = state.end, picture.time > end || picture.time < end - afterwards - Self.oldest else {
                return false
            }
            close(&state)
            return true
        }
    }

    /// Microseconds: no picture of a clip is older.
    private static let oldest: Int64 = 120_000_000

    private func close(_ state: inout State) {
        guard state.isOpen else { return }
        state = State()
        ring.remove(queue)
    }

    /// On the queue's thread.
    private final class Reader: PacketReader {
        let isOver = Mutex<@Sendable (PictureStamp) -> Bool>({ _ in false })
        private let recorder: Recorder
        /// Whether what waits came after the clip's end.
        private let isSkipping = Atomic(false)

        init(_ recorder: Recorder) { self.recorder = recorder }

        // The ring does not ask.
        func wish(for picture: PictureStamp) -> PictureWish { .picture }
        func read(_ packet: EncodedPacket) {
            if isSkipping.load(ordering: .relaxed) { return }
            guard isOver.withLock({ $0 })(packet.picture) else { return recorder.read(packet) }
            isSkipping.store(true, ordering: .relaxed)
        }
        func miss(_ picture: PictureStamp, because reason: MissReason) { recorder.miss(picture, because: reason) }
        func end() {
            isSkipping.store(false, ordering: .relaxed)
            recorder.end()
        }
    }
}
