/// An archive of arrays (`.npz`), one of which grows, that can be read at any moment, whatever ends the program.
///
/// The file is: constant arrays, the growing one, a gap, and a tail of the small arrays and the directory. New rows go into
/// the gap; then a new tail is written, behind the old one or, cutting the old one off, before it; then the growing
/// array's own header takes its new length. Until a tail is complete the one before it counts, and rows that a header does
/// not count yet are not read.
struct GrowingArchive: ~Copyable {
    private var file: TemporaryFile
    private let name: String
    private let type: String
    private let rowShape: [Int]
    private let constants: [ZIPEntry]
    /// Where the growing array's entry begins.
    private let headOffset: Int
    private let rowSize: Int
    /// Bytes between the rows and the tail: rows that wait are never more.
    private let gap: Int
    private var rows = 0
    private var rowChecksum: UInt32 = 0
    private var waiting: [UInt8] = []
    private var tail = 0..<0
    /// For tests: is called after each change of the file.
    var afterChange: () -> Void = {}

    private static let headerLength = 192

    /// - Parameters:
    ///   - constants: arrays that stay as they are.
    ///   - name: of the growing array, Float.
    ///   - rowShape: of one of its rows.
    init(
        _ file: consuming TemporaryFile, constants: [NPYArray], name: String, rowShape: [Int]
    ) throws(EncodeError) {
        self.file = file
        (self.name, self.rowShape) = (name, rowShape)
        type = "<f4"
        rowSize = rowShape.reduce(4, *)
        gap = max(1 << 18, 2 * rowSize)
        var (bytes, entries): ([UInt8], [ZIPEntry]) = ([], [])
        for array in constants {
            let entry = ZIPEntry(array, offset: bytes.count)
            bytes += entry.localHeader + array.header + array.bytes
            entries.append(entry)
        }
        self.constants = entries
        headOffset = bytes.count
        // The growing array, without a row yet: its header is right whenever a tail speaks of it.
        try self.file.write(bytes + entry.localHeader + header, at: 0)
    }

    /// Adds a row; it is in the file after the next `flush` at the latest.
    ///
    /// - Parameter isFull: whether a `flush` must come before the next row.
    mutating func append(_ row: [Float]) -> Bool {
        precondition(4 * row.count == rowSize)
        waiting += row.littleEndianBytes
        return waiting.count + rowSize > gap
    }

    /// Brings the file up to date.
    ///
    /// - Parameter small: arrays beside the growing one.
    /// - Throws: `EncodeError`, such as `.diskFull`. The file is then as it was before.
    mutating func flush(_ small: [NPYArray]) throws(EncodeError) {
        try flush(small, leaving: gap)
    }

    /// Flushes, and closes the gap.
    mutating func finish(_ small: [NPYArray]) throws(EncodeError) {
        let size = tail(small, entry, at: 0).count
        // The last tail, which stands straight behind the rows, must not touch the one that counts until then.
        try flush(small, leaving: max(gap, size))
        let bytes = tail(small, entry, at: end)
        try file.write(bytes, at: end)
        afterChange()
        try file.cut(at: end + bytes.count)
        afterChange()
        tail = end..<end + bytes.count
    }

    /// Waits until the bytes are on the disk, and gives the file its final name.
    mutating func putInPlace() throws(EncodeError) {
        try file.flushToDisk()
        try file.putInPlace()
        flushFolderToDisk(file.target.folder)
    }

    /// Leaves the file where it is.
    ///
    /// - Returns: its temporary name.
    mutating func keep() -> String { file.keep() }

    private mutating func flush(_ small: [NPYArray], leaving gap: Int) throws(EncodeError) {
        let before = (rows, rowChecksum)
        do throws(EncodeError) {
            try file.write(waiting, at: end)
            afterChange()
            rowChecksum = checksum(waiting, after: rowChecksum)
            rows += waiting.count / rowSize
            try moveTail(small, to: end + gap)
            waiting.removeAll(keepingCapacity: true)
        } catch {
            (rows, rowChecksum) = before
            throw error
        }
        try file.write(entry.localHeader + header, at: headOffset)
        afterChange()
    }

    /// - Parameter least: where the tail begins at the earliest.
    private mutating func moveTail(_ small: [NPYArray], to least: Int) throws(EncodeError) {
        let size = tail(small, entry, at: least).count
        let fitsBefore = least + size <= tail.lowerBound
        let start = fitsBefore ? least : max(least, tail.upperBound)
        do throws(EncodeError) {
            try file.write(tail(small, entry, at: start), at: start)
            afterChange()
            if fitsBefore { try file.cut(at: start + size) }
            afterChange()
        } catch {
            // Half a tail behind the one that counts.
            if !fitsBefore, tail.upperBound > 0 { try? file.cut(at: tail.upperBound) }
            throw error
        }
        tail = start..<start + size
    }

    private func tail(_ small: [NPYArray], _ entry: ZIPEntry, at start: Int) -> [UInt8] {
        var (bytes, entries): ([UInt8], [ZIPEntry]) = ([], constants + [entry])
        for array in small {
            let entry = ZIPEntry(array, offset: start + bytes.count)
            bytes += entry.localHeader + array.header + array.bytes
            entries.append(entry)
        }
        return bytes + ZIPEntry.directory(entries, at: start + bytes.count)
    }

    private var header: [UInt8] {
        NPYArray.header(type: type, shape: [rows] + rowShape, length: Self.headerLength)
    }

    /// Of the growing array, as long as it is now.
    private var entry: ZIPEntry {
        let size = rows * rowSize
        return ZIPEntry(
            name: "\(name).npy", checksum: checksum(checksum(header), then: rowChecksum, size: size),
            size: Self.headerLength + size, offset: headOffset)
    }

    /// Where the rows end.
    private var end: Int { headOffset + entry.localHeader.count + Self.headerLength + rows * rowSize }
}

extension ZIPEntry {
    fileprivate init(_ array: NPYArray, offset: Int) {
        self.init(
            name: "\(array.name).npy", checksum: Encode.checksum(array.bytes, after: Encode.checksum(array.header)),
            size: array.header.count + array.bytes.count, offset: offset)
    }
}
