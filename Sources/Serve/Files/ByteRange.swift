/// The part of a file that a client asks for (RFC 9110, section 14). Of several, none is taken: the file is answered as a whole.
enum ByteRange: Equatable {
    case whole
    /// Bytes of the file.
    case part(Range<Int>)
    /// Nothing of the file lies there.
    case outside

    /// - Parameters:
    ///   - field: the request's `Range`.
    ///   - size: of the file, in bytes.
    init(_ field: String?, of size: Int) {
        let text = field?.filter { $0 != " " }.lowercased() ?? ""
        guard text.hasPrefix("bytes="), !text.contains(",") else {
            self = .whole
            return
        }
        let ends = text.dropFirst(6).split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        // "+5" is a number for Swift.
        guard ends.count == 2, ends.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }) else {
            self = .whole
            return
        }
        switch (Int(ends[0]), Int(ends[1])) {
        case (let first?, let last?) where first <= last:
            self = first < size ? .part(first..<min(last, size - 1) + 1) : .outside
        case (let first?, nil) where ends[1].isEmpty:
            self = first < size ? .part(first..<size) : .outside
        case (nil, let count?) where ends[0].isEmpty:
            self = count > 0 && size > 0 ? .part(max(size - count, 0)..<size) : .outside
        default: self = .whole
        }
    }
}
