import Kept
import Pipeline
import TestSupport
import Testing

@Suite struct HeatGridTests {
    /// A map of hard edges, which show where drawing it twice is not what drawing it once is.
    private func map(_ width: Int, _ height: Int, _ region: Region) -> Heatmap {
        var random = SplitMix64(7)
        let values = (0..<width * height).map { _ in Float(random.next() % 256) / 255 }
        return Heatmap(height: height, width: width, values: values, region: region)
    }

    /// Every pixel's heat, by the rule of the overlay.
    private func heats(_ map: Heatmap, _ width: Int, _ height: Int) -> [Float] {
        let (columns, rows) = map.axes(pictureWidth: width, pictureHeight: height)
        var heats = [Float](repeating: 0, count: width * height)
        for down in rows.runs {
            for i in 0..<down.count {
                let y = Float(down.fraction + Double(i) * down.step)
                for across in columns.runs {
                    for j in 0..<across.count {
                        let x = Float(across.fraction + Double(j) * across.step)
                        func value(_ row: Int) -> Float {
                            let low = map.values[row * map.width + across.low]
                            return low + (map.values[row * map.width + across.high] - low) * x
                        }
                        let (low, high) = (value(down.low), value(down.high))
                        heats[(down.first + i) * width + across.first + j] = low + (high - low) * y
                    }
                }
            }
        }
        return heats
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let nodes: (Int, Int)
        let region: Region
        var testDescription: String { name }
    }
    static let cases = [
        Case(name: "the whole picture", nodes: (7, 7), region: Region(x: 0, y: 0, width: 1280, height: 720)),
        Case(name: "a square in its middle", nodes: (7, 7), region: Region(x: 280, y: 0, width: 720, height: 720)),
        Case(name: "a part of that", nodes: (7, 7), region: Region(x: 325.5, y: 45.7, width: 629, height: 629)),
        Case(name: "more than the picture", nodes: (13, 13), region: Region(x: 0, y: -280, width: 1280, height: 1280)),
        Case(name: "a fine map", nodes: (56, 56), region: Region(x: 0, y: 0, width: 1280, height: 720)),
        Case(name: "a single value", nodes: (1, 1), region: Region(x: 0, y: 0, width: 1280, height: 720)),
        Case(
            name: "finer than the track may be", nodes: (384, 384), region: Region(x: 0, y: 0, width: 1280, height: 720)
        ),
    ]

    @Test(arguments: cases) func whatIsDrawnFromATrackIsWhatIsDrawnFromTheMap(_ shape: Case) throws {
        let map = map(shape.nodes.0, shape.nodes.1, shape.region)
        let grid = HeatGrid(of: map, pictureWidth: 1280, pictureHeight: 720)
        #expect(grid.width <= max(HeatGrid.mostColumns, shape.nodes.0))
        var track = [UInt8](repeating: 0, count: grid.width * grid.height)
        var rows: [Int] = []
        grid.draw(map) { y, heats in
            rows.append(y)
            track.replaceSubrange(y * grid.width..<(y + 1) * grid.width, with: heats)
        }
        #expect(rows == Array(0..<grid.height))
        let again = try #require(grid.map(covering: map.region) { x, y in track[y * grid.width + x] })
        let (direct, kept) = (heats(map, 1280, 720), heats(again, 1280, 720))
        let worst = zip(direct, kept).map { abs($0 - $1) }.max() ?? 1
        #expect(worst <= 0.51 / 255)
    }

    @Test(arguments: cases) func aTrackCoversThePictureAndLittleMore(_ shape: Case) {
        let grid = HeatGrid(
            of: map(shape.nodes.0, shape.nodes.1, shape.region), pictureWidth: 1280, pictureHeight: 720)
        #expect(grid.x <= 0.001 && grid.x > -1.5 * grid.stepX)
        #expect(grid.y <= 0.001 && grid.y > -1.5 * grid.stepY)
        let (right, bottom) = (grid.x + Double(grid.width) * grid.stepX, grid.y + Double(grid.height) * grid.stepY)
        #expect(right >= 1279.999 && right < 1280 + 1.5 * grid.stepX)
        #expect(bottom >= 719.999 && bottom < 720 + 1.5 * grid.stepY)
    }

    @Test(arguments: [(2, 400), (400, 2), (8, 65536)])
    func anExtremelyNarrowPictureHasATrackOfUsualSize(_ width: Int, _ height: Int) {
        let map = map(10, 10, Region(x: 0, y: 0, width: Double(width), height: Double(height)))
        let grid = HeatGrid(of: map, pictureWidth: width, pictureHeight: height)
        #expect(grid.width <= HeatGrid.mostColumns && grid.height <= 4 * HeatGrid.mostColumns)
    }

    @Test func outsideTheMapThereIsNoHeat() {
        let map = Heatmap(
            height: 1, width: 1, values: [1], region: Region(x: 280, y: 0, width: 720, height: 720))
        let grid = HeatGrid(of: map, pictureWidth: 1280, pictureHeight: 720)
        var first: [UInt8] = []
        grid.draw(map) { y, heats in if y == 0 { first = heats } }
        #expect(first.first == 0 && first.last == 0)
        #expect(first[grid.width / 2] == 255)
    }
}
