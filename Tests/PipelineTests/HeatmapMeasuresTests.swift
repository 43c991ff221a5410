import Pipeline
import TestSupport
import Testing

struct HeatmapMeasuresTests {
    /// Maps of several sizes that cover all, a part, or more than the whole of a 61 x 43 picture.
    static let shapes: [(columns: Int, rows: Int, region: Region)] = [
        (7, 7, Region(x: 0, y: 0, width: 61, height: 43)),
        (7, 5, Region(x: 9, y: 0, width: 43, height: 43)),
        (4, 6, Region(x: -7.25, y: -12.5, width: 80, height: 70)),
        (1, 1, Region(x: 10.4, y: 11.6, width: 20.2, height: 9.1)),
        (30, 90, Region(x: 0, y: 0, width: 61, height: 43)),
        (2, 3, Region(x: 50, y: 30, width: 40, height: 40)),
    ]

    @Test(arguments: shapes.indices, 0..<8)
    func measuresAreThoseOfEveryPixel(shape: Int, seed: Int) throws {
        let (columns, rows, region) = Self.shapes[shape]
        var noise = Noise(UInt64(seed))
        let map = Heatmap(height: rows, width: columns, values: noise.values(rows * columns), region: region)
        let pixels = upsampled(map, width: 61, height: 43)
        let hottest = try #require(pixels.max())

        let peak = try #require(map.peak(pictureWidth: 61, pictureHeight: 43))
        // Float arithmetic on both sides: six digits.
        #expect(abs(peak.heat - hottest) < 1e-5)
        #expect(abs(pixels[peak.y * 61 + peak.x] - hottest) < 1e-5)

        let share = map.hotShare(pictureWidth: 61, pictureHeight: 43)
        #expect(abs(share * 61 * 43 - Double(pixels.count { $0 > 0.5 * peak.heat })) < 0.01)

        for threshold: Float in [0.2, 0.5, 0.8] {
            let box = map.hotBox(threshold: threshold, pictureWidth: 61, pictureHeight: 43)
            #expect(box == largestPart(pixels.map { $0 > threshold * peak.heat }, width: 61, height: 43))
        }
    }

    /// wsolevaluation's golden boxes (Choe et al. 2020), thresholds 0, 0.2, 0.4, 0.6, 0.8 of the maximum. There x1 and y1
    /// are the last pixel plus one but at most the last pixel of the picture.
    ///
    /// Its largest part is the one whose contour encloses the largest area, which is 0 for parts that are one pixel
    /// thin; ours is the one with most pixels, which differs on maps of 5 x 4 pixels only: the fourth list has two such.
    @Test(arguments: [
        (
            [[0, 0, 0, 0, 0], [0, 0.4, 0.4, 0.4, 0.6], [0, 0.4, 1, 0.8, 0.6], [0, 0.4, 0.4, 0.4, 0.6]],
            [[1, 1, 4, 3], [1, 1, 4, 3], [2, 1, 4, 3], [2, 2, 4, 3], [2, 2, 3, 3]]
        ),
        (
            [[0.4, 0, 0.2, 0.2, 0.2], [0.4, 0.4, 0, 0.4, 0], [0, 0, 0, 0.4, 0], [1, 0.6, 0.8, 0.2, 0.2]],
            // At 0.2 it has the corner (3 pixels that enclose something), we the 5 pixels of a thin line. At 0.6 two
            // single pixels are left: it has the last, we the first.
            [[0, 0, 4, 3], [0, 1, 4, 3], [0, 3, 3, 3], [0, 3, 1, 3], [0, 3, 1, 3]]
        ),
    ])
    func boxesAgreeWithTheLocalisationBenchmark(rows: [[Float]], boxes: [[Int]]) throws {
        let map = Heatmap(
            height: 4, width: 5, values: rows.flatMap { $0 }, region: Region(x: 0, y: 0, width: 5, height: 4))
        for (threshold, expected) in zip([0, 0.2, 0.4, 0.6, 0.8] as [Float], boxes) {
            let box = try #require(map.hotBox(threshold: threshold, pictureWidth: 5, pictureHeight: 4))
            #expect([box.x0, box.y0, min(box.x1, 4), min(box.y1, 3)] == expected, "threshold \(threshold)")
        }
    }

    @Test func mapWithoutHeatHasNeitherPeakNorBox() {
        let region = Region(x: 0, y: 0, width: 640, height: 360)
        let map = Heatmap(height: 7, width: 7, values: Array(repeating: 0, count: 49), region: region)
        #expect(map.peak(pictureWidth: 640, pictureHeight: 360) == nil)
        #expect(map.hotBox(pictureWidth: 640, pictureHeight: 360) == nil)
        #expect(map.hotShare(pictureWidth: 640, pictureHeight: 360) == 0)
    }

    @Test func heatBesideThePictureDoesNotCount() {
        let map = Heatmap(height: 1, width: 1, values: [1], region: Region(x: 700, y: 0, width: 50, height: 50))
        #expect(map.peak(pictureWidth: 640, pictureHeight: 360) == nil)
        #expect(map.hotBox(pictureWidth: 640, pictureHeight: 360) == nil)
    }

    @Test func valuesThatAreNoNumbersAreCold() throws {
        var values = [Float](repeating: .nan, count: 49)
        values[24] = 1
        let region = Region(x: 0, y: 0, width: 640, height: 360)
        let map = Heatmap(height: 7, width: 7, values: values, region: region)
        _ = map.hotBox(pictureWidth: 640, pictureHeight: 360)
        #expect((0...1).contains(map.hotShare(pictureWidth: 640, pictureHeight: 360)))
        values[24] = .nan
        let empty = Heatmap(height: 7, width: 7, values: values, region: region)
        #expect(empty.peak(pictureWidth: 640, pictureHeight: 360) == nil)
    }

    @Test func uniformHeatFillsThePicture() throws {
        let region = Region(x: 0, y: 0, width: 640, height: 360)
        let map = Heatmap(height: 7, width: 7, values: Array(repeating: 0.7, count: 49), region: region)
        #expect(map.peak(pictureWidth: 640, pictureHeight: 360) == Peak(x: 0, y: 0, heat: 0.7))
        #expect(map.hotBox(pictureWidth: 640, pictureHeight: 360) == PixelBox(x0: 0, y0: 0, x1: 640, y1: 360))
        #expect(map.hotShare(pictureWidth: 640, pictureHeight: 360) == 1)
    }

    @Test func partsThatMeetLowerDownAreOne() {
        // A U: its arms are two parts until their last row.
        let values: [Float] = [1, 0, 1, 1, 0, 1, 1, 1, 1]
        let map = Heatmap(height: 3, width: 3, values: values, region: Region(x: 0, y: 0, width: 3, height: 3))
        #expect(map.hotBox(pictureWidth: 3, pictureHeight: 3) == PixelBox(x0: 0, y0: 0, x1: 3, y1: 3))
    }

    /// Every pixel's own value, the plain way.
    private func upsampled(_ map: Heatmap, width: Int, height: Int) -> [Float] {
        func position(_ pixel: Int, _ start: Double, _ length: Double, _ nodes: Int) -> (Int, Int, Float)? {
            let center = Double(pixel) + 0.5
            guard center >= start, center < start + length else { return nil }
            let node = min(max((center - start) * Double(nodes) / length - 0.5, 0), Double(nodes - 1))
            return (Int(node), min(Int(node) + 1, nodes - 1), Float(node - Double(Int(node))))
        }
        return (0..<width * height).map { index in
            guard let (left, right, across) = position(index % width, map.region.x, map.region.width, map.width),
                let (top, bottom, down) = position(index / width, map.region.y, map.region.height, map.height)
            else { return 0 }
            func row(_ y: Int) -> Float {
                map.values[y * map.width + left] * (1 - across) + map.values[y * map.width + right] * across
            }
            return row(top) * (1 - down) + row(bottom) * down
        }
    }

    /// The largest connected part by flooding from each pixel in turn.
    private func largestPart(_ isHot: [Bool], width: Int, height: Int) -> PixelBox? {
        var left = isHot
        var best: (pixels: Int, box: PixelBox)?
        for start in left.indices where left[start] {
            var pixels = 0
            var box = PixelBox(x0: start % width, y0: start / width, x1: 0, y1: 0)
            var waiting = [start]
            left[start] = false
            while let index = waiting.popLast() {
                let (x, y) = (index % width, index / width)
                pixels += 1
                box = PixelBox(x0: min(box.x0, x), y0: min(box.y0, y), x1: max(box.x1, x + 1), y1: max(box.y1, y + 1))
                for v in max(y - 1, 0)...min(y + 1, height - 1) {
                    for u in max(x - 1, 0)...min(x + 1, width - 1) where left[v * width + u] {
                        left[v * width + u] = false
                        waiting.append(v * width + u)
                    }
                }
            }
            if pixels > best?.pixels ?? 0 { best = (pixels, box) }
        }
        return best?.box
    }
}
