import CFFmpeg
import Pipeline

/// One encoded picture. All readers share its bytes, which nobody copies or changes.
package final class EncodedPacket: @unchecked Sendable {  // safe: immutable after init
    /// Valid while this object lives; times are in `format.timeBase`, and begin anew with each format.
    let av: UnsafeMutablePointer<AVPacket>
    package let format: EncodedFormat
    package let picture: PictureStamp
    /// Whether a player can begin with it.
    package let isKey: Bool
    /// Whether a fragment begins with it: at most a second after the one before.
    package let beginsFragment: Bool

    /// - Parameter packet: gives its contents away.
    init(
        taking packet: UnsafeMutablePointer<AVPacket>, _ format: EncodedFormat, _ picture: PictureStamp, isKey: Bool,
        beginsFragment: Bool
    ) throws(EncodeError) {
        guard let av = av_packet_alloc() else {
            throw .encodingFailed(path: "the live picture", cause: .outOfMemory("av_packet_alloc"))
        }
        av_packet_move_ref(av, packet)
        self.av = av
        self.format = format
        self.picture = picture
        self.isKey = isKey
        self.beginsFragment = beginsFragment
    }

    /// - Parameter packet: stays as it is; its bytes are shared.
    init(
        copying packet: UnsafePointer<AVPacket>, _ format: EncodedFormat, _ picture: PictureStamp, isKey: Bool,
        beginsFragment: Bool
    ) throws(FFmpegError) {
        guard let av = av_packet_clone(packet) else { throw .outOfMemory("av_packet_clone") }
        self.av = av
        self.format = format
        self.picture = picture
        self.isKey = isKey
        self.beginsFragment = beginsFragment
    }

    deinit {
        var dying: UnsafeMutablePointer<AVPacket>? = av
        av_packet_free(&dying)
    }

    package var bytes: Int { Int(av.pointee.size) }

    /// Has another packet, which must be empty, refer to the same bytes.
    func reference(in other: UnsafeMutablePointer<AVPacket>) throws(FFmpegError) {
        try FFmpegError.check(av_packet_ref(other, av), "av_packet_ref")
    }
}
