import Glibc

extension RecordingFile {
    /// Cuts off the index of the last fragment of an MP4 file if it is torn: FFmpeg opens no file that ends with one.
    /// Torn pictures behind a whole index are no trouble.
    ///
    /// Each box at the top of a file begins with its length, in 4 bytes, and its kind (ISO/IEC 14496-12, 4.2); length 1
    /// means that 8 bytes with the length follow.
    func removeTornIndex() {
        let end = bytes
        var start = 0
        while start < end {
            guard let header = read(16, at: start), let length = Self.length(header), start + length <= end else {
                // Only what is surely an index, or too little to be anything, behind boxes that are whole.
                let kind = read(8, at: start).map { String(decoding: $0[4...], as: UTF8.self) }
                if start > 0, kind == nil || Self.indices.contains(kind!) { truncate(to: start) }
                return
            }
            start += length
        }
    }

    /// Of a fragment, and of the file's end; and what a power cut can leave in their place.
    private static let indices: Set<String> = ["moof", "mfra", "\0\0\0\0"]

    /// Of a box; nil if it cannot be.
    private static func length(_ header: [UInt8]) -> Int? {
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= header.count else { return nil }
            return header[range].reduce(0) { $0 &<< 8 | Int($1) }
        }
        let short = number(0..<4)
        let length = short == 1 ? number(8..<16) : short
        return length.flatMap { $0 >= 8 ? $0 : nil }
    }

    /// As many bytes as there are, but 8 at least; nil where there are fewer.
    private func read(_ count: Int, at position: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        let found = pread(descriptor, &bytes, count, off_t(position))
        return found < 8 ? nil : Array(bytes[..<found])
    }
}
