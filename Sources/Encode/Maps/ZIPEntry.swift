import CZlib

/// A stored (uncompressed) file in a ZIP archive, with 64-bit sizes throughout (PKWARE's APPNOTE 6.3, 4.3.7 and 4.3.12).
struct ZIPEntry {
    let name: String
    let checksum: UInt32
    /// Bytes of the file, without its header.
    let size: Int
    /// Where its header begins.
    let offset: Int

    /// What stands before the file. Its length depends on the name alone.
    var localHeader: [UInt8] {
        var header: [UInt8] = []
        header.append(littleEndian: UInt32(0x0403_4b50))
        appendCommon(to: &header, extraSize: 20)
        header += Array(name.utf8)
        appendExtra(to: &header, [size, size])
        return header
    }

    /// Its part of the directory at the archive's end.
    var directoryRecord: [UInt8] {
        var record: [UInt8] = []
        record.append(littleEndian: UInt32(0x0201_4b50))
        record.append(littleEndian: UInt16(3 << 8 | 45))  // made on Unix
        appendCommon(to: &record, extraSize: 28)
        for field: UInt16 in [0, 0, 0] { record.append(littleEndian: field) }  // comment, disk, kind of content
        record.append(littleEndian: UInt32(0o100644) << 16)
        record.append(littleEndian: UInt32.max)
        record += Array(name.utf8)
        appendExtra(to: &record, [size, size, offset])
        return record
    }

    private func appendCommon(to header: inout [UInt8], extraSize: Int) {
        // Version 4.5; no flags; stored; the first of January 1980.
        for field: UInt16 in [45, 0, 0, 0, 0x21] { header.append(littleEndian: field) }
        for field in [checksum, .max, .max] { header.append(littleEndian: field) }
        header.append(littleEndian: UInt16(name.utf8.count))
        header.append(littleEndian: UInt16(extraSize))
    }

    private func appendExtra(to header: inout [UInt8], _ fields: [Int]) {
        header.append(littleEndian: UInt16(1))
        header.append(littleEndian: UInt16(8 * fields.count))
        for field in fields { header.append(littleEndian: UInt64(field)) }
    }

    /// The directory, and what ends the archive.
    ///
    /// - Parameter offset: where it begins.
    static func directory(_ entries: [ZIPEntry], at offset: Int) -> [UInt8] {
        var bytes = entries.flatMap(\.directoryRecord)
        let size = bytes.count
        bytes.append(littleEndian: UInt32(0x0606_4b50))
        bytes.append(littleEndian: UInt64(44))
        for field: UInt16 in [45, 45] { bytes.append(littleEndian: field) }
        for field: UInt32 in [0, 0] { bytes.append(littleEndian: field) }
        for field in [entries.count, entries.count, size, offset] { bytes.append(littleEndian: UInt64(field)) }
        bytes.append(littleEndian: UInt32(0x0706_4b50))
        bytes.append(littleEndian: UInt32(0))
        bytes.append(littleEndian: UInt64(offset + size))
        bytes.append(littleEndian: UInt32(1))
        bytes.append(littleEndian: UInt32(0x0605_4b50))
        for field: UInt16 in [0, 0, .max, .max] { bytes.append(littleEndian: field) }
        for field: UInt32 in [.max, .max] { bytes.append(littleEndian: field) }
        bytes.append(littleEndian: UInt16(0))
        return bytes
    }
}

/// CRC-32 as ZIP has it.
func checksum(_ bytes: [UInt8], after earlier: UInt32 = 0) -> UInt32 {
    // Without bytes, zlib begins anew.
    guard !bytes.isEmpty else { return earlier }
    return bytes.withUnsafeBufferPointer { UInt32(crc32_z(uLong(earlier), $0.baseAddress, $0.count)) }
}

/// CRC-32 of two runs of bytes, one behind the other.
func checksum(_ first: UInt32, then second: UInt32, size: Int) -> UInt32 {
    UInt32(crc32_combine(uLong(first), uLong(second), size))
}
