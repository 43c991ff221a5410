import Testing

@testable import Encode

struct TornIndexTests {
    /// A box's head: 4 bytes of length, or 1 and 8 bytes, around its kind.
    private func head(_ length: UInt64, _ kind: String, isWide: Bool = false) -> [UInt8] {
        func bytes(_ number: UInt64, _ count: Int) -> [UInt8] {
            (0..<count).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
        }
        return isWide ? bytes(1, 4) + kind.utf8 + bytes(length, 8) : bytes(length, 4) + Array(kind.utf8)
    }

    private func start(_ file: [UInt8]) -> Int? {
        TornIndex.start(in: file.count) { Array(file[$1..<min(file.count, $1 + $0)]) }
    }

    private var ftyp: [UInt8] { head(16, "ftyp") + [UInt8](repeating: 0, count: 8) }

    @Test func aTornIndexIsFoundAndTornPicturesAreNone() {
        let moof = head(40, "moof") + [UInt8](repeating: 0, count: 32)
        #expect(start(ftyp + moof) == nil)
        #expect(start(ftyp + moof + moof.dropLast()) == 56)
        #expect(start(ftyp + moof + [0, 0, 0]) == 56)
        #expect(start(ftyp + head(40, "mdat")) == nil)
        #expect(start(ftyp + head(40, "mdat", isWide: true)) == nil)
        #expect(start(ftyp + [UInt8](repeating: 0, count: 20)) == 16)
        #expect(start(moof.dropLast()) == nil)
        #expect(start([]) == nil)
    }

    @Test(arguments: [0, 7, 15, 1 << 62, 1 << 63 - 8, 1 << 63 - 1, 1 << 63, UInt64.max] as [UInt64])
    func anAbsurdLengthIsNone(_ length: UInt64) {
        #expect(start(ftyp + head(length, "moof", isWide: true)) == 16)
        #expect(start(ftyp + head(length, "mdat", isWide: true)) == nil)
    }
}
