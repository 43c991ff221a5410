import Evaluate
import TestSupport
import Testing

@Suite struct TrueMaskTests {
    private let files: DataFiles

    init() throws { files = try DataFiles() }

    private func mask(_ png: [UInt8], isTrimap: Bool = false) throws -> TrueMask {
        try TrueMask(path: try files.write(png, "mask.png"), isTrimap: isTrimap)
    }

    @Test func ofTwoValuesTheHigherOneIsTheObjects() throws {
        let expected: [TrueMask.Pixel] = [.background, .object, .object, .background]
        for value in [UInt8(1), 255] {
            #expect(try mask(DataFiles.png(width: 2, rows: [[0, value], [value, 0]])).pixels == expected)
        }
        // Soft edges, colours, alpha, and a bit a pixel.
        #expect(try mask(DataFiles.png(width: 2, rows: [[100, 200], [255, 0]])).pixels == expected)
        let colours: [[UInt8]] = [[0, 0, 0, 0, 9, 0], [9, 9, 9, 0, 0, 0]]
        #expect(try mask(DataFiles.png(width: 2, rows: colours, kind: 2)).pixels == expected)
        #expect(
            try mask(DataFiles.png(width: 2, rows: [[0, 255, 8, 255], [8, 0, 0, 255]], kind: 4)).pixels == expected)
        #expect(try mask(DataFiles.png(width: 2, rows: [[0b0100_0000], [0b1000_0000]], depth: 1)).pixels == expected)
    }

    @Test func placesInAPaletteAreClassesAndTheLastIsNobodys() throws {
        #expect(
            try mask(DataFiles.png(width: 4, rows: [[0, 15, 1, 255]], kind: 3)).pixels
                == [.background, .object, .object, .ignored])
    }

    @Test func aTrimapHasAnEdge() throws {
        let trimap = try mask(DataFiles.png(width: 3, rows: [[2, 3, 1]]), isTrimap: true)
        #expect(trimap.pixels == [.background, .ignored, .object])
        #expect(trimap.box == TrueBox(x0: 2, y0: 0, x1: 3, y1: 1))
        let error = #expect(throws: DataError.self) {
            _ = try mask(DataFiles.png(width: 2, rows: [[0, 255]]), isTrimap: true)
        }
        #expect("\(try #require(error))".contains("this one has 0 to 255"))
    }

    @Test(
        arguments: zip(
            [1, 2, 3, 4] as [UInt8], [[1, 1, 3, 254], [1, 2, 2, 255], [1, 2, 3, 255], [1, 1, 2, 254]] as [[UInt8]]))
    func filtersAreUndone(_ filter: UInt8, _ bytes: [UInt8]) throws {
        let rows = [Array(bytes[..<2]), Array(bytes[2...])]
        let found = try mask(DataFiles.png(width: 2, rows: rows, filter: filter), isTrimap: true)
        #expect(found.pixels == [.object, .background, .ignored, .object])
    }

    @Test func whatCannotBeReadIsTold() throws {
        func expect(_ bytes: [UInt8], _ words: String) throws {
            let error = #expect(throws: DataError.self) { _ = try mask(bytes) }
            #expect("\(try #require(error))".contains(words))
        }
        let good = DataFiles.png(width: 2, rows: [[0, 1], [1, 0]])
        try expect(Array("GIF89a".utf8), "it is no PNG image")
        try expect(Array(good.prefix(30)), "no header")
        try expect(Array(good.prefix(45)), "damaged or was cut off")
        try expect(DataFiles.png(width: 2, rows: [[0, 1]], interlaced: 1), "interlaced")
        try expect(DataFiles.png(width: 2, rows: [[0, 1]], depth: 3), "header is damaged")
        try expect(DataFiles.png(width: 2, rows: [[0, 1]], filter: 9), "damaged")
        for length in 0..<good.count {
            #expect(throws: (any Error).self) { _ = try mask(Array(good.prefix(min(length, good.count - 25)))) }
        }
        #expect(throws: DataError.self) { _ = try TrueMask(path: files.folder.file("none.png"), isTrimap: false) }
    }
}
