import CFFmpeg
import CV4L2
import Glibc
import Pipeline
import Synchronization

/// A camera's picture memory: buffers that the driver fills, mapped into this process, in turns with the driver.
///
/// A filled buffer goes back by `giveBack`, or, lent to a frame, when that frame is freed, by whatever thread. Frames
/// may outlive the stream: they keep their pixels, but none of them keeps the device, which could else not be opened
/// again as long as a frame waits somewhere.
final class BufferQueue: Sendable {
    /// A buffer that the driver has filled.
    struct Filled {
        let index: Int
        let byteCount: Int
        let sequence: UInt32
        /// Microseconds of CLOCK_MONOTONIC; nil: the driver stamps with another clock, or not at all.
        let time: Int64?
        /// Whether the driver says that the picture is damaged.
        let isDamaged: Bool
        let field: UInt32
    }

    private struct State {
        /// nil after the end of the stream.
        var device: VideoDevice?
        /// By number; none after the end of the stream.
        var buffers: [MappedBuffer]
        var inDriver = 0
        var lent: Set<Int> = []
    }

    /// How many buffers there are.
    let count: Int
    private let state: Mutex<State>

    /// Gets buffers, hands all to the driver and starts the stream.
    ///
    /// - Parameter count: how many to ask for; the driver may give more or fewer.
    init(_ device: VideoDevice, count: Int) throws(VideoCallError) {
        var request = v4l2_requestbuffers()
        request.count = UInt32(count)
        request.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        request.memory = V4L2_MEMORY_MMAP.rawValue
        try device.call(.requestBuffers, &request)
        var buffers: [MappedBuffer] = []
        for index in 0..<Int(request.count) { buffers.append(try MappedBuffer(device, index)) }
        self.count = buffers.count
        state = Mutex(State(device: device, buffers: buffers, inDriver: buffers.count))
        for index in buffers.indices { try Self.queue(device, index) }
        var type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        try device.call(.streamOn, &type)
    }

    /// Ends the stream. What is lent stays valid.
    func stop() {
        state.withLock { state in
            guard let device = state.device else { return }
            var type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
            // A camera that is gone has ended it already.
            do { try device.call(.streamOff, &type) } catch {}
            for index in state.lent { state.buffers[index].detach() }
            state.buffers = []
            state.device = nil
        }
    }

    /// Buffers that wait to be filled.
    var inDriver: Int { state.withLock { $0.inDriver } }

    /// Takes the oldest filled buffer; nil: there is none now.
    func take() throws(VideoCallError) -> Filled? {
        guard let device = state.withLock({ $0.device }) else { return nil }
        var buffer = Self.buffer(0)
        do {
            try device.call(.dequeueBuffer, &buffer)
        } catch  where error.code == EAGAIN {
            return nil
        }
        guard buffer.index < count else { throw VideoCallError(code: EIO, call: "VIDIOC_DQBUF") }
        state.withLock { $0.inDriver -= 1 }
        let clock = buffer.flags & UInt32(V4L2_BUF_FLAG_TIMESTAMP_MASK)
        let time = Int64(buffer.timestamp.tv_sec) * 1_000_000 + Int64(buffer.timestamp.tv_usec)
        return Filled(
            index: Int(buffer.index), byteCount: Int(buffer.bytesused), sequence: buffer.sequence,
            time: clock == UInt32(V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC) ? time : nil,
            isDamaged: buffer.flags & UInt32(V4L2_BUF_FLAG_ERROR) != 0, field: buffer.field)
    }

    /// Lets the driver fill a buffer again.
    func giveBack(_ index: Int) {
        state.withLock { state in
            state.lent.remove(index)
            guard let device = state.device else { return }
            do {
                try Self.queue(device, index)
                state.inDriver += 1
            } catch {}  // the camera is gone, as the next `take` will tell
        }
    }

    /// Reads the bytes of a filled buffer that is not given back yet.
    func withBytes<Result>(
        of filled: Filled, _ body: (UnsafeRawBufferPointer) throws(FFmpegError) -> Result
    ) throws(FFmpegError) -> Result? {
        guard let buffer = state.withLock({ $0.device == nil ? nil : $0.buffers[filled.index] }) else { return nil }
        return try body(UnsafeRawBufferPointer(start: buffer.memory, count: min(filled.byteCount, buffer.length)))
    }

    /// Lends a filled buffer to FFmpeg; it is given back when the last reference is freed. nil after the stream's end.
    func lend(_ filled: Filled) throws(FFmpegError) -> UnsafeMutablePointer<AVBufferRef>? {
        let buffer: MappedBuffer? = state.withLock { state in
            guard state.device != nil else { return nil }
            state.lent.insert(filled.index)
            return state.buffers[filled.index]
        }
        guard let buffer else { return nil }
        let loan = Unmanaged.passRetained(Loan(queue: self, index: filled.index, buffer: buffer))
        let reference = av_buffer_create(
            buffer.memory.assumingMemoryBound(to: UInt8.self), buffer.length,
            { loan, _ in
                let loan = Unmanaged<Loan>.fromOpaque(loan!).takeRetainedValue()
                loan.queue.giveBack(loan.index)
            }, loan.toOpaque(), AV_BUFFER_FLAG_READONLY)
        guard let reference else {
            loan.release()
            giveBack(filled.index)
            throw .outOfMemory("av_buffer_create")
        }
        return reference
    }

    private static func queue(_ device: VideoDevice, _ index: Int) throws(VideoCallError) {
        var buffer = Self.buffer(index)
        try device.call(.queueBuffer, &buffer)
    }

    fileprivate static func buffer(_ index: Int) -> v4l2_buffer {
        var buffer = v4l2_buffer()
        buffer.index = UInt32(index)
        buffer.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        buffer.memory = V4L2_MEMORY_MMAP.rawValue
        return buffer
    }
}

/// Keeps a buffer's memory for as long as it is lent.
private final class Loan: Sendable {
    let queue: BufferQueue
    let index: Int
    private let buffer: MappedBuffer

    init(queue: BufferQueue, index: Int, buffer: MappedBuffer) {
        self.queue = queue
        self.index = index
        self.buffer = buffer
    }
}

/// One buffer's memory.
private final class MappedBuffer: @unchecked Sendable {  // safe: constant; who has the buffer's turn reads the memory
    let memory: UnsafeMutableRawPointer
    let length: Int
    private let system: any VideoSystem
    private let conversion: PixelConversion

    init(_ device: VideoDevice, _ index: Int) throws(VideoCallError) {
        var buffer = BufferQueue.buffer(index)
        try device.call(.queryBuffer, &buffer)
        length = Int(buffer.length)
        memory = try device.map(length: length, offset: Int(buffer.m.offset))
        system = device.system
        conversion = device.conversion
    }

    /// Lets go of the device; the bytes stay.
    func detach() { system.detach(memory, length: length, conversion) }

    deinit { system.unmap(memory, length: length, conversion) }
}
