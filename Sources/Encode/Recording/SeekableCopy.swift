import CFFmpeg
import Pipeline

/// Copies a recording into a file with one index in front, packet by packet: nothing is decoded, no time is changed but
/// that the first picture's is 0.
struct SeekableCopy {
    enum Failure: Error, Equatable {
        /// The recording is no video, or torn before its first picture's end.
        case empty
        case unreadable(problem: String)
        case stopped
        case cannotWrite(EncodeError)

        fileprivate static func unreadable(_ error: FFmpegError) -> Failure {
            .unreadable(problem: error.description)
        }
    }

    private let input: RecordedInput
    private let muxer: Muxer
    private let target: String

    /// - Parameters:
    ///   - path: the recording.
    ///   - copy: an existing file, which is written over.
    ///   - target: the name that tells the container, and that errors tell.
    init(of path: String, to copy: String, target: String) throws(Failure) {
        self.target = target
        do {
            input = try RecordedInput(path)
        } catch {
            // Matroska that is torn before its first cluster.
            throw error.code == shim_error_eof ? .empty : .unreadable(error)
        }
        do throws(EncodeError) {
            muxer = try Muxer(try OutputPlan.container(target), temporaryPath: copy, path: target)
            muxer.add(input.metadata)
            for stream in input.streams {
                guard try muxer.add(stream) != nil else {
                    throw .cannotWrite(path: target, reason: "it cannot hold what was recorded")
                }
            }
            try muxer.start()
        } catch {
            throw .cannotWrite(error)
        }
    }

    /// - Parameter shouldStop: asked after each packet.
    /// - Returns: how many packets there are, and how long they take in seconds.
    func callAsFunction(_ shouldStop: () -> Bool) throws(Failure) -> (packets: Int, seconds: Double) {
        var held: UnsafeMutablePointer<AVPacket>? = av_packet_alloc()
        defer { av_packet_free(&held) }
        guard let held, let stream = input.streams.first else { throw .empty }
        var origin: Int64?
        var count = 0
        var step: Int64 = 0
        var end: Int64 = 0
        while true {
            let packet: UnsafeMutablePointer<AVPacket>?
            do { packet = try input.next() } catch { throw .unreadable(error) }
            if count > 0 {
                // How long the held one is shown is known only from the next.
                if let packet {
                    step = packet.pointee.dts - held.pointee.dts
                    held.pointee.duration = step
                } else if held.pointee.duration <= 1 {
                    held.pointee.duration = step
                }
                end = max(end, held.pointee.pts + held.pointee.duration)
                do throws(EncodeError) {
                    try muxer.write(held, stream: 0, timeBase: stream.timeBase)
                } catch {
                    throw .cannotWrite(error)
                }
            }
            guard let packet else { break }
            if shouldStop() { throw .stopped }
            let first = origin ?? packet.pointee.pts
            origin = first
            packet.pointee.pts -= first
            packet.pointee.dts -= first
            av_packet_unref(held)
            av_packet_move_ref(held, packet)
            count += 1
        }
        guard count > 0 else { throw .empty }
        do { try muxer.finish() } catch { throw .cannotWrite(error) }
        return (count, Double(end) * av_q2d(stream.timeBase))
    }
}
