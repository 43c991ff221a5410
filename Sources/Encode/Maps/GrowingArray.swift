/// An array of a growing archive: so many rows, one behind the other, with a header of a fixed length before them.
struct GrowingArray {
    let name: String
    /// Of an element, as NumPy writes it.
    let type: String
    /// Of a row.
    let rowShape: [Int]
    /// In bytes.
    let rowSize: Int
    private(set) var rows = 0
    private var rowChecksum: UInt32 = 0

    private static let headerLength = 192
    /// What an entry's name, and with it its local header, may need.
    private static let longestName = 100
    /// ZIP's and NumPy's headers together, written in one piece: beginning at a multiple of this they lie within a page of
    /// the memory, so that a program is killed before or after it is written.
    static let alignment = 512

    init(_ name: String, type: String, elementSize: Int, rowShape: [Int]) {
        precondition(name.utf8.count < Self.longestName)
        (self.name, self.type, self.rowShape) = (name, type, rowShape)
        rowSize = rowShape.reduce(elementSize, *)
    }

    /// - Parameter bytes: of whole rows.
    mutating func grow(by bytes: [UInt8]) {
        precondition(bytes.count.isMultiple(of: rowSize))
        rowChecksum = checksum(bytes, after: rowChecksum)
        rows += bytes.count / rowSize
    }

    /// What stands before the rows.
    func headers(at offset: Int) -> [UInt8] { entry(at: offset).localHeader + header }

    /// From the beginning of its entry to that of its rows.
    var headersLength: Int { entry(at: 0).localHeader.count + Self.headerLength }

    /// - Parameter offset: where its entry begins.
    func entry(at offset: Int) -> ZIPEntry {
        let size = rows * rowSize
        return ZIPEntry(
            name: "\(name).npy", checksum: checksum(checksum(header), then: rowChecksum, size: size),
            size: Self.headerLength + size, offset: offset)
    }

    private var header: [UInt8] {
        NPYArray.header(type: type, shape: [rows] + rowShape, length: Self.headerLength)
    }
}
