package import Pipeline
import Synchronization

/// Hands a live video's own packets to a reader, as a `LiveEncoder` hands on its own: nothing is encoded.
///
/// The reader's first packet is a key picture; a cut that it wishes for comes with the sender's next one. Where the input is
/// lost, the reader is told that no more comes; what comes later is another format's.
package final class PacketRelay: LivePacketReader {
    /// What a reader wished for and did not get, since no player could have begun with it.
    package struct Delay: Sendable, Equatable {
        package let packets: Int
        package let seconds: Double
    }

    private struct State {
        var run: CopiedRun?
        var isReading = false
        var awaitsKey = false
        /// How many packets were waited for a key picture, and since when.
        var passed = 0
        var waitingSince: Int64 = 0
        var lastTime = Int64.min
    }

    private let reader: any PacketReader
    private let onDelay: @Sendable (Delay) -> Void
    private let state = Mutex(State())

    /// - Parameter onDelay: is told where the reader had to wait for a key picture. Must not wait.
    package init(_ reader: any PacketReader, onDelay: @escaping @Sendable (Delay) -> Void = { _ in }) {
        (self.reader, self.onDelay) = (reader, onDelay)
    }

    package func take(_ packet: LivePacket) { state.withLock { take(packet, &$0) } }

    package func noteLoss() {
        state.withLock { state in
            end(&state)
            state.run = nil
        }
    }

    /// The reader gets no more until the next packet that it wishes for.
    package func finish() { state.withLock { end(&$0) } }

    // MARK: - Under the lock

    private func take(_ packet: LivePacket, _ state: inout State) {
        // Our clocks are compared anew all the time, and may step back a little.
        let time = max(packet.time.monotonic, state.lastTime == .min ? .min : state.lastTime + 1)
        state.lastTime = time
        let stamp = PictureStamp(time: time, wall: packet.time.wall, isSlate: false)
        let encoded: EncodedPacket
        do throws(FFmpegError) {
            if state.run?.stream !== packet.stream {
                end(&state)
                state.run = try CopiedRun(packet.stream)
            }
            guard let made = try state.run?.packet(packet.packet.av, stamp) else { return }
            encoded = made
        } catch {
            return reader.miss(stamp, because: .encoder(.encodingFailed(path: "the live video", cause: error)))
        }
        guard reader.wish(for: stamp) != .none else { return end(&state) }
        if !state.isReading { (state.isReading, state.awaitsKey, state.passed) = (true, true, 0) }
        if state.awaitsKey {
            if state.passed == 0 { state.waitingSince = time }
            guard encoded.isKey else {
                state.passed += 1
                return
            }
            state.awaitsKey = false
            if state.passed > 0 {
                onDelay(Delay(packets: state.passed, seconds: Double(time - state.waitingSince) / 1_000_000))
            }
        }
        reader.read(encoded)
    }

    private func end(_ state: inout State) {
        guard state.isReading else { return }
        state.isReading = false
        reader.end()
    }
}
