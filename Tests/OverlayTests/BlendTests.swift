import CFFmpeg
import Pipeline
import TestSupport
import Testing

@testable import Overlay

struct BlendTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let format: String
        let matrix: UInt32
        let isFull: Bool
        let location: UInt32
        var testDescription: String {
            "\(format), matrix \(matrix), \(isFull ? "full" : "limited"), chroma \(location)"
        }

        var video: VideoFormat {
            videoFormat(
                format, width: 34, height: 22,
                ColourTags(
                    range: isFull ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG, matrix: AVColorSpace(rawValue: matrix),
                    chromaLocation: AVChromaLocation(rawValue: location)))
        }
    }

    static let cases: [Case] = {
        let names = ["yuv420p", "yuv422p", "yuv444p"].flatMap { [$0, $0 + "10le", $0 + "12le"] }
        var cases = names.flatMap { name in
            [AVCOL_SPC_SMPTE170M, AVCOL_SPC_BT709, AVCOL_SPC_BT2020_NCL].flatMap { matrix in
                [false, true].map {
                    Case(format: name, matrix: matrix.rawValue, isFull: $0, location: AVCHROMA_LOC_UNSPECIFIED.rawValue)
                }
            }
        }
        for location in [AVCHROMA_LOC_CENTER, AVCHROMA_LOC_TOPLEFT] {
            cases.append(
                Case(format: "yuv420p", matrix: AVCOL_SPC_BT709.rawValue, isFull: false, location: location.rawValue))
        }
        for name in ["yuv420p9le", "yuv420p14le", "yuv444p16le", "yuv440p", "yuv411p"] {
            cases.append(Case(format: name, matrix: AVCOL_SPC_BT709.rawValue, isFull: false, location: 0))
        }
        for name in ["gbrp", "gbrp10le", "gbrp12le", "gbrp16le"] {
            cases.append(Case(format: name, matrix: AVCOL_SPC_RGB.rawValue, isFull: true, location: 0))
        }
        return cases
    }()

    /// To six tenths of an 8-bit level: the last rounding takes half of one, the tables' precision hardly anything.
    @Test(arguments: cases, OverlayConfig.Blend.allCases)
    func blendingSamplesIsBlendingInRGB(_ test: Case, blend: OverlayConfig.Blend) throws {
        let config = OverlayConfig.heat(blend, opacity: blend == .add ? 0.4 : 0.6)
        let format = test.video
        let layout = try #require(PixelLayout(format.pixelFormat))
        let map = Heatmap.noise(5, 4, Region(x: -3.5, y: 4.25, width: 31.5, height: 20))
        let reference = BlendReference(format, layout, config, map)
        let source = try colourfulPicture(reference)
        let before = try samples(source)
        let after = try samples(try Painter(config, input: format).paint(explained(source, [map])))

        var worst = 0.0
        for plane in 0..<3 {
            for (y, row) in after[plane].enumerated() {
                for (x, sample) in row.enumerated() {
                    guard let entries = reference.entries(plane: plane, x: x, y: y) else {
                        #expect(sample == before[plane][y][x], "plane \(plane) at \(x), \(y) lies beside the map")
                        continue
                    }
                    let rgb = reference.rgb(triple(before, layout, plane: plane, x: x, y: y))
                    let errors = entries.map { entry in
                        let exact = reference.samples(reference.blend(rgb, entry: entry))[plane]
                        return abs(Double(sample) - min(max(exact, 0), reference.maximum))
                    }
                    worst = max(worst, errors.min() ?? 0)
                }
            }
        }
        #expect(worst / Double(1 << (layout.bitsPerSample - 8)) <= 0.6)
    }

    /// As shown on a screen: where no plane clips, `add` gives the clipped RGB sum. Where one does, the colours' hue may
    /// differ, since planes clip by themselves; planes of RGB clip as RGB does, so there nothing is left out.
    @Test(arguments: ["yuv444p", "gbrp"])
    func addIsTheClippedSumInRGB(_ name: String) throws {
        let config = OverlayConfig.heat(.add, opacity: 0.7, .inferno)
        let format = videoFormat(name, width: 54, height: 38, ColourTags(matrix: AVCOL_SPC_BT709))
        let layout = try #require(PixelLayout(format.pixelFormat))
        let map = Heatmap.noise(5, 4, Region(x: 0, y: 0, width: 54, height: 38))
        let reference = BlendReference(format, layout, config, map)
        let source = try colourfulPicture(reference)
        let before = try samples(source)
        let after = try samples(try Painter(config, input: format).paint(explained(source, [map])))
        var compared = 0
        for y in 0..<38 {
            for x in 0..<54 {
                let result = SIMD3((0..<3).map { Double(after[$0][y][x]) })
                let rgb = reference.rgb(SIMD3((0..<3).map { Double(before[$0][y][x]) }))
                let errors = try #require(reference.entries(plane: 0, x: x, y: y)).compactMap { entry -> Double? in
                    let sum = reference.blend(rgb, entry: entry)
                    let exact = reference.samples(sum)
                    guard layout.isRGB || exact.max() <= 255 && exact.min() >= 0 else { return nil }
                    let shown = reference.rgb(result).clamped(lowerBound: .zero, upperBound: .one)
                    let difference = shown - sum.clamped(lowerBound: .zero, upperBound: .one)
                    return (difference * difference).max().squareRoot() * 255
                }
                guard let error = errors.min() else { continue }
                compared += 1
                // Turned into RGB, half a level of each of Y, Cb and Cr adds up.
                #expect(error <= 2, "at \(x), \(y)")
            }
        }
        #expect(compared > 38 * 54 / 2)
    }

    @Test(
        arguments: ["yuv420p", "yuv422p10le", "yuv444p12le", "gbrp14le", "yuv420p16le"], OverlayConfig.Blend.allCases)
    func allVersionsOfTheLoopsGiveTheSameSamples(_ name: String, blend: OverlayConfig.Blend) throws {
        // Sizes that are no multiple of a vector, maps coarser and finer than the picture, beside it and over its edges.
        let maps = [
            Heatmap.noise(7, 7, Region(x: 0, y: 0, width: 331, height: 21)),
            Heatmap.noise(14, 3, Region(x: 20.5, y: -9, width: 290, height: 24)),
            Heatmap.noise(120, 60, Region(x: 0, y: 0, width: 331, height: 21)),
            Heatmap.noise(1, 1, Region(x: 100, y: 3, width: 3, height: 30)),
            Heatmap.noise(500, 2, Region(x: -100, y: 0, width: 700, height: 200)),
        ]
        let format = videoFormat(name, width: 331, height: 21)
        let config = OverlayConfig.heat(blend, opacity: 0.9)
        let source = try noisePicture(format)
        let painters = try BlendKernel.allCases.filter(\.isAvailable).map { kernel in
            (kernel, try Painter(config, input: format, kernel: kernel))
        }
        for (number, map) in maps.enumerated() {
            let results = try painters.map { try bytes(try $0.1.paint(explained(try shared(source), [map]))) }
            for (painter, result) in zip(painters, results) {
                #expect(result == results[0], "\(painter.0), map \(number)")
            }
            #expect(results[0] != (try bytes(source)))
        }
    }

    @Test func thisProcessorsFastestKernelIsAvailable() {
        #expect(BlendKernel.fastest.isAvailable)
        #expect(BlendKernel.generic.isAvailable)
    }

    @Test(arguments: BlendKernel.allCases.filter(\.isAvailable), ["yuv420p", "yuv422p10le", "gbrp12le", "yuv444p16le"])
    func coldSamplesStayAsTheyAre(_ kernel: BlendKernel, _ name: String) throws {
        let format = videoFormat(name, width: 98, height: 62)
        let source = try noisePicture(format)
        let before = try samples(source)
        var values = [Float](repeating: 0.08, count: 49)
        values[48] = 1
        let region = Region(x: 0, y: 0, width: 98, height: 62)
        let map = Heatmap(height: 7, width: 7, values: values, region: region)
        let painter = try Painter(.heat(.attention), input: format, kernel: kernel)
        let after = try samples(try painter.paint(explained(source, [map])))
        for plane in 0..<3 {
            // All that lies before the last node but one.
            let rows = after[plane].count * 5 / 7
            #expect(Array(after[plane][..<rows]) == Array(before[plane][..<rows]))
            #expect(after[plane] != before[plane])
        }
    }

    @Test(arguments: OverlayConfig.Blend.allCases, ["yuv420p", "yuv420p10le", "yuv444p16le"])
    func opacityOfNothingLeavesThePictureAsItIs(_ blend: OverlayConfig.Blend, _ name: String) throws {
        let format = videoFormat(name, width: 98, height: 62)
        let source = try noisePicture(format)
        let before = try samples(source)
        let map = Heatmap.noise(7, 7, Region(x: 0, y: 0, width: 98, height: 62))
        let painter = try Painter(.heat(blend, opacity: 0), input: format)
        #expect(try samples(try painter.paint(explained(source, [map]))) == before)
    }

    @Test func pictureThatComesInIsOnlyRead() throws {
        let format = videoFormat("yuv420p", width: 98, height: 62)
        let source = try noisePicture(format)
        let before = try samples(source)
        var config = OverlayConfig()
        (config.box, config.labels) = (true, .top5)
        for layout in OverlayConfig.Layout.allCases {
            config.layout = layout
            let painter = try Painter(config, input: format)
            let map = Heatmap.noise(7, 7, Region(x: 0, y: 0, width: 98, height: 62))
            let result = try painter.paint(explained(try shared(source), [map]))
            let isAnother = result.av.pointee.data.0 != source.av.pointee.data.0
            #expect(isAnother)
            #expect(try samples(source) == before)
            let (index, pts, duration) = (result.index, result.pts, result.duration)
            #expect(index == 7 && pts == 42 && duration == 3)
        }
    }

    @Test func redIsHotInJet() throws {
        let format = videoFormat("yuv444p", width: 64, height: 64, ColourTags(matrix: AVCOL_SPC_BT709))
        let map = Heatmap(
            height: 1, width: 2, values: [0.1, 0.88], region: Region(x: 0, y: 0, width: 64, height: 64))
        let config = OverlayConfig.heat(.mix, opacity: 1, .jet)
        let layout = try #require(PixelLayout(format.pixelFormat))
        let after = try samples(try Painter(config, input: format).paint(explained(try noisePicture(format), [map])))
        let reference = BlendReference(format, layout, config, map)
        let cold = reference.rgb(SIMD3((0..<3).map { Double(after[$0][32][2]) }))
        let hot = reference.rgb(SIMD3((0..<3).map { Double(after[$0][32][61]) }))
        #expect(cold.z > 0.8 && cold.x < 0.1)
        #expect(hot.x > 0.9 && hot.z < 0.1)
    }

    /// Smooth, colourful and inside RGB's range, so that every part of the tables is met.
    private func colourfulPicture(_ reference: BlendReference) throws -> Frame {
        try picture(reference.format) { plane, x, y in
            let isChroma = plane > 0 && !reference.layout.isRGB
            let u = Double(isChroma ? x << reference.layout.log2ChromaWidth : x) / Double(reference.format.width)
            let v = Double(isChroma ? y << reference.layout.log2ChromaHeight : y) / Double(reference.format.height)
            let sample = reference.samples(SIMD3(u, v, (2 - u - v) / 2))[plane]
            return Int(min(max(sample, 0), reference.maximum).rounded())
        }
    }

    /// The three samples of the pixel that a sample belongs to.
    private func triple(_ planes: [[[Int]]], _ layout: PixelLayout, plane: Int, x: Int, y: Int) -> SIMD3<Double> {
        let isChroma = plane > 0 && !layout.isRGB
        let (lumaX, lumaY) = isChroma ? (x << layout.log2ChromaWidth, y << layout.log2ChromaHeight) : (x, y)
        let (chromaX, chromaY) =
            layout.isRGB ? (lumaX, lumaY) : (lumaX >> layout.log2ChromaWidth, lumaY >> layout.log2ChromaHeight)
        return SIMD3(
            Double(planes[0][lumaY][lumaX]), Double(planes[1][chromaY][chromaX]), Double(planes[2][chromaY][chromaX]))
    }
}
