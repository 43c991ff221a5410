import CFFmpeg
package import Kept
import Pipeline

/// Looks whether files are kept recordings, without reading them.
package enum KeptCheck {
    /// Endings of files that may be some.
    package static let endings: Set = ["mkv", "mp4", "m4v", "mov"]

    /// What a file says of itself; nil: it is no kept recording, or cannot be read. Whoever reads on checks the rest.
    ///
    /// - Parameter path: of a file with one of the endings.
    package static func facts(of path: String) -> KeptFacts? {
        let isMatroska = path.lowercased().hasSuffix(".mkv")
        // By its ending alone, so that no playlist leads elsewhere.
        guard let format = av_find_input_format(isMatroska ? "matroska" : "mov") else { return nil }
        var context: UnsafeMutablePointer<AVFormatContext>?
        guard avformat_open_input(&context, "file:" + path, format, nil) >= 0 else { return nil }
        defer { avformat_close_input(&context) }
        return KeptFacts(tags: metadataTags(context?.pointee.metadata))
    }
}
