/// The head of an HTTP response, as far as a download needs it.
package struct Response: Equatable {
    package var status = 0
    /// Bytes of the whole file, if the server says so.
    package var total: Int?
    /// Where a part begins.
    package var start: Int?
    /// Where a redirect leads: an address, or the rest of one.
    package var location: String?
    private var etag: String?
    private var lastModified: String?

    /// What identifies this version of the file byte by byte; a weak ETag does not.
    package var validator: String? { etag ?? lastModified }

    package init() {}

    /// Takes one header line. A status line begins a new response, such as that after a redirect.
    package mutating func take(_ line: String) {
        let line = line.trimmingWhitespace
        if line.hasPrefix("HTTP/") {
            self = Response()
            let words = line.split(separator: " ")
            status = words.count > 1 ? Int(words[1]) ?? 0 : 0
            return
        }
        guard let colon = line.firstIndex(of: ":") else { return }
        let value = String(line[line.index(after: colon)...]).trimmingWhitespace
        switch line[..<colon].lowercased() {
        case "content-length" where status == 200: total = Int(value)
        case "location" where 300..<400 ~= status: location = value
        case "content-range": takeRange(value)
        case "etag" where !value.hasPrefix("W/") && !value.isEmpty: etag = value
        case "last-modified" where !value.isEmpty: lastModified = value
        default: break
        }
    }

    /// "bytes 500-999/1000"; the total may be "*".
    private mutating func takeRange(_ value: String) {
        guard value.hasPrefix("bytes ") else { return }
        let parts = value.dropFirst(6).split(separator: "/")
        guard parts.count == 2 else { return }
        start = parts[0].split(separator: "-").first.flatMap { Int($0) }
        total = Int(parts[1])
    }
}

extension String {
    fileprivate var trimmingWhitespace: String {
        var rest = Substring(self)
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
