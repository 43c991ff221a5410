/// An archive of arrays (`.npz`) that grow row by row, which can be read at any moment, whatever ends the program. Each
/// byte is written about once, however long it grows.
///
/// The file is: constant arrays, the main one, a gap, a zone with room for the small arrays (`columns`), and the directory.
/// New rows go behind those that are there, the main array's into the gap; then a new directory is written, behind the old
/// one or, cutting the old one off, before it; then the arrays' own headers take their new lengths, the main one's last.
/// Until a directory is complete the one before it counts, and rows that a header does not count yet are not read. Where the
/// gap or the zone is full, a larger zone follows behind it. Gaps take no room on the disk.
struct GrowingArchive: ~Copyable {
    private struct Column {
        var array: GrowingArray
        /// Of all rows.
        var bytes: [UInt8] = []
        /// Where its entry begins.
        var offset = 0

        /// Rows that are not in the file yet.
        var waiting: [UInt8] { [UInt8](bytes[(array.rows * array.rowSize)...]) }
    }

    private struct Zone {
        let start: Int
        /// Rows for which there is room.
        let capacity: Int
        /// There are two places for the directory: here, and a page further on.
        let directory: Int
        /// In which of the two it is.
        var place = 1

        var end: Int { directory + 2 * GrowingArchive.page }
    }

    private var file: TemporaryFile
    private let constants: [ZIPEntry]
    private var main: GrowingArray
    /// Where the main array's entry begins.
    private let mainOffset: Int
    private var columns: [Column]
    /// nil: nothing was flushed yet.
    private var zone: Zone?
    /// Rows of the main array that are not in the file yet.
    private var waiting: [UInt8] = []
    private let mostWaiting: Int
    /// For tests.
    private(set) var bytesWritten = 0
    /// For tests: is called after each change of the file.
    var afterChange: () -> Void = {}

    /// What is written at once, and lies in one page of the memory, is there or not when a program is killed.
    private static let page = 4096
    /// How many times as large as the zone the gap is at least: so much more is written to it before the zone moves.
    private static let gapFactor = 4

    /// - Parameters:
    ///   - constants: arrays that stay as they are.
    ///   - main: the largest array.
    ///   - columns: those that grow with it.
    init(
        _ file: consuming TemporaryFile, constants: [NPYArray], main: GrowingArray, columns: [GrowingArray]
    ) throws(EncodeError) {
        self.file = file
        self.main = main
        self.columns = columns.map { Column(array: $0) }
        mostWaiting = max(1 << 18, 2 * main.rowSize)
        var (bytes, entries): ([UInt8], [ZIPEntry]) = ([], [])
        for array in constants { bytes += array.append(to: &entries, at: bytes.count) }
        self.constants = entries
        mainOffset = bytes.count.roundedUp(to: GrowingArray.alignment)
        try write(bytes, at: 0)
        // Without a row yet: its header is right whenever a directory speaks of it.
        try write(main.headers(at: mainOffset), at: mainOffset)
    }

    /// Adds a row; it is in the file after the next `flush` at the latest.
    ///
    /// - Parameter cells: a row of each column, as bytes.
    /// - Returns: whether a `flush` must come before the next row.
    mutating func append(_ row: [Float], _ cells: [[UInt8]]) -> Bool {
        precondition(4 * row.count == main.rowSize && cells.count == columns.count)
        waiting += row.littleEndianBytes
        for number in columns.indices {
            precondition(cells[number].count == columns[number].array.rowSize)
            columns[number].bytes += cells[number]
        }
        return waiting.count + main.rowSize > mostWaiting
    }

    /// Brings the file up to date.
    ///
    /// - Throws: `EncodeError`, such as `.diskFull`. What was in the file before stays readable.
    mutating func flush() throws(EncodeError) {
        let rows = main.rows + waiting.count / main.rowSize
        if zone.map({ rows > $0.capacity || end + waiting.count > $0.start }) ?? true {
            try openZone(for: rows, leaving: waiting.count)
        }
        try write(waiting, at: end)
        afterChange()
        for column in columns {
            let place = column.offset + column.array.headersLength + column.array.rows * column.array.rowSize
            try write(column.waiting, at: place)
        }
        let before = (main, columns)
        main.grow(by: waiting)
        for number in columns.indices { columns[number].array.grow(by: columns[number].waiting) }
        do throws(EncodeError) {
            try turnDirectory()
        } catch {
            (main, columns) = before
            throw error
        }
        waiting.removeAll(keepingCapacity: true)
        for column in columns {
            try write(column.array.headers(at: column.offset), at: column.offset)
            afterChange()
        }
        try write(main.headers(at: mainOffset), at: mainOffset)
        afterChange()
    }

    /// Flushes, and closes the gap.
    mutating func finish() throws(EncodeError) {
        try flush()
        let arrays = columns.map { column in
            NPYArray(
                name: column.array.name, type: column.array.type, shape: [column.array.rows] + column.array.rowShape,
                bytes: column.bytes)
        }
        var (bytes, entries): ([UInt8], [ZIPEntry]) = ([], constants + [main.entry(at: mainOffset)])
        for array in arrays { bytes += array.append(to: &entries, at: end + bytes.count) }
        bytes += ZIPEntry.directory(entries, at: end + bytes.count)
        // The zone counts until this is complete, so they must not touch.
        if let zone, end + bytes.count > zone.start { try openZone(for: main.rows, leaving: bytes.count) }
        try write(bytes, at: end)
        afterChange()
        try file.cut(at: end + bytes.count)
        afterChange()
        zone = nil
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

    /// Moves the columns and the directory to where there is room for them, behind all that is there.
    ///
    /// - Parameter least: how many bytes of the gap are needed at once.
    private mutating func openZone(for rows: Int, leaving least: Int) throws(EncodeError) {
        let capacity = max(16, 2 * rows)
        var (length, offsets): (Int, [Int]) = (0, [])
        for column in columns {
            offsets.append(length)
            let size = column.array.headersLength + capacity * column.array.rowSize
            length = (length + size).roundedUp(to: GrowingArray.alignment)
        }
        let gap = max(mostWaiting, Self.gapFactor * length) + least
        let start = max(end + gap, zone?.end ?? 0).roundedUp(to: Self.page)
        let new = Zone(start: start, capacity: capacity, directory: (start + length).roundedUp(to: Self.page))
        let before = (columns, zone)
        do throws(EncodeError) {
            // A reader looks for the directory in the last 64 KB, so it comes first, as it was.
            if zone != nil {
                try write(directory(at: new.directory), at: new.directory)
                afterChange()
            }
            for number in columns.indices {
                columns[number].offset = start + offsets[number]
                let column = columns[number]
                let rows = column.bytes[..<(column.array.rows * column.array.rowSize)]
                try write(column.array.headers(at: column.offset) + rows, at: column.offset)
                if zone != nil { afterChange() }
            }
            zone = new
            try write(directory(at: new.directory + Self.page), at: new.directory + Self.page)
            afterChange()
        } catch {
            (columns, zone) = before
            if let zone { try? file.cut(at: zone.end) }
            throw error
        }
    }

    /// Writes the directory as it is now to the other one of its places.
    private mutating func turnDirectory() throws(EncodeError) {
        guard var zone else { return }
        zone.place = 1 - zone.place
        let place = zone.directory + zone.place * Self.page
        let bytes = directory(at: place)
        try write(bytes, at: place)
        afterChange()
        // The one behind it counts until then.
        if zone.place == 0 {
            try file.cut(at: place + bytes.count)
            afterChange()
        }
        self.zone = zone
    }

    private func directory(at place: Int) -> [UInt8] {
        let bytes = ZIPEntry.directory(
            constants + [main.entry(at: mainOffset)] + columns.map { $0.array.entry(at: $0.offset) }, at: place)
        precondition(bytes.count <= Self.page)
        return bytes
    }

    private mutating func write(_ bytes: [UInt8], at offset: Int) throws(EncodeError) {
        try file.write(bytes, at: offset)
        bytesWritten += bytes.count
    }

    /// Where the main array's rows end.
    private var end: Int { mainOffset + main.headersLength + main.rows * main.rowSize }
}

extension NPYArray {
    /// - Returns: its bytes in an archive, headers included.
    fileprivate func append(to entries: inout [ZIPEntry], at offset: Int) -> [UInt8] {
        let entry = ZIPEntry(
            name: "\(name).npy", checksum: checksum(bytes, after: checksum(header)), size: header.count + bytes.count,
            offset: offset)
        entries.append(entry)
        return entry.localHeader + header + bytes
    }
}

extension Int {
    fileprivate func roundedUp(to step: Int) -> Int { (self + step - 1) / step * step }
}
