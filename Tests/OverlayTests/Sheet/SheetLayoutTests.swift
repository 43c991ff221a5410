import Testing

@testable import Overlay

struct SheetLayoutTests {
    private func layout(_ cells: Int, _ aspect: Double, caption: Int = 26) -> SheetLayout {
        SheetLayout(cells: cells, aspect: aspect, head: 70, caption: caption, foot: 30)
    }

    @Test(arguments: 2...21, [9.0 / 16, 3.0 / 4, 1, 4.0 / 3, 16.0 / 9])
    func itIsAboutAsWideAsHighAndTilesAreLargeEnoughForText(cells: Int, aspect: Double) {
        let layout = layout(cells, aspect)
        let shape = Double(layout.width) / Double(layout.height)
        #expect(shape > 0.6 && shape < 3.5, "\(layout)")
        #expect(abs(layout.width - SheetLayout.usualWidth) < 20 || layout.tileWidth == SheetLayout.leastTileWidth)
        #expect(layout.width <= 2 * SheetLayout.usualWidth && layout.tileWidth >= SheetLayout.leastTileWidth)
        #expect(abs(Double(layout.tileWidth) / Double(layout.tileHeight) - aspect) < 0.02)
        #expect(layout.columns * layout.rows - cells < layout.columns, "an empty row")
    }

    @Test(arguments: [(2, 2), (3, 3), (4, 2), (6, 3), (9, 3), (12, 4), (16, 4), (20, 5)])
    func squarePicturesStandInTheColumnsThatPeopleWouldChoose(cells: Int, columns: Int) {
        #expect(layout(cells, 1).columns == columns)
    }

    @Test func wideOnesStandBelowEachOtherAndHighOnesSideBySide() {
        #expect(layout(6, 6).columns < 3 && layout(6, 1.0 / 3).columns == 6)
    }

    @Test(arguments: [1, 2, 7, 19, 90], [0.5, 1, 2])
    func tilesLieOnTheSheetAndNotOnEachOther(cells: Int, aspect: Double) {
        let layout = layout(cells, aspect)
        let origins = (0..<cells).map(layout.origin)
        for (number, origin) in origins.enumerated() {
            #expect(origin.x >= SheetLayout.margin && origin.x + layout.tileWidth <= layout.width - SheetLayout.margin)
            #expect(origin.y >= SheetLayout.margin + 70 && origin.y + layout.tileHeight + 26 <= layout.footTop)
            for other in origins[..<number] {
                let isApart = abs(origin.x - other.x) >= layout.tileWidth + SheetLayout.gap
                #expect(isApart || abs(origin.y - other.y) >= layout.tileHeight + 26 + SheetLayout.gap)
            }
        }
        #expect(layout.footTop + 30 + SheetLayout.margin == layout.height)
    }
}
