import CFFmpeg
import Pipeline
import Testing

@testable import Overlay

struct DecorationTests {
    private let format = videoFormat("yuv444p", width: 320, height: 240, ColourTags(matrix: AVCOL_SPC_BT709))

    private func paint(_ config: OverlayConfig, _ map: Heatmap) throws -> [[[Int]]] {
        let source = try picture(format) { plane, _, _ in plane == 0 ? 100 : 128 }
        return try samples(try Painter(config, input: format).paint(explained(source, [map])))
    }

    private func cold() -> Heatmap {
        Heatmap(height: 1, width: 1, values: [0], region: Region(x: 0, y: 0, width: 320, height: 240))
    }

    @Test func barRunsFromColdBelowToHotAboveAtTheRightEdge() throws {
        var config = OverlayConfig.heat(.attention, .turbo)
        config.colourBar = true
        let planes = try paint(config, cold())
        let sizes = Proportions(width: 320, height: 240, try #require(PixelLayout(AV_PIX_FMT_YUV444P)))
        let column = 320 - sizes.margin - sizes.barWidth / 2
        let touched = (0..<240).filter { planes[0][$0][column] != 100 || planes[1][$0][column] != 128 }
        let top = try #require(touched.first)
        let bottom = try #require(touched.last)
        #expect(bottom > 220 && bottom - top > 80 && bottom - top < 120)
        let reference = BlendReference(format, try #require(PixelLayout(format.pixelFormat)), config, cold())
        func rgb(_ y: Int) -> SIMD3<Double> { reference.rgb(SIMD3((0..<3).map { Double(planes[$0][y][column]) })) }
        let (hot, middle, cool) = (rgb(top + 6), rgb((top + bottom) / 2), rgb(bottom - 6))
        #expect(hot.x > 0.4 && hot.z < 0.1)
        #expect(middle.y > 0.8)
        #expect(cool.z > cool.x && cool.z > cool.y)
        // Slim: everything else is as it was.
        #expect(planes[0].allSatisfy { $0[..<280].allSatisfy { $0 == 100 } })
    }

    @Test func boxGoesAroundTheHotRegion() throws {
        var config = OverlayConfig.heat(.attention, opacity: 0)
        config.box = true
        var values = [Float](repeating: 0, count: 16 * 12)
        for y in 4..<8 { for x in 6..<12 { values[y * 16 + x] = 1 } }
        let map = Heatmap(height: 12, width: 16, values: values, region: Region(x: 0, y: 0, width: 320, height: 240))
        let expected = try #require(map.hotBox(pictureWidth: 320, pictureHeight: 240))
        let luma = try paint(config, map)[0]
        let white = luma.indices.flatMap { y in luma[y].indices.filter { luma[y][$0] == 235 }.map { (x: $0, y: y) } }
        #expect(white.map(\.x).min() == expected.x0 && white.map(\.x).max() == expected.x1 - 1)
        #expect(white.map(\.y).min() == expected.y0 && white.map(\.y).max() == expected.y1 - 1)
        // Only lines, darker at their sides; the inside is as it was.
        #expect(luma[(expected.y0 + expected.y1) / 2][(expected.x0 + expected.x1) / 2] == 100)
        #expect(luma[expected.y0 - 1][expected.x0 + 20] < 80)
    }

    @Test func aLineGoesAroundWhatIsBeyondTheMapsOwnLevel() throws {
        let config = OverlayConfig.heat(.attention, opacity: 0)
        // Two nodes across: the heat rises from 0 at x = 80 to 1 at x = 240, so that it is 0.5 at 160.
        var map = Heatmap(
            height: 1, width: 2, values: [0, 1], region: Region(x: 0, y: 0, width: 320, height: 240))
        let plain = try paint(config, map)[0]
        #expect(plain.allSatisfy { $0.allSatisfy { $0 == 100 } })
        map.level = 0.5
        let luma = try paint(config, map)[0]
        let row = luma[120]
        let white = row.indices.filter { row[$0] == 235 }
        #expect(white.first == 160 && white.last.map { $0 < 170 } == true)
        #expect(row[159] < 80 && row[100] == 100 && row[300] == 100)
        // The picture's own edges are no edges of the region.
        #expect(luma[0][300] == 100 && luma[239][300] == 100 && luma[120][319] == 100)
        map.level = 2
        #expect(try paint(config, map)[0] == plain)
    }

    @Test func boxOfHeatUpToTheEdgesStaysInThePicture() throws {
        var config = OverlayConfig.heat(.attention, opacity: 0)
        config.box = true
        let map = Heatmap(height: 1, width: 1, values: [1], region: Region(x: -50, y: -50, width: 500, height: 500))
        let luma = try paint(config, map)[0]
        #expect(luma[1][100] == 235 && luma[238][100] == 235 && luma[100][1] == 235 && luma[100][318] == 235)
        #expect(luma[120][160] == 100)
    }

    @Test(arguments: [OverlayConfig.Layout.overlay, .sideBySide, .triple])
    func whereNothingIsRecognisedThereIsNoBox(_ layout: OverlayConfig.Layout) throws {
        var config = OverlayConfig.heat(.attention, opacity: 0)
        (config.box, config.layout, config.labels) = (true, layout, .none)
        let map = Heatmap(height: 1, width: 2, values: [1, 0], region: Region(x: 0, y: 0, width: 320, height: 240))
        func white(isRecognised: Bool) throws -> Int {
            let grey = try picture(format) { plane, _, _ in plane == 0 ? 100 : 128 }
            let prediction = Prediction(classID: 0, label: "none", probability: 1)
            let painted = try Painter(config, input: format).paint(
                Explained(
                    frame: grey, top: [prediction], observations: [Observation(prediction: prediction, heatmap: map)],
                    isRecognised: isRecognised))
            return try samples(painted)[0].joined().count { $0 == 235 }
        }
        #expect(try white(isRecognised: true) > white(isRecognised: false) + 100)
    }

    @Test func noHeatHasNoBox() throws {
        var config = OverlayConfig.heat(.attention, opacity: 0)
        config.box = true
        #expect(try paint(config, cold())[0].allSatisfy { $0.allSatisfy { $0 == 100 } })
    }
}
