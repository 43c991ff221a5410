import CFFmpeg
import Pipeline
import TestSupport
import Testing

@testable import Overlay

/// Sheets of a picture that is blue on its left and grey on its right.
struct SheetPainterTests {
    /// Planes are G, B, R.
    private struct Page {
        let planes: [[[Int]]]
        let layout: SheetLayout

        func colour(_ x: Int, _ y: Int) -> [Int] { [planes[2][y][x], planes[0][y][x], planes[1][y][x]] }

        /// Of a tile, at shares of its width and height.
        func colour(ofTile tile: Int, _ x: Double, _ y: Double) -> [Int] {
            let origin = layout.origin(tile)
            return colour(
                origin.x + Int(x * Double(layout.tileWidth)), origin.y + Int(y * Double(layout.tileHeight)))
        }

        /// How many pixels of some rows below a tile are not white.
        func ink(belowTile tile: Int, columns: Range<Double> = 0..<1, rows: Range<Int> = 0..<26) -> Int {
            let (x, y) = (layout.origin(tile).x, layout.origin(tile).y + layout.tileHeight)
            let width = Double(layout.tileWidth)
            return rows.reduce(0) { sum, row in
                sum
                    + (x + Int(columns.lowerBound * width)..<x + Int(columns.upperBound * width)).count {
                        planes[0][y + row][$0] < 250
                    }
            }
        }
    }

    private static let blue = RGB(0, 0, 1)
    private static let grey = RGB(0.5, 0.5, 0.5)

    private func page(
        _ cells: [Sheet.Cell], _ format: VideoFormat = videoFormat("yuv420p", width: 64, height: 64),
        footnotes: [String] = [], _ config: OverlayConfig = .heat(.attention, opacity: 1, .jet)
    ) throws -> Page {
        let layout = try #require(PixelLayout(format.pixelFormat))
        let codes = CodeValues(format.withRangeInTag, layout)
        let picture = try picture(format) { plane, x, _ in
            let width = layout.width(ofPlane: plane, forWidth: format.width)
            return Int(codes.sample(x < width / 2 ? Self.blue : Self.grey, plane: plane))
        }
        let sheet = Sheet(title: "cat  82.1 %", remark: "a model", cells: cells, footnotes: footnotes)
        let painter = try SheetPainter(sheet, config, input: format)
        let page = try painter.paint(picture)
        #expect(page.width == painter.outputFormat.width && page.height == painter.outputFormat.height)
        return Page(planes: try samples(page), layout: painter.layout)
    }

    private func cell(_ content: Sheet.Cell.Content, _ title: String = "CAM", _ detail: String = "7 ms") -> Sheet.Cell {
        Sheet.Cell(title: .name(title), detail: detail, content)
    }

    private func isNear(_ one: [Int], _ other: [Int], within distance: Int = 4) -> Bool {
        zip(one, other).allSatisfy { abs($0 - $1) <= distance }
    }

    @Test(arguments: ["yuv420p", "yuvj420p", "yuv444p10le", "gbrp"])
    func aTileShowsThePictureInItsColours(name: String) throws {
        let page = try page([cell(.picture), cell(.picture)], videoFormat(name, width: 64, height: 48))
        for tile in 0...1 {
            #expect(isNear(page.colour(ofTile: tile, 0.2, 0.5), [0, 0, 255]), "\(page.colour(ofTile: tile, 0.2, 0.5))")
            #expect(isNear(page.colour(ofTile: tile, 0.8, 0.5), [128, 128, 128]))
        }
        #expect(page.colour(2, 2) == [255, 255, 255])
        #expect(page.layout.tileWidth * 3 / 4 == page.layout.tileHeight)
    }

    @Test(arguments: [(28, 28), (32, 32), (64, 48), (48, 64), (100, 100)], [2, 6])
    func pixelsOfSmallPicturesAreSquaresOfOneColour(_ size: (width: Int, height: Int), cells: Int) throws {
        let format = videoFormat("gbrp", width: size.width, height: size.height)
        let small = try noisePicture(format)
        let sheet = Sheet(
            title: "cat", remark: "", cells: Array(repeating: cell(.picture), count: cells), footnotes: [])
        let painter = try SheetPainter(sheet, .heat(.mix, opacity: 1), input: format)
        let (before, after) = (try samples(small), try samples(try painter.paint(small)))
        let layout = painter.layout
        let factor = layout.tileWidth / size.width
        #expect((factor * size.width, factor * size.height) == (layout.tileWidth, layout.tileHeight) && factor > 1)
        let (x, y) = layout.origin(cells - 1)
        #expect(x + layout.tileWidth <= layout.width - SheetLayout.margin)
        for plane in 0..<3 {
            for row in 0..<layout.tileHeight {
                let shown = after[plane][y + row][x..<x + layout.tileWidth]
                #expect(Array(shown) == (0..<layout.tileWidth).map { before[plane][row / factor][$0 / factor] })
            }
        }
    }

    @Test func heatLiesOnThePartOfThePictureThatItsMapCovers() throws {
        // Hot below, in the right half alone.
        let region = Region(x: 32, y: 0, width: 32, height: 64)
        let map = Heatmap(height: 2, width: 1, values: [0, 1], region: region)
        let page = try page([cell(.picture), cell(.heat(map))])
        #expect(isNear(page.colour(ofTile: 1, 0.9, 0.1), [128, 128, 128]))
        let hottest = Colormap.jet.entries[255]
        let expected = [hottest.red, hottest.green, hottest.blue].map { Int(($0 * 255).rounded()) }
        #expect(isNear(page.colour(ofTile: 1, 0.9, 0.9), expected), "\(page.colour(ofTile: 1, 0.9, 0.9))")
        // The other panel's picture stays as it is.
        #expect(isNear(page.colour(ofTile: 0, 0.9, 0.9), [128, 128, 128]))
    }

    @Test func aMethodThatDoesNotWorkHasAFewWordsInItsPlace() throws {
        let page = try page([cell(.picture), cell(.remark("needs a GAP head"), "CAM", "")])
        #expect(isNear(page.colour(ofTile: 1, 0.02, 0.02), [237, 237, 240]))
        let (x, y) = page.layout.origin(1)
        let rows = (0..<page.layout.tileHeight).filter { row in
            (0..<page.layout.tileWidth).contains { page.planes[0][y + row][x + $0] < 200 }
        }
        // One line, in the middle.
        #expect(rows.count > 5 && rows.last! - rows.first! < 22)
        #expect(abs((rows.first! + rows.last!) / 2 - page.layout.tileHeight / 2) < 6)
    }

    @Test func theTitleStandsAtTheLeftBelowATileAndTheTimeAtTheRight() throws {
        let page = try page([cell(.picture, "Picture", ""), cell(.picture, "CAM", "7.4 ms")])
        #expect(page.ink(belowTile: 0, columns: 0..<0.4) > 100 && page.ink(belowTile: 0, columns: 0.6..<1) == 0)
        #expect(page.ink(belowTile: 1, columns: 0..<0.2) > 100 && page.ink(belowTile: 1, columns: 0.8..<1) > 100)
        #expect(page.ink(belowTile: 1, columns: 0.3..<0.7) == 0)
    }

    @Test func whatDoesNotFitBesideATitleStandsBelowItInAllTiles() throws {
        let long = String(repeating: "features/block/", count: 20)
        let page = try page([cell(.picture, "Picture", "64x64"), cell(.picture, "Grad-CAM", long)])
        #expect(page.layout.height > (try self.page([cell(.picture), cell(.picture)])).layout.height)
        let second = 26..<44
        #expect(
            page.ink(belowTile: 0, rows: second) > 50 && page.ink(belowTile: 1, columns: 0.9..<1, rows: second) > 20)
    }

    @Test func pixelsThatAreWideMakeWideTiles() throws {
        let format = videoFormat(
            "yuv420p", width: 64, height: 64, sampleAspectRatio: AVRational(num: 2, den: 1))
        let page = try page([cell(.picture), cell(.picture)], format)
        #expect(abs(page.layout.tileWidth - 2 * page.layout.tileHeight) < 2)
    }

    @Test func footnotesMakeTheSheetHigher() throws {
        let cells = [cell(.picture), cell(.picture)]
        let (none, one) = (try page(cells), try page(cells, footnotes: ["The same map as CAM: Grad-CAM."]))
        #expect(one.layout.height > none.layout.height)
        let rows = one.layout.footTop..<one.layout.height
        #expect(rows.contains { one.planes[0][$0].contains { $0 < 200 } })
        // A long one takes several lines.
        let long = Array(repeating: "Grad-CAM,", count: 40).joined(separator: " ")
        #expect(try page(cells, footnotes: [long]).layout.height > one.layout.height + 10)
    }

    @Test func theHeadHasABarOfTheColours() throws {
        let page = try page([cell(.picture), cell(.picture)])
        let head = page.planes[0][..<SheetLayout.margin.advanced(by: 40)]
        let (coldest, hottest) = (Colormap.jet.entries[0], Colormap.jet.entries[255])
        let places = head.indices.flatMap { y in head[y].indices.map { (x: $0, y: y) } }
        func x(of colour: RGB) throws -> Int {
            let wanted = [colour.red, colour.green, colour.blue].map { Int(($0 * 255).rounded()) }
            return try #require(places.first { isNear(page.colour($0.x, $0.y), wanted) }).x
        }
        #expect(try x(of: hottest) - x(of: coldest) > 100)
    }
}
