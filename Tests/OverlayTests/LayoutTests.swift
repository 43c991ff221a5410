import CFFmpeg
import Pipeline
import Testing

@testable import Overlay

struct LayoutTests {
    @Test(arguments: [
        (OverlayConfig.Layout.overlay, "yuv420p", 640, 360, 640, 360), (.overlay, "yuv420p", 641, 361, 641, 361),
        (.sideBySide, "yuv420p", 640, 360, 1280, 360), (.sideBySide, "yuv420p", 641, 361, 1284, 361),
        (.sideBySide, "yuv444p", 641, 361, 1282, 361), (.triple, "yuv422p", 641, 360, 1926, 360),
        (.triple, "yuv420p10le", 640, 360, 1920, 360), (.grid, "yuv420p", 640, 360, 960, 360),
        (.grid, "yuv420p", 641, 361, 960, 360), (.grid, "gbrp", 854, 480, 1284, 480), (.grid, "yuv420p", 2, 2, 6, 4),
    ])
    func outputHasTheSizeOfItsPanels(
        _ layout: OverlayConfig.Layout, _ name: String, width: Int, height: Int, outputWidth: Int, outputHeight: Int
    ) throws {
        var config = OverlayConfig()
        config.layout = layout
        let input = videoFormat(
            name, width: width, height: height, ColourTags(range: AVCOL_RANGE_JPEG, matrix: AVCOL_SPC_BT709),
            sampleAspectRatio: AVRational(num: 4, den: 3))
        let painter = try Painter(config, input: input)
        #expect(painter.outputFormat.width == outputWidth && painter.outputFormat.height == outputHeight)
        #expect(painter.outputFormat.sampleAspectRatio.num == 4)
        let map = Heatmap.noise(7, 7, Region(x: 0, y: 0, width: Double(width), height: Double(height)))
        let result = try painter.paint(explained(try noisePicture(input), [map]))
        let tags = ColourTags(of: result.av)
        let size = (result.width, result.height)
        #expect(size == (outputWidth, outputHeight))
        #expect(tags.range == AVCOL_RANGE_JPEG && tags.matrix == AVCOL_SPC_BT709)
    }

    @Test(arguments: ["yuv420p", "yuv422p10le", "gbrp"], [(96, 64), (97, 63)])
    func panelsHoldThePictureTheHeatAndTheOverlay(_ name: String, _ size: (Int, Int)) throws {
        let format = videoFormat(name, width: size.0, height: size.1)
        let layout = try #require(PixelLayout(format.pixelFormat))
        let map = Heatmap.noise(7, 7, Region(x: 0, y: 0, width: Double(size.0), height: Double(size.1)))
        let source = try noisePicture(format)
        let before = try samples(source)
        func paint(_ layout: OverlayConfig.Layout, _ blend: OverlayConfig.Blend, opacity: Double) throws -> [[[Int]]] {
            var config = OverlayConfig.heat(blend, opacity: opacity)
            config.layout = layout
            return try samples(try Painter(config, input: format).paint(explained(try shared(source), [map])))
        }
        let overlay = try paint(.overlay, .attention, opacity: 0.6)
        let opaque = try paint(.overlay, .mix, opacity: 1)
        let sideBySide = try paint(.sideBySide, .attention, opacity: 0.6)
        let triple = try paint(.triple, .attention, opacity: 0.6)
        let pitch = layout.log2ChromaWidth == 0 ? size.0 : (size.0 + 1) / 2 * 2
        for plane in 0..<3 {
            let width = before[plane][0].count
            let step = layout.width(ofPlane: plane, forWidth: pitch)
            for y in before[plane].indices {
                #expect(Array(sideBySide[plane][y][..<width]) == before[plane][y])
                #expect(Array(sideBySide[plane][y][step..<step + width]) == overlay[plane][y])
                #expect(Array(triple[plane][y][..<width]) == before[plane][y])
                #expect(Array(triple[plane][y][step..<step + width]) == opaque[plane][y])
                #expect(Array(triple[plane][y][2 * step..<2 * step + width]) == overlay[plane][y])
                // What an odd width leaves over repeats the edge.
                if step > width { #expect(sideBySide[plane][y][width] == before[plane][y][width - 1]) }
            }
        }
    }

    @Test(arguments: [(1, 1, 1), (2, 2, 1), (3, 3, 1), (4, 2, 2), (5, 3, 2), (6, 3, 2)])
    func aComparisonHasAPanelForEachMethod(methods: Int, columns: Int, rows: Int) throws {
        let (format, size) = (videoFormat("yuv420p", width: 96, height: 64), (96, 64))
        let maps = (0..<methods).map { _ in
            Heatmap.noise(7, 7, Region(x: 0, y: 0, width: Double(size.0), height: Double(size.1)))
        }
        let source = try noisePicture(format)
        var config = OverlayConfig.heat(.attention, opacity: 0.6)
        let alone = try maps.map { map in
            try samples(try Painter(config, input: format).paint(explained(try shared(source), [map])))
        }
        config.layout = .compare
        let painter = try Painter(config, input: format, methods: (0..<methods).map { _ in "" })
        #expect(painter.outputFormat.width == columns * size.0 && painter.outputFormat.height == rows * size.1)
        let sheet = try samples(try painter.paint(explained(try shared(source), maps)))
        // Names stand at the top; the lower half is that of the method alone.
        for number in 0..<methods {
            let (left, top) = (number % columns * size.0, number / columns * size.1)
            for y in size.1 / 2..<size.1 {
                #expect(Array(sheet[0][top + y][left..<left + size.0]) == alone[number][0][y], "\(number) \(y)")
            }
        }
    }

    @Test func thePanelsOfAComparisonBearTheMethodsNamesEvenBeforeThereAreMaps() throws {
        let format = videoFormat("yuv420p", width: 320, height: 240)
        var config = OverlayConfig.heat(.attention)
        config.layout = .compare
        let source = try noisePicture(format)
        let plain = try samples(source)
        let painter = try Painter(config, input: format, methods: ["CAM", "LayerCAM"])
        let sheet = try samples(try painter.paint(explained(try shared(source), [])))
        func changed(_ x: Int) -> Bool {
            (0..<60).contains { sheet[0][$0][x..<x + 80] != plain[0][$0][x % 320..<x % 320 + 80] }
        }
        #expect(changed(0) && changed(320))
        #expect(Array(sheet[0][200][320...]) == plain[0][200])
    }

    @Test func heatAloneIsBlackBesideTheMap() throws {
        let format = videoFormat("yuv420p", width: 96, height: 64)
        var config = OverlayConfig.heat(.attention)
        config.layout = .triple
        let map = Heatmap.noise(7, 7, Region(x: 32, y: 0, width: 32, height: 64))
        let result = try samples(try Painter(config, input: format).paint(explained(try noisePicture(format), [map])))
        for (plane, black) in [(0, 16), (1, 128), (2, 128)] {
            let scale = plane == 0 ? 1 : 2
            for row in result[plane] {
                #expect(row[96 / scale..<128 / scale].allSatisfy { $0 == black })
                #expect(row[160 / scale..<192 / scale].allSatisfy { $0 == black })
            }
        }
    }

    @Test(arguments: ["yuv420p", "yuv444p10le", "gbrp"])
    func gridShowsThePictureAndOneTileForEachClass(_ name: String) throws {
        let format = videoFormat(name, width: 128, height: 96)
        let layout = try #require(PixelLayout(format.pixelFormat))
        var config = OverlayConfig.heat(.mix, opacity: 1)
        config.layout = .grid
        let grey = 120 << (layout.bitsPerSample - 8)
        // Each class is hot in a place of its own; the fifth is missing.
        let maps = (0..<4).map { hot in
            Heatmap(
                height: 1, width: 4, values: (0..<4).map { $0 == hot ? 1 : 0.1 },
                region: Region(x: 0, y: 0, width: 128, height: 96))
        }
        let source = try picture(format) { _, _, _ in grey }
        let luma = try samples(try Painter(config, input: format).paint(explained(source, maps)))[0]
        #expect(luma.count == 96 && luma[0].count == 192)
        // libswscale takes planes of RGB to Y'CbCr and back: a level is lost.
        #expect(luma[..<48].allSatisfy { $0[..<64].allSatisfy { abs($0 - grey) <= 1 << (layout.bitsPerSample - 8) } })
        for (number, map) in maps.enumerated() {
            let (x, y) = ((number + 1) % 3 * 64, (number + 1) / 3 * 48)
            let single = OverlayConfig.heat(.mix, opacity: 1)
            let small = videoFormat(name, width: 64, height: 48)
            var shrunk = map
            shrunk.region = Region(x: 0, y: 0, width: 64, height: 48)
            let expected = try samples(
                try Painter(single, input: small).paint(explained(try picture(small) { _, _, _ in grey }, [shrunk])))[0]
            for row in 0..<48 { #expect(Array(luma[y + row][x..<x + 64]) == expected[row]) }
        }
        let rest = luma[48...].flatMap { $0[128...] }
        #expect(rest.allSatisfy { $0 < grey / 2 })
    }

    @Test(arguments: OverlayConfig.Layout.allCases)
    func pictureWithoutMapsGetsItsLabelOnly(_ layout: OverlayConfig.Layout) throws {
        let format = videoFormat("yuv420p", width: 320, height: 180)
        var config = OverlayConfig()
        (config.layout, config.box) = (layout, true)
        let painter = try Painter(config, input: format, methods: layout == .compare ? ["CAM", "LayerCAM"] : [])
        let source = try picture(format) { plane, _, _ in plane == 0 ? 120 : 90 }
        let luma = try samples(try painter.paint(explained(source, [])))[0]
        let panels = luma.map { row in row.map { $0 == 120 } }
        // The lower half of the first panel is untouched, and something has been drawn somewhere.
        #expect(panels[60..<90].allSatisfy { $0[..<150].allSatisfy { $0 } })
        #expect(luma.contains { $0.contains { $0 > 230 } })
        if layout == .overlay {
            #expect(panels[60...].allSatisfy { $0.allSatisfy { $0 } })
        }
    }

    @Test func nothingToDrawLeavesThePictureAsItIs() throws {
        let format = videoFormat("yuv420p10le", width: 99, height: 61)
        let source = try noisePicture(format)
        let before = try samples(source)
        let painter = try Painter(.heat(.mix), input: format)
        #expect(try samples(try painter.paint(explained(source, []))) == before)
    }

    @Test(arguments: OverlayConfig.Layout.allCases, [(2, 2), (16, 9), (33, 17), (40, 300), (300, 40)])
    func smallAndOddPicturesAreDrawnToo(_ layout: OverlayConfig.Layout, _ size: (Int, Int)) throws {
        let format = videoFormat("yuv420p", width: size.0, height: size.1)
        var config = OverlayConfig()
        (config.layout, config.box, config.labels) = (layout, true, .top5)
        let map = Heatmap.noise(7, 7, Region(x: 0, y: 0, width: Double(size.0), height: Double(size.1)))
        let painter = try Painter(config, input: format)
        let result = try painter.paint(explained(try noisePicture(format), [map, map]))
        let width = result.width
        #expect(width == painter.outputFormat.width)
    }
}
