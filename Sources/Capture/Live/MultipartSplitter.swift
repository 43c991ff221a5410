import Glibc

/// Finds the pictures in a multipart stream of JPEGs (`multipart/x-mixed-replace`), by the JPEGs' own markers (ITU-T T.81,
/// annex B) rather than by what is said around them: servers leave out the first boundary, invent content types and miscount
/// lengths.
///
/// Segments are skipped by their lengths, so that the preview in a photograph's metadata ends nothing. What cannot be a JPEG
/// is taken by its declared length, for the decoder to judge.
package struct MultipartSplitter {
    private enum State {
        /// Boundaries and headers.
        case head
        /// Behind the empty line.
        case body
        /// Before a marker of a picture.
        case marker
        /// In entropy-coded data.
        case scan
        /// In what is no JPEG, as long as its header says.
        case declared
        /// In a picture that has lost its way, and has no length.
        case lost
        /// Behind a picture, before its declared end.
        case tail(Int)
        case skipped(Int)
    }

    /// Whether the first part is said to be something else.
    package private(set) var isForeign = false
    /// Whether something larger came than a picture can be.
    package private(set) var isTooLarge = false
    /// Bytes of boundaries and headers before the first picture.
    package private(set) var headBytes = 0
    package private(set) var pictures = 0

    private var state = State.head
    /// From the start of the line, or of the picture, that is read.
    private var buffer: [UInt8] = []
    /// Up to where the buffer was looked at.
    private var position = 0
    /// Where the last good marker of the picture is.
    private var segment = 2
    /// Of the part that is read, as its header says.
    private var length: Int?
    private var isPicture = true
    private var hasHeader = false

    private static let largestPicture = 64 << 20
    private static let longestLine = 4096

    package init() {}

    package mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        buffer.append(contentsOf: bytes)
        if buffer.count > Self.largestPicture { isTooLarge = true }
    }

    /// The next whole picture; nil: more bytes are needed.
    package mutating func next() -> [UInt8]? {
        while true {
            switch state {
            case .head: guard readHead() else { return nil }
            case .body: guard beginBody() else { return nil }
            case .marker:
                guard let end = readMarker() else { return nil }
                if end > 0 { return take(end) }
            case .scan:
                guard let end = readScan() else { return nil }
                if end > 0 { return take(end) }
            case .declared:
                guard let length, buffer.count >= length else { return nil }
                return take(length)
            case .lost:
                guard let end = findNext() else { return nil }
                return take(end)
            case .tail(let count):
                guard buffer.count >= 2 else { return nil }
                // Another picture in the same part, such as a preview, is none of the stream's.
                state = buffer.starts(with: Self.start) ? .skipped(count) : .head
            case .skipped(let count):
                guard !buffer.isEmpty else { return nil }
                let now = min(count, buffer.count)
                drop(now)
                state = now == count ? .head : .skipped(count - now)
            }
        }
    }

    /// A picture that has begun, when no more bytes come; and how long it should be.
    mutating func rest() -> (bytes: [UInt8], length: Int)? {
        switch state {
        case .marker, .scan, .declared, .lost:
            defer { buffer = [] }
            return buffer.isEmpty ? nil : (buffer, max(length ?? 0, buffer.count + 1))
        default: return nil
        }
    }

    private static let start: [UInt8] = [0xff, 0xd8]

    // MARK: - Around pictures

    /// - Returns: false if more bytes are needed.
    private mutating func readHead() -> Bool {
        while position < buffer.count {
            let byte = buffer[position]
            if byte == 0xff {
                guard position + 2 < buffer.count else { return false }
                if buffer[position + 1] == 0xd8 && buffer[position + 2] == 0xff {
                    drop(position)
                    begin()
                    return true
                }
            } else if byte == 0x0a {
                let line = String(decoding: buffer[..<position], as: UTF8.self)
                drop(position + 1)
                if note(line.trimmingSuffix { $0.isWhitespace }) {
                    state = .body
                    return true
                }
                continue
            }
            position += 1
        }
        if buffer.count > Self.longestLine { drop(buffer.count) }
        return false
    }

    /// - Returns: whether the header ends with this line.
    private mutating func note(_ line: Substring) -> Bool {
        if line.isEmpty { return hasHeader }
        if line.hasPrefix("--") {
            forgetHeader()
            return false
        }
        guard let colon = line.firstIndex(of: ":") else { return false }
        hasHeader = true
        let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }.lowercased()
        switch line[..<colon].lowercased() {
        case "content-length": length = Int(value).flatMap { $0 > 0 && $0 <= Self.largestPicture ? $0 : nil }
        case "content-type":
            isPicture = ["image/jp", "image/pjp", "application/octet-stream"].contains(where: value.hasPrefix)
            if !isPicture && pictures == 0 { isForeign = true }
        default: break
        }
        return false
    }

    private mutating func forgetHeader() { (length, isPicture, hasHeader) = (nil, true, false) }

    private mutating func beginBody() -> Bool {
        drop(buffer.prefix { $0 == 0x0d || $0 == 0x0a }.count)
        guard buffer.count >= 2 else { return false }
        if !isPicture {
            state = length.map { .skipped($0) } ?? .head
            forgetHeader()
        } else if buffer.starts(with: Self.start) {
            begin()
        } else if length != nil {
            state = .declared
        } else {
            state = .head
            forgetHeader()
        }
        return true
    }

    private mutating func begin() {
        (position, segment) = (2, 2)
        state = .marker
    }

    private mutating func take(_ end: Int) -> [UInt8] {
        let picture = Array(buffer[..<end])
        pictures += 1
        drop(end)
        if let length, length >= end + 2 { state = .tail(length - end) } else { state = .head }
        forgetHeader()
        return picture
    }

    private mutating func drop(_ count: Int) {
        if pictures == 0, case .head = state { headBytes += count }
        buffer.removeFirst(count)
        position = 0
    }

    // MARK: - In pictures

    /// - Returns: where the picture ends; 0: it goes on; nil: more bytes are needed.
    private mutating func readMarker() -> Int? {
        while true {
            guard position + 1 < buffer.count else { return nil }
            guard buffer[position] == 0xff else { return lose() }
            switch buffer[position + 1] {
            case 0xff: position += 1  // fill bytes
            case 0xd9: return position + 2
            case 0xd8: return position  // the next picture
            case 0x01, 0xd0...0xd7: position += 2
            case 0x00, 0x02...0xbf: return lose()
            case let marker:
                segment = position
                guard position + 3 < buffer.count else { return nil }
                let size = Int(buffer[position + 2]) << 8 | Int(buffer[position + 3])
                guard size >= 2 else { return lose() }
                guard position + 2 + size <= buffer.count else { return nil }
                position += 2 + size
                if marker == 0xda {
                    state = .scan
                    return 0
                }
            }
        }
    }

    /// The same. Where the end's marker is missing, the declared length counts if a boundary follows there.
    private mutating func readScan() -> Int? {
        while true {
            let isBeforeLength = length.map { position <= $0 } ?? false
            let limit = isBeforeLength ? min(length!, buffer.count) : buffer.count
            let found = buffer.withUnsafeBytes { bytes -> Int? in
                guard position < limit, let place = memchr(bytes.baseAddress! + position, 0xff, limit - position) else {
                    return nil
                }
                return UnsafeRawPointer(place) - bytes.baseAddress!
            }
            guard let found else {
                position = max(position, limit)
                guard isBeforeLength, position == length else { return nil }
                guard buffer.count >= position + 2 else { return nil }
                let next = Array(buffer[position..<position + 2])
                if next == [0x0d, 0x0a] || next == [0x2d, 0x2d] { return position }
                length = nil
                continue
            }
            guard found + 1 < buffer.count else {
                position = found
                return nil
            }
            switch buffer[found + 1] {
            case 0x00, 0xd0...0xd7: position = found + 2
            case 0xff: position = found + 1
            default:
                position = found
                state = .marker
                return 0
            }
        }
    }

    private mutating func lose() -> Int {
        if let length, length >= position {
            state = .declared
        } else {
            // A segment that was cut off has skipped what came behind it.
            state = .lost
            position = segment
        }
        return 0
    }

    /// Where the next picture or boundary begins.
    private mutating func findNext() -> Int? {
        while position + 2 < buffer.count {
            let three = buffer[position..<position + 3]
            if three.elementsEqual([0xff, 0xd8, 0xff]) || three.elementsEqual([0x0a, 0x2d, 0x2d]) { return position }
            position += 1
        }
        return nil
    }
}

extension Substring {
    fileprivate func trimmingSuffix(_ isLeftOut: (Character) -> Bool) -> Substring {
        var result = self
        while let last = result.last, isLeftOut(last) { result.removeLast() }
        return result
    }
}

extension String {
    fileprivate func trimmingSuffix(_ isLeftOut: (Character) -> Bool) -> Substring {
        self[...].trimmingSuffix(isLeftOut)
    }
}
