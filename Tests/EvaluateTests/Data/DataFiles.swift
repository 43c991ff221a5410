import CZlib
import Foundation
import TestSupport

/// A folder of data for a test; its pictures are empty files, which nobody looks at before they are explained.
struct DataFiles {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    var path: String { folder.path }

    @discardableResult
    func write(_ text: String, _ name: String) throws -> String { try write(Array(text.utf8), name) }

    @discardableResult
    func write(_ bytes: [UInt8], _ name: String) throws -> String {
        let parent = URL(filePath: folder.file(name)).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        return try folder.write(bytes, to: name)
    }

    func pictures(_ names: String...) throws { for name in names { try write("", name) } }

    /// A PNG file.
    ///
    /// - Parameters:
    ///   - rows: as packed, without filters.
    ///   - kind: 0 grey, 2 colours, 3 palette, 4 grey with alpha.
    static func png(
        width: Int, rows: [[UInt8]], depth: UInt8 = 8, kind: UInt8 = 0, filter: UInt8 = 0, interlaced: UInt8 = 0
    ) -> [UInt8] {
        func number(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
        func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
            let body = Array(name.utf8) + content
            return number(content.count) + body + number(Int(crc32(0, body, uInt(body.count))))
        }
        let raw = rows.flatMap { [filter] + $0 }
        var size = compressBound(uLong(raw.count))
        let packed = [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
            compress(buffer.baseAddress, &size, raw, uLong(raw.count))
            count = Int(size)
        }
        return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
            + chunk("IHDR", number(width) + number(rows.count) + [depth, kind, 0, 0, interlaced])
            + chunk("IDAT", packed) + chunk("IEND", [])
    }
}
