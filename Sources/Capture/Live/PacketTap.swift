import CFFmpeg
import Pipeline

/// Hands a live video's packets on as they come. For one connection.
final class PacketTap {
    /// Where they go: those of the connection before, if there was one.
    var packets: LivePackets

    /// Whether packets come that have piled up, and whose times nobody knows.
    var isClosed = false

    private let stream: AuxiliaryStream
    /// Whether packets have the sender's times; else they get those at which they came.
    private let hasTimes: Bool

    private init(_ stream: AuxiliaryStream, hasTimes: Bool) {
        packets = LivePackets(stream, keepsUntilRead: hasTimes)
        (self.stream, self.hasTimes) = (stream, hasTimes)
    }

    /// Of a stream from a network.
    convenience init(of stream: UnsafePointer<AVStream>, hasTimes: Bool) throws(FFmpegError) {
        let timeBase = hasTimes ? nil : LiveTimeline.timeBase
        self.init(try AuxiliaryStream(copying: stream, timeBase: timeBase), hasTimes: hasTimes)
    }

    /// Of a camera.
    convenience init(_ codec: AVCodecID, _ size: PictureSize, frameRate: AVRational) throws(FFmpegError) {
        let stream = try AuxiliaryStream(
            codec, width: size.width, height: size.height, timeBase: LiveTimeline.timeBase, frameRate: frameRate)
        self.init(stream, hasTimes: false)
    }

    /// - Parameters:
    ///   - packet: is left as it is.
    ///   - time: when it is due for decoding.
    func pass(_ packet: UnsafePointer<AVPacket>, at time: CaptureTime) throws(FFmpegError) {
        guard !isClosed, packet.pointee.size > 0 else { return }
        guard let av = av_packet_clone(packet) else { throw .outOfMemory("av_packet_clone") }
        if !hasTimes { (av.pointee.pts, av.pointee.dts) = (time.monotonic, time.monotonic) }
        packets.send(LivePacket(Packet(adopting: av), of: stream, at: time))
    }
}
