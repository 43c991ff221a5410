/// The video of a recording as it is in the file, for a copy that changes nothing of it.
package struct OriginalVideo: Sendable {
    package let stream: AuxiliaryStream
    /// The `stream_index` of its packets in the source's queue.
    package let position: Int
    /// The file's own time of what is counted from 0 here, in microseconds: of packets and of frames.
    package let start: Int64

    package init(stream: AuxiliaryStream, position: Int, start: Int64) {
        (self.stream, self.position, self.start) = (stream, position, start)
    }
}
