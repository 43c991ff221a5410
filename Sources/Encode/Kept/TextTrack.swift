import CFFmpeg
import Pipeline

/// A track of short texts beside a video: SubRip in Matroska, timed text in MP4 and QuickTime.
final class TextTrack {
    let stream: Int
    private let timeBase: AVRational
    private let muxer: Muxer
    /// Whether a text's length stands before it.
    private let isTimedText: Bool
    private let packet: UnsafeMutablePointer<AVPacket>

    /// - Parameter title: what players call it.
    init(_ muxer: Muxer, title: String, timeBase: AVRational, path: String) throws(EncodeError) {
        (self.muxer, self.timeBase) = (muxer, timeBase)
        isTimedText = !muxer.holding.isMatroska
        guard let packet = av_packet_alloc() else { throw .ffmpeg(.outOfMemory("av_packet_alloc"), path) }
        self.packet = packet
        stream = try muxer.addText(
            isTimedText ? AV_CODEC_ID_MOV_TEXT : AV_CODEC_ID_SUBRIP, headers: isTimedText ? Self.timedTextHeaders : [],
            tag: isTimedText ? 0x6733_7874 : 0, timeBase: timeBase, metadata: ["title": title, "handler_name": title])
    }

    deinit {
        var dying: UnsafeMutablePointer<AVPacket>? = packet
        av_packet_free(&dying)
    }

    /// - Parameters:
    ///   - start: when it is shown, and `duration`: how long, in units of the time base.
    func write(_ text: String, from start: Int64, duration: Int64, path: String) throws(EncodeError) {
        let bytes = Array(text.utf8.prefix(Int(UInt16.max)))
        let all = (isTimedText ? [UInt8(bytes.count >> 8), UInt8(bytes.count & 255)] : []) + bytes
        guard av_new_packet(packet, Int32(all.count)) >= 0 else { throw .ffmpeg(.outOfMemory("av_new_packet"), path) }
        defer { av_packet_unref(packet) }
        packet.pointee.data.update(from: all, count: all.count)
        (packet.pointee.pts, packet.pointee.dts, packet.pointee.duration) = (start, start, max(duration, 1))
        packet.pointee.flags = AV_PKT_FLAG_KEY
        try muxer.write(packet, stream: stream, timeBase: timeBase)
    }

    /// A sample description of 3GPP timed text (TS 26.245, section 5.16): flags, justification (centre, bottom), background,
    /// box, style (font 1, 16 lines high, white), and a table of one font. It is what FFmpeg takes for no style, so that it makes plain
    /// text of it.
    private static let timedTextHeaders: [UInt8] =
        [0, 0, 0, 0, 1, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 16, 255, 255, 255, 255]
        + [0, 0, 0, 18] + Array("ftab".utf8) + [0, 1, 0, 1, 5] + Array("Arial".utf8)
}
