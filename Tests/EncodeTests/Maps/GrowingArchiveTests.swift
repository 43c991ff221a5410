import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Encode

struct GrowingArchiveTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private let names = ["label", "maps", "rows"]

    /// Reads the file after each change, and notes how many rows it had.
    private final class Watch: Sendable {
        let rows = Mutex<[Int]>([])
        let sizes = Mutex<[Int]>([])
        let defects = Mutex<[String]>([])
        private let path: String

        init(_ path: String) { self.path = path }

        func look() {
            do {
                let data = try Data(contentsOf: URL(fileURLWithPath: path))
                sizes.withLock { $0.append(data.count) }
                let file = try NPZFile(data)
                guard let count = file.shape("maps")?.first, file.names.sorted() == ["label", "maps", "rows"] else {
                    throw NPZFile.Defect(text: "arrays \(file.names)")
                }
                // Every row holds its number, and the small array is never behind.
                let width = file.shape("maps")![1]
                let maps = file.floats("maps")
                let isRight = (0..<count).allSatisfy { maps[$0 * width] == Float($0) }
                guard isRight, file.shape("rows")![0] >= count else { throw NPZFile.Defect(text: "\(count) rows") }
                rows.withLock { $0.append(count) }
            } catch {
                defects.withLock { $0.append("\(error)") }
            }
        }
    }

    private func archive(width: Int, long: Int = 1, watchedBy watch: inout Watch?) throws -> GrowingArchive {
        let temporary = try TemporaryFile(for: folder.file("a.npz"), replacing: false)
        let looking = Watch(temporary.path)
        watch = looking
        var archive = try GrowingArchive(
            temporary, constants: [NPYArray("label", ["cat"], shape: [])],
            main: GrowingArray("maps", type: "<f4", elementSize: 4, rowShape: [width]),
            columns: [GrowingArray("rows", type: "<i8", elementSize: 8, rowShape: [long])])
        archive.afterChange = { looking.look() }
        return archive
    }

    private func cells(_ row: Int, long: Int = 1) -> [[UInt8]] {
        [[Int64](repeating: Int64(row), count: long).littleEndianBytes]
    }

    /// Rows larger than columns, and columns larger than rows; the zone moves several times.
    @Test(arguments: [(2500, 1), (10, 400)])
    func itCanBeReadAfterEachChange(width: Int, long: Int) throws {
        var watching: Watch?
        var archive = try archive(width: width, long: long, watchedBy: &watching)
        let watch = try #require(watching)
        let count = 70
        for row in 0..<count {
            _ = archive.append([Float](repeating: Float(row), count: width), cells(row, long: long))
            try archive.flush()
        }
        try archive.finish()
        let kept = archive.keep()
        #expect(watch.defects.withLock { $0 } == [])
        let rows = watch.rows.withLock { $0 }
        #expect(rows == rows.sorted() && rows.last == count && Set(rows) == Set(0...count))
        // The gap is closed, and what grew beyond what is needed was cut off.
        let sizes = watch.sizes.withLock { $0 }
        let needed = count * (4 * width + 8 * long)
        #expect(sizes.last! < needed + 3000)
        let data = try Data(contentsOf: URL(fileURLWithPath: kept))
        #expect(data.count == sizes.last)
        #expect(try NPZFile(data).integers("rows") == (0..<count).flatMap { [Int](repeating: $0, count: long) })
    }

    @Test func eachByteIsWrittenAboutOnceAndGapsTakeNoRoom() throws {
        var watch: Watch?
        var archive = try archive(width: 1000, long: 125, watchedBy: &watch)
        archive.afterChange = {}
        let count = 1000
        for row in 0..<count {
            _ = archive.append([Float](repeating: Float(row), count: 1000), cells(row, long: 125))
            try archive.flush()
        }
        let path = try #require(try folder.contents().first { $0.hasPrefix(".a.npz.") })
        var status = stat()
        #expect(stat(folder.file(path), &status) == 0)
        let needed = count * (4000 + 1000)
        #expect(status.st_blocks * 512 < needed * 3 / 2)
        try archive.finish()
        // The columns move as often as they double; a flush costs a directory and some headers.
        let (written, kept) = (archive.bytesWritten, archive.keep())
        #expect(written < needed + 3 * count * 1000 + count * 2000)
        #expect(try NPZFile(path: kept).shape("maps") == [count, 1000])
    }

    @Test func rowsThatWaitAreNotMoreThanAFewTimesARow() throws {
        var watch: Watch?
        var archive = try archive(width: 25_000, watchedBy: &watch)
        var isFull: [Bool] = []
        for row in 0..<3 {
            isFull.append(archive.append([Float](repeating: Float(row), count: 25_000), cells(row)))
            if isFull[row] { try archive.flush() }
        }
        #expect(isFull == [false, true, false])
        try archive.finish()
        let kept = archive.keep()
        #expect(try NPZFile(path: kept).shape("maps") == [3, 25_000])
    }

    @Test func checksumsAreThoseOfZIP() {
        #expect(checksum(Array("123456789".utf8)) == 0xcbf4_3926)
        #expect(checksum(checksum(Array("1234".utf8)), then: checksum(Array("56789".utf8)), size: 5) == 0xcbf4_3926)
        #expect(checksum([], after: 7) == 7)
    }

    @Test func headersAreNumPys() {
        let header = NPYArray.header(type: "<f4", shape: [3])
        #expect(header.count == 64 + 64 && header.last == UInt8(ascii: "\n"))
        #expect(header.prefix(10) == [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0])
        #expect(
            String(decoding: header.dropFirst(10), as: UTF8.self).hasPrefix(
                "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }"))
        #expect(NPYArray.header(type: "<i8", shape: [.max, 1000, 8192, 8192], length: 192).count == 192)
    }
}
