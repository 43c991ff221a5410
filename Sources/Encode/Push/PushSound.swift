import CFFmpeg
import DequeModule
package import Pipeline
import Synchronization

/// The sound that waits for the pictures of one target. It is the input's own, packet by packet, and goes out with the picture
/// of its time; pictures are late by what explaining them takes.
package final class PushSound: LivePacketReader {
    private struct State {
        var waiting = Deque<LivePacket>()
        /// Of the newest packet, or what the input was found to send.
        var stream: AuxiliaryStream?
    }

    /// Some seconds of a usual codec.
    private static let mostPackets = 512
    private let state = Mutex(State())

    init() {}

    /// nil: none has come, and none is expected.
    var stream: AuxiliaryStream? { state.withLock { $0.stream } }

    /// - Parameter stream: that the input has; nil: none.
    package func expect(_ stream: AuxiliaryStream?) { state.withLock { $0 = State(stream: stream) } }

    package func take(_ packet: LivePacket) {
        state.withLock { state in
            state.stream = packet.stream
            if state.waiting.count == Self.mostPackets { state.waiting.removeFirst() }
            state.waiting.append(packet)
        }
    }

    package func noteLoss() { clear() }

    func clear() { state.withLock { $0.waiting = [] } }

    /// Gives away what was heard until then, in microseconds since 1970.
    func takeAll(until wall: Int64) -> [LivePacket] {
        state.withLock { state in
            var due: [LivePacket] = []
            while let first = state.waiting.first, first.time.wall <= wall { due.append(state.waiting.removeFirst()) }
            return due
        }
    }
}

/// The times of one connection's sound. As even as the sender's own, and together with the pictures.
struct SoundClock {
    /// A sender's time and the connection's that is the same moment, in microseconds.
    private var anchor: (sender: Int64, time: Int64)?
    private var last: Int64 = -1
    /// Muxers count in milliseconds, and want no time twice.
    private static let leastStep: Int64 = 1000
    /// Of more than that people would see that it does not fit the picture; in microseconds.
    private static let largestDrift: Int64 = 60_000

    /// - Parameters:
    ///   - picture: that goes out with it, and its time in the connection, in microseconds.
    /// - Returns: nil where it would come before the connection's beginning, or before what has come.
    mutating func time(of sound: LivePacket, with picture: PictureStamp, at time: Int64) -> Int64? {
        let heard = time + sound.time.wall - picture.wall
        let av = sound.packet.av.pointee
        let stamp = av.pts != shim_no_pts ? av.pts : av.dts != shim_no_pts ? av.dts : 0
        let sender = av_rescale_q(stamp, sound.stream.timeBase, AVRational(num: 1, den: 1_000_000))
        if let anchor, abs(anchor.time + sender - anchor.sender - heard) <= Self.largestDrift {
            return after(anchor.time + sender - anchor.sender)
        }
        anchor = (sender, heard)
        return after(heard)
    }

    private mutating func after(_ time: Int64) -> Int64? {
        guard time >= 0, last < 0 || time - last >= Self.leastStep else { return nil }
        last = time
        return time
    }
}

extension AuxiliaryStream {
    /// Whether a connection can go on with packets of the other.
    func soundsLike(_ other: AuxiliaryStream) -> Bool {
        let (mine, theirs) = (parameters.pointee, other.parameters.pointee)
        let headers = UnsafeRawBufferPointer(start: mine.extradata, count: Int(mine.extradata_size))
        return self === other
            || mine.codec_id == theirs.codec_id && mine.sample_rate == theirs.sample_rate
                && mine.ch_layout.nb_channels == theirs.ch_layout.nb_channels
                && headers.elementsEqual(
                    UnsafeRawBufferPointer(start: theirs.extradata, count: Int(theirs.extradata_size)))
    }
}
