import CFFmpeg
package import Pipeline
import Synchronization

/// Encodes a live picture once for all who read it, and only while somebody does.
///
/// Key pictures are a second apart at most, and wherever a reader must begin. Where the pictures change their size or
/// format, their times jump back, or the encoder fails, another encoder goes on. Pictures must come from one thread.
package final class LiveEncoder: Sendable {
    private let state: Mutex<EncodingState>

    /// - Throws: `EncodeError` if the settings name no encoder, or it does not take them.
    package init(_ config: EncodeConfig) throws(EncodeError) {
        let codec = try OutputPlan.liveCodec(config)
        try EncoderSettings(config, codec, .live).check()
        state = Mutex(EncodingState(config, codec))
    }

    /// The reader's first packet is a key picture.
    package func add(_ reader: any PacketReader) {
        state.withLock { $0.subscriptions.append(Subscription(reader)) }
    }

    /// Gives a reader all that it wished for, and then no more.
    package func remove(_ reader: any PacketReader) { state.withLock { $0.remove(reader) } }

    /// Takes a picture, if a reader wishes for it. Packets go to the readers before this returns, unless the encoder keeps
    /// some.
    package func encode(_ frame: consuming Frame, _ format: VideoFormat, isSlate: Bool = false) {
        // Handed over as an Optional, because a lock's closure cannot consume a captured value.
        var offered: Frame? = consume frame
        state.withLock { state in
            guard let frame = offered.take() else { return }
            state.encode(frame, format, isSlate: isSlate)
        }
    }

    /// Gives the readers all that is in the encoder, and ends; it begins anew with the next picture that somebody wants.
    package func finish() { state.withLock { $0.finish() } }

    /// How many pictures were encoded.
    package var picturesEncoded: Int { state.withLock { $0.picturesEncoded } }
}

/// What the encoder's lock guards.
private struct EncodingState: @unchecked Sendable {  // safe: used under that lock only
    var subscriptions: [Subscription] = []
    private(set) var picturesEncoded = 0
    private let config: EncodeConfig
    private let codec: UnsafePointer<AVCodec>
    private let path: String
    private var run: EncoderRun?
    /// Of an encoder that would hardly do better at the next picture; times in microseconds.
    private var refusal: (since: Int64, until: Int64, error: EncodeError)?

    private static let retryInterval: Int64 = 10_000_000

    init(_ config: EncodeConfig, _ codec: UnsafePointer<AVCodec>) {
        self.config = config
        self.codec = codec
        path = config.output.isEmpty ? "the live picture" : config.output
    }

    mutating func encode(_ frame: consuming Frame, _ format: VideoFormat, isSlate: Bool) {
        let stamp = PictureStamp(
            time: av_rescale_q(frame.pts, frame.timeBase, AVRational(num: 1, den: 1_000_000)),
            wall: frame.captured?.wall ?? LinuxClock().wallTime, isSlate: isSlate)
        let (readers, isStart) = ask(for: stamp)
        if readers.isEmpty { return finishReading() }
        if let run, run.mustEnd(before: stamp, format, isStart: isStart) { endRun() }
        if run == nil, let refusal, refusal.since <= stamp.time, stamp.time < refusal.until {
            for reader in readers { reader.reader.miss(stamp, because: .encoder(refusal.error)) }
            return
        }
        refusal = nil
        do throws(EncodeError) {
            if run == nil {
                do throws(EncodeError) {
                    run = try EncoderRun(codec, config, format, path: path)
                } catch {
                    for reader in readers { reader.reader.miss(stamp, because: .encoder(error)) }
                    throw error
                }
            }
            try run?.encode(frame, stamp, isStart: isStart, for: readers)
            picturesEncoded += 1
        } catch {
            fail(error, at: stamp.time)
        }
        settle()
    }

    mutating func finish() {
        for subscription in subscriptions { subscription.isReading = false }
        finishReading()
    }

    mutating func remove(_ reader: any PacketReader) {
        guard let index = subscriptions.firstIndex(where: { $0.reader === reader }) else { return }
        let subscription = subscriptions[index]
        subscription.isReading = false
        if subscription.inside > 0 || !subscriptions.contains(where: \.isReading) { endRun() }
        settle()
        subscriptions.remove(at: index)
    }

    // MARK: -

    /// - Returns: who wants the picture, and whether one of them must be able to begin with it.
    private func ask(for stamp: PictureStamp) -> ([Subscription], isStart: Bool) {
        var isStart = false
        let readers = subscriptions.filter { subscription in
            let wish = subscription.reader.wish(for: stamp)
            let isNew = wish != .none && !subscription.isReading
            subscription.isReading = wish != .none
            if isNew { (subscription.awaitsKey, subscription.hasEnded) = (true, false) }
            if isNew || wish == .start { isStart = true }
            return wish != .none
        }
        return (readers, isStart)
    }

    /// Nobody wants the next picture.
    private mutating func finishReading() {
        endRun()
        settle()
    }

    private mutating func endRun() {
        guard let ending = run else { return }
        run = nil
        do { try ending.flush() } catch { ending.giveUp(because: .encoder(error)) }
    }

    private mutating func fail(_ error: EncodeError, at time: Int64) {
        if run?.isYoung ?? true { refusal = (time, time + Self.retryInterval, error) }
        run?.giveUp(because: .encoder(error))
        run = nil
        for subscription in subscriptions where !subscription.hasEnded {
            subscription.awaitsKey = true
            subscription.reader.end()
        }
    }

    /// Tells those who read no more, once they have got all.
    private func settle() {
        for subscription in subscriptions
        where !subscription.isReading && subscription.inside == 0 && !subscription.hasEnded {
            subscription.hasEnded = true
            subscription.reader.end()
        }
    }
}
