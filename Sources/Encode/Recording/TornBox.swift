import Glibc

extension RecordingFile {
    /// Cuts off the index of the last fragment of an MP4 file if it is torn: FFmpeg opens no file that ends with one.
    func removeTornIndex() {
        let start = TornIndex.start(in: bytes) { count, position in
            var bytes = [UInt8](repeating: 0, count: count)
            let found = pread(descriptor, &bytes, count, off_t(position))
            return Array(bytes[..<max(0, found)])
        }
        if let start { truncate(to: start) }
    }
}

/// Finds where a torn index of an MP4 file begins. Torn pictures behind a whole index are no trouble.
///
/// Each box at the top of a file begins with its length, in 4 bytes, and its kind (ISO/IEC 14496-12, 4.2); length 1 means
/// that 8 bytes with the length follow.
package enum TornIndex {
    /// - Parameters:
    ///   - bytes: of the file.
    ///   - read: so many bytes at a position, or as many as there are.
    /// - Returns: where it begins; nil: there is none.
    package static func start(in bytes: Int, read: (_ count: Int, _ position: Int) -> [UInt8]) -> Int? {
        var start = 0
        while start < bytes {
            let header = read(16, start)
            guard let length = length(header), length <= bytes - start else {
                // Only what is surely an index, or too little to be anything, behind boxes that are whole.
                let kind = header.count < 8 ? nil : String(decoding: header[4..<8], as: UTF8.self)
                return start > 0 && (kind == nil || indices.contains(kind!)) ? start : nil
            }
            start += length
        }
        return nil
    }

    /// Of a fragment, and of the file's end; and what a power cut can leave in their place.
    private static let indices: Set<String> = ["moof", "mfra", "\0\0\0\0"]

    /// Of a box; nil if it cannot be.
    private static func length(_ header: [UInt8]) -> Int? {
        func number(_ range: Range<Int>) -> UInt64? {
            guard range.upperBound <= header.count else { return nil }
            return header[range].reduce(0) { $0 << 8 | UInt64($1) }
        }
        guard header.count >= 8, let short = number(0..<4), let length = short == 1 ? number(8..<16) : short else {
            return nil
        }
        // The head is a part of it.
        return Int(exactly: length).flatMap { $0 >= (short == 1 ? 16 : 8) ? $0 : nil }
    }
}
