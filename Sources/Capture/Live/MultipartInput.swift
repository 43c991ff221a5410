import CFFmpeg
import Pipeline

/// Stands between a server's multipart stream of JPEGs and libavformat's demuxer of such streams, which is strict about
/// boundaries, types and lengths: it gets them right from here, around the pictures that `MultipartSplitter` finds.
///
/// What is no such stream goes through untouched. It must outlive the context that it is put into.
final class MultipartInput {
    private var inner: UnsafeMutablePointer<AVIOContext>?
    private var context: UnsafeMutablePointer<AVIOContext>?
    private var splitter = MultipartSplitter()
    /// All that was read before the first picture, in case that there is none; nil: not needed any more.
    private var raw: [UInt8]? = []
    private var isTransparent = false
    /// For libavformat to read, from `given` on.
    private var ready: [UInt8] = []
    private var given = 0
    private var chunk = [UInt8](repeating: 0, count: chunkSize)
    private var hasOpened = false

    private static let chunkSize = 32 << 10
    /// Headers before the first picture.
    private static let longestHead = 64 << 10
    private static let boundary = "camstream"

    init() {}

    deinit {
        if let context {
            av_free(context.pointee.buffer)
            avio_context_free(&self.context)
        }
        avio_closep(&inner)
    }

    /// To be called before `avformat_open_input`: libavformat then opens its input through this.
    func listen(to format: UnsafeMutablePointer<AVFormatContext>) {
        _ = Self.open
        format.pointee.opaque = Unmanaged.passUnretained(self).toOpaque()
        format.pointee.io_open = { format, target, url, flags, options in
            guard let open = MultipartInput.open else { return shim_error_invalid_data }
            let code = open(format, target, url, flags, options)
            // Playlists open more, and pass both on to contexts of theirs.
            if code >= 0, let format, let target, let opaque = format.pointee.opaque {
                Unmanaged<MultipartInput>.fromOpaque(opaque).takeUnretainedValue().opened(target, for: format)
            }
            return code
        }
    }

    /// libavformat's own.
    private static let open = {
        var context = avformat_alloc_context()
        defer { avformat_free_context(context) }
        return context?.pointee.io_open
    }()

    private func opened(
        _ target: UnsafeMutablePointer<UnsafeMutablePointer<AVIOContext>?>,
        for format: UnsafeMutablePointer<AVFormatContext>
    ) {
        defer { hasOpened = true }
        guard !hasOpened, let opened = target.pointee, Self.isMultipart(opened),
            let buffer = av_malloc(Self.chunkSize)
        else { return }
        context = avio_alloc_context(
            buffer.assumingMemoryBound(to: UInt8.self), Int32(Self.chunkSize), 0,
            Unmanaged.passUnretained(self).toOpaque(),
            { Unmanaged<MultipartInput>.fromOpaque($0!).takeUnretainedValue().read(into: $1!, Int($2)) }, nil,
            { opaque, _, whence in
                guard whence & AVSEEK_SIZE != 0 else { return Int64(shim_error_invalid_data) }
                return avio_size(Unmanaged<MultipartInput>.fromOpaque(opaque!).takeUnretainedValue().inner)
            })
        guard let context else { return av_free(buffer) }
        context.pointee.seekable = 0
        inner = opened
        target.pointee = context
        // It is ours to close.
        format.pointee.flags |= AVFMT_FLAG_CUSTOM_IO
    }

    private static func isMultipart(_ input: UnsafeMutablePointer<AVIOContext>) -> Bool {
        var text: UnsafeMutablePointer<UInt8>?
        defer { av_free(text) }
        guard input.pointee.av_class != nil, av_opt_get(input, "mime_type", AV_OPT_SEARCH_CHILDREN, &text) >= 0,
            let text
        else { return false }
        return String(cString: text).lowercased().hasPrefix("multipart/")
    }

    private func read(into target: UnsafeMutablePointer<UInt8>, _ size: Int) -> Int32 {
        while given == ready.count {
            (ready, given) = ([], 0)
            let count = chunk.withUnsafeMutableBufferPointer {
                isTransparent
                    ? avio_read_partial(inner, target, Int32(size))
                    : avio_read_partial(inner, $0.baseAddress, Int32($0.count))
            }
            if isTransparent { return count }
            if count < 0 {
                guard count == shim_error_eof, finish() else { return count }
            } else {
                take(Int(count))
                if splitter.isTooLarge { return shim_error_invalid_data }
            }
        }
        let now = min(size, ready.count - given)
        ready.withUnsafeBufferPointer { target.update(from: $0.baseAddress! + given, count: now) }
        given += now
        return Int32(now)
    }

    private func take(_ count: Int) {
        let bytes = chunk[..<count]
        raw?.append(contentsOf: bytes)
        bytes.withUnsafeBufferPointer { splitter.append($0) }
        while let picture = splitter.next() { give(picture, length: picture.count) }
        if splitter.pictures > 0 { raw = nil }
        if raw != nil, splitter.isForeign || splitter.headBytes > Self.longestHead { giveUp() }
    }

    /// - Returns: whether there is something left to read.
    private func finish() -> Bool {
        if splitter.pictures == 0 {
            giveUp()
        } else if let rest = splitter.rest() {
            // Declared longer than it is, it is known to be cut off.
            give(rest.bytes, length: rest.length)
        }
        return given < ready.count
    }

    private func giveUp() {
        isTransparent = true
        ready = raw ?? []
        raw = nil
    }

    private func give(_ picture: [UInt8], length: Int) {
        ready += "--\(Self.boundary)\r\nContent-Type: image/jpeg\r\nContent-Length: \(length)\r\n\r\n".utf8
        ready += picture
        if picture.count == length { ready += [0x0d, 0x0a] }
    }
}
