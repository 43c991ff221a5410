import CFFmpeg
import Pipeline
import Synchronization

/// Keeps a local file that names others, such as an HLS or DASH playlist or a QuickTime reference movie, in its own
/// folder: it may have come from anywhere. (From addresses libavformat lets none be named but in the network.)
final class NamedFiles: Sendable {
    private let main: String
    private let refused = Mutex<String?>(nil)

    /// - Parameter path: of the file that a user has named.
    init(of path: String) { main = path }

    /// The first file that was refused since the last call.
    func takeRefused() -> String? { refused.withLock { $0.take() } }

    /// To be called before the context is opened; this must outlive it.
    func watch(_ context: UnsafeMutablePointer<AVFormatContext>) {
        context.pointee.opaque = Unmanaged.passUnretained(self).toOpaque()
        context.pointee.io_open = { context, io, url, flags, options in
            guard let context, let url else { return shim_error(EINVAL) }
            // Contexts within contexts have the outer one's.
            if let opaque = context.pointee.opaque {
                let files = Unmanaged<NamedFiles>.fromOpaque(opaque).takeUnretainedValue()
                guard files.allows(String(cString: url)) else { return shim_error(EACCES) }
            }
            return NamedFiles.openDirectly?(context, io, url, flags, options) ?? shim_error(ENOSYS)
        }
    }

    private func allows(_ url: String) -> Bool {
        var path = Substring(url)
        while let prefix = ["crypto:", "crypto+", "file:"].first(where: path.hasPrefix) {
            path = path.dropFirst(prefix.count)
        }
        // Other protocols are libavformat's to refuse: for what a local file names it has a list of these.
        if path == main || path.isEmpty || path.prefix(while: { $0 != "/" }).contains(":") { return true }
        if OwnFolder.mayName(String(path), in: main) { return true }
        refused.withLock { $0 = $0 ?? String(path) }
        return false
    }

    private typealias Opening =
        @convention(c) (
            UnsafeMutablePointer<AVFormatContext>?, UnsafeMutablePointer<UnsafeMutablePointer<AVIOContext>?>?,
            UnsafePointer<CChar>?, Int32, UnsafeMutablePointer<OpaquePointer?>?
        ) -> Int32

    /// libavformat's own.
    private static let openDirectly: Opening? = {
        var context = avformat_alloc_context()
        defer { avformat_free_context(context) }
        return context?.pointee.io_open
    }()
}
