import CFFmpeg
import Glibc
import Pipeline

/// Reads a descriptor (standard input, a pipe) for libavformat. FFmpeg's own `pipe:` blocks in read(2), where an
/// interrupt cannot reach it; this one waits in poll(2) and asks.
final class DescriptorInput {
    /// For `AVFormatContext.pb`; valid while this object lives.
    private(set) var context: UnsafeMutablePointer<AVIOContext>?
    /// The first bytes, for messages on what it is.
    private(set) var head: [UInt8] = []
    private let descriptor: Int32
    private let closesDescriptor: Bool
    private let interrupt: Interrupt
    /// Where a descriptor that can seek, such as a redirected file, stood at first; nil if it cannot.
    private let origin: off_t?

    convenience init(borrowing descriptor: Int32, _ interrupt: Interrupt) throws(CaptureError) {
        try self.init(descriptor, closes: false, interrupt)
    }

    convenience init(namedPipe path: String, _ interrupt: Interrupt) throws(CaptureError) {
        // Without O_NONBLOCK open(2) itself waits for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == EACCES || errno == EPERM { throw .permissionDenied(input: path) }
            throw .cannotOpen(input: path, cause: .init(code: shim_error(errno), function: "open"))
        }
        try self.init(descriptor, closes: true, interrupt)
    }

    private init(_ descriptor: Int32, closes: Bool, _ interrupt: Interrupt) throws(CaptureError) {
        self.descriptor = descriptor
        self.closesDescriptor = closes
        self.interrupt = interrupt
        let position = lseek(descriptor, 0, SEEK_CUR)
        origin = position >= 0 ? position : nil
        guard let buffer = av_malloc(Self.bufferSize) else { throw .outOfMemory }
        context = avio_alloc_context(
            buffer.assumingMemoryBound(to: UInt8.self), Int32(Self.bufferSize), 0,
            Unmanaged.passUnretained(self).toOpaque(),
            { DescriptorInput.from($0).read(into: $1, $2) }, nil,
            origin == nil ? nil : { DescriptorInput.from($0).seek(to: $1, $2) })
        if context == nil {
            av_free(buffer)
            throw .outOfMemory
        }
    }

    deinit {
        if let context {
            // libavformat may have put another buffer in the place of ours.
            av_free(context.pointee.buffer)
            avio_context_free(&self.context)
        }
        if closesDescriptor { close(descriptor) }
    }

    private static let bufferSize = 64 << 10
    private static let headSize = 512

    private static func from(_ opaque: UnsafeMutableRawPointer?) -> DescriptorInput {
        Unmanaged<DescriptorInput>.fromOpaque(opaque!).takeUnretainedValue()
    }

    private func read(into buffer: UnsafeMutablePointer<UInt8>?, _ size: Int32) -> Int32 {
        while !interrupt.isRaised {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            // 100 ms: how soon an interrupt is noticed. What cannot be polled is ready at once.
            guard poll(&waiting, 1, 100) > 0 else { continue }
            let count = Glibc.read(descriptor, buffer, Int(size))
            if count > 0 {
                head += UnsafeBufferPointer(start: buffer, count: min(count, Self.headSize - head.count))
                return Int32(count)
            }
            if count == 0 { return shim_error_eof }
            if errno != EINTR && errno != EAGAIN { return shim_error(errno) }
        }
        return shim_error_exit
    }

    private func seek(to offset: Int64, _ whence: Int32) -> Int64 {
        guard let origin else { return Int64(shim_error(ESPIPE)) }
        if whence & AVSEEK_SIZE != 0 {
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                return Int64(shim_error(ENOSYS))
            }
            return Int64(status.st_size - origin)
        }
        let base = whence & ~AVSEEK_FORCE == SEEK_SET ? Int(offset) + origin : Int(offset)
        let position = lseek(descriptor, base, whence & ~AVSEEK_FORCE)
        return position < 0 ? Int64(shim_error(errno)) : Int64(position - origin)
    }
}
