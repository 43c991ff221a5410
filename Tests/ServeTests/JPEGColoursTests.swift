import CColour
import CFFmpeg
import Pipeline
import Testing

@testable import Serve

@Suite struct JPEGColoursTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let format: String
        let matrix: UInt32
        let isFull: Bool
        var location = AVCHROMA_LOC_UNSPECIFIED.rawValue
        var testDescription: String {
            "\(format), matrix \(matrix), \(isFull ? "full" : "limited"), chroma \(location)"
        }

        func video(_ width: Int, _ height: Int) -> VideoFormat {
            VideoFormat(
                width: width, height: height, pixelFormat: av_get_pix_fmt(format),
                colour: ColourTags(
                    range: isFull ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG, matrix: AVColorSpace(rawValue: matrix),
                    chromaLocation: AVChromaLocation(rawValue: location)),
                timeBase: AVRational(num: 1, den: 25))
        }
    }

    static let formats = ["yuv420p", "yuv422p", "yuv444p"]
    static let matrices = [
        AVCOL_SPC_SMPTE170M, AVCOL_SPC_BT709, AVCOL_SPC_BT2020_NCL, AVCOL_SPC_SMPTE240M, AVCOL_SPC_FCC,
        AVCOL_SPC_YCGCO,
    ].map(\.rawValue)
    static let cases =
        formats.flatMap { format in
            matrices.flatMap { matrix in
                [false, true].map { Case(format: format, matrix: matrix, isFull: $0) }
            }
        }
        + [
            AVCHROMA_LOC_LEFT, AVCHROMA_LOC_CENTER, AVCHROMA_LOC_TOPLEFT, AVCHROMA_LOC_TOP, AVCHROMA_LOC_BOTTOMLEFT,
            AVCHROMA_LOC_BOTTOM,
        ].flatMap { location in
            ["yuv420p", "yuv422p"].map {
                Case(format: $0, matrix: AVCOL_SPC_BT709.rawValue, isFull: false, location: location.rawValue)
            }
        }
    static let versions = [ccolour_generic, ccolour_avx2].filter { ccolour_can_run($0) != 0 }

    /// Half a level is the last rounding, 1/32 that of what chroma adds to luma.
    @Test(arguments: cases) func everySampleIsThatOfTheDefinition(_ test: Case) throws {
        for (width, height) in [(1, 1), (2, 3), (33, 5), (70, 4)] {
            let source = test.video(width, height)
            let picture = try Frame.made(source) { _, x, y in UInt8.noise(x, y) }
            let reference = ColourReference(source)
            let before = picture.samples
            let exact = (0..<3).map { plane in
                before[plane].indices.map { y in
                    before[plane][y].indices.map { x in reference.sample(before, plane: plane, x: x, y: y) }
                }
            }
            for version in Self.versions {
                let after = try converted(picture, source, version)
                let worst = zip(exact, after).map { exact, after in
                    zip(exact.joined(), after.joined()).reduce(0.0) { max($0, abs($1.0 - Double($1.1))) }
                }
                #expect(worst[0] <= 0.54, "luma, \(width)x\(height), version \(version.rawValue)")
                #expect(max(worst[1], worst[2]) <= 0.51, "chroma, \(width)x\(height), version \(version.rawValue)")
            }
        }
    }

    @Test(arguments: formats, versions) func anotherRangeOfTheSameMatrixIsTheNearestSample(
        _ format: String, _ version: ccolour_version
    ) throws {
        let source = Case(format: format, matrix: AVCOL_SPC_SMPTE170M.rawValue, isFull: false).video(512, 2)
        let after = try converted(try Frame.made(source) { _, x, _ in UInt8(x % 256) }, source, version)
        for level in 0..<256 {
            let luma = ((Double(level) - 16) * 255 / 219).rounded()
            #expect(Double(after[0][0][level]) == min(max(luma, 0), 255))
            let chroma = (Double(level) - 128) * 255 / 224 + 128
            #expect(abs(Double(after[1][0][level]) - min(max(chroma, 0), 255)) <= 0.5)
        }
    }

    @Test(arguments: matrices) func greyStaysGrey(_ matrix: UInt32) throws {
        let source = Case(format: "yuv420p", matrix: matrix, isFull: false).video(256, 2)
        let after = try converted(try Frame.made(source) { plane, x, _ in plane == 0 ? UInt8(x) : 128 }, source)
        #expect(after[1] == [[UInt8](repeating: 128, count: 128)] && after[2] == after[1])
        #expect(after[0][0][16] == 0 && after[0][0][235] == 255)
    }

    /// libswscale's exact filter is bicubic: it overshoots beside hard edges, where straight lines don't. It places chroma
    /// between the pixels whatever the tags say where the matrix changes, hence the tag here; and it cuts off at black and
    /// white in RGB, hence colours that stay inside.
    @Test(arguments: formats) func lumaIsNearlyThatOfTheExactPath(_ format: String) throws {
        let source = Case(
            format: format, matrix: AVCOL_SPC_BT709.rawValue, isFull: false, location: AVCHROMA_LOC_CENTER.rawValue
        ).video(160, 96)
        let reference = ColourReference(source)
        // Bars of the eight corners of a cube of colours, and rows of bars beside each other.
        let picture = try Frame.made(source) { plane, x, y in
            let columns = plane > 0 ? 1 << reference.layout.log2ChromaWidth : 1
            let rows = plane > 0 ? 1 << reference.layout.log2ChromaHeight : 1
            let bar = (x * columns / 20 + 3 * (y * rows / 24)) % 8
            let corner = SIMD3(Double(bar & 1), Double(bar >> 1 & 1), Double(bar >> 2 & 1))
            return UInt8(reference.code(corner * 0.4 + 0.3)[plane].rounded())
        }
        let after = try converted(picture, source)
        let target = source.asJPEG
        let exact = try FramePool(target).frame(timedLike: picture)
        try Scaler(from: .init(placingChromaOf: source), to: .init(placingChromaOf: target), .exact)
            .scale(picture, into: exact)
        var errors: [Int] = []
        for (row, exactRow) in zip(after[0], exact.samples[0]) {
            errors += zip(row, exactRow).map { abs(Int($0) - Int($1)) }
        }
        errors.sort()
        #expect(errors.last! <= 5)
        #expect(errors[errors.count * 95 / 100] <= 1)
    }

    @Test func otherPicturesAreLeftToTheExactPath() {
        let high = Case(format: "yuv420p10le", matrix: AVCOL_SPC_BT709.rawValue, isFull: false).video(64, 64)
        let quarter = Case(format: "yuv410p", matrix: AVCOL_SPC_BT709.rawValue, isFull: false).video(64, 64)
        let red = Case(format: "yuv444p", matrix: AVCOL_SPC_RGB.rawValue, isFull: true).video(64, 64)
        for source in [high, quarter, red] { #expect(JPEGColours(from: source, to: source.asJPEG) == nil) }
        var wide = Case(format: "yuv420p", matrix: AVCOL_SPC_BT709.rawValue, isFull: false).video(64, 64)
        wide.sampleAspectRatio = AVRational(num: 4, den: 3)
        #expect(JPEGColours(from: wide, to: wide.asJPEG) == nil)
    }

    private func converted(
        _ picture: borrowing Frame, _ source: VideoFormat, _ version: ccolour_version = ccolour_fastest()
    ) throws -> [[[UInt8]]] {
        let colours = try #require(JPEGColours(from: source, to: source.asJPEG, version: version))
        let target = try FramePool(colours.target).frame(timedLike: picture)
        colours.convert(picture, into: target)
        return target.samples
    }
}

/// The conversion the long way, in double precision, from ITU-T H.273.
private struct ColourReference {
    let source: VideoFormat
    let layout: PixelLayout

    init(_ source: VideoFormat) {
        self.source = source
        layout = PixelLayout(source.pixelFormat)!
    }

    /// The JPEG's sample, not rounded, where `samples` are the picture's [plane][y][x].
    func sample(_ samples: [[[UInt8]]], plane: Int, x: Int, y: Int) -> Double {
        var code = SIMD3(repeating: 128.0)
        if plane == 0 {
            code[0] = Double(samples[0][y][x])
            for chroma in 1...2 { code[chroma] = interpolated(samples[chroma], x, y) }
        } else {
            for chroma in 1...2 { code[chroma] = Double(samples[chroma][y][x]) }
        }
        let rgb = rgb(code)
        let luma = 0.299 * rgb.x + 0.587 * rgb.y + 0.114 * rgb.z
        let jpeg = SIMD3(luma, (rgb.z - luma) / 1.772 + 128 / 255, (rgb.x - luma) / 1.402 + 128 / 255) * 255
        return min(max(jpeg[plane], 0), 255)
    }

    /// The source's samples of a colour.
    func code(_ rgb: SIMD3<Double>) -> SIMD3<Double> {
        let (kr, kb) = shares
        let luma = kr * rgb.x + (1 - kr - kb) * rgb.y + kb * rgb.z
        return SIMD3(16 + 219 * luma, 128 + 112 * (rgb.z - luma) / (1 - kb), 128 + 112 * (rgb.x - luma) / (1 - kr))
    }

    private func rgb(_ code: SIMD3<Double>) -> SIMD3<Double> {
        let isFull = source.colour.isFullRange
        let y = isFull ? code.x / 255 : (code.x - 16) / 219
        let (blue, red) = ((code.y - 128) / (isFull ? 255 : 224), (code.z - 128) / (isFull ? 255 : 224))
        if source.colour.matrix == AVCOL_SPC_YCGCO { return SIMD3(y - blue + red, y + blue, y - blue - red) }
        let (kr, kb) = shares
        let (r, b) = (y + 2 * (1 - kr) * red, y + 2 * (1 - kb) * blue)
        return SIMD3(r, (y - kr * r - kb * b) / (1 - kr - kb), b)
    }

    private var shares: (Double, Double) {
        switch source.colour.matrix {
        case AVCOL_SPC_SMPTE170M: (0.299, 0.114)
        case AVCOL_SPC_BT2020_NCL: (0.2627, 0.0593)
        case AVCOL_SPC_SMPTE240M: (0.212, 0.087)
        case AVCOL_SPC_FCC: (0.30, 0.11)
        default: (0.2126, 0.0722)
        }
    }

    private func interpolated(_ plane: [[UInt8]], _ x: Int, _ y: Int) -> Double {
        let location = source.colour.chromaLocation
        let isBetween =
            [AVCHROMA_LOC_CENTER, AVCHROMA_LOC_TOP, AVCHROMA_LOC_BOTTOM].contains(location)
            || location == AVCHROMA_LOC_UNSPECIFIED && source.colour.isFullRange
        let top = [AVCHROMA_LOC_TOPLEFT, AVCHROMA_LOC_TOP].contains(location)
        let bottom = [AVCHROMA_LOC_BOTTOMLEFT, AVCHROMA_LOC_BOTTOM].contains(location)
        let column = layout.log2ChromaWidth == 0 ? Double(x) : (Double(x) - (isBetween ? 0.5 : 0)) / 2
        let row = layout.log2ChromaHeight == 0 ? Double(y) : (Double(y) - (top ? 0 : bottom ? 1 : 0.5)) / 2
        func value(_ j: Int, _ i: Int) -> Double {
            Double(plane[min(max(j, 0), plane.count - 1)][min(max(i, 0), plane[0].count - 1)])
        }
        let (i, j) = (Int(column.rounded(.down)), Int(row.rounded(.down)))
        let (u, v) = (column - Double(i), row - Double(j))
        return (value(j, i) * (1 - u) + value(j, i + 1) * u) * (1 - v)
            + (value(j + 1, i) * (1 - u) + value(j + 1, i + 1) * u) * v
    }
}

extension UInt8 {
    /// Any sample, black and white among them.
    fileprivate static func noise(_ x: Int, _ y: Int) -> UInt8 {
        var state = UInt32(truncatingIfNeeded: x &* 73_856_093 ^ y &* 19_349_663 &+ 1)
        for _ in 0..<3 { state = state &* 1_664_525 &+ 1_013_904_223 }
        return UInt8(truncatingIfNeeded: state >> 24)
    }
}

extension Frame {
    fileprivate static func made(_ format: VideoFormat, _ sample: (Int, Int, Int) -> UInt8) throws -> Frame {
        let time = Frame(adopting: av_frame_alloc(), index: 0, pts: 0, duration: 1, timeBase: format.timeBase)
        let frame = try FramePool(format).frame(timedLike: time)
        for number in 0..<3 {
            let plane = frame.plane(number, PixelLayout(format.pixelFormat)!)
            for y in 0..<plane.height {
                for x in 0..<plane.width {
                    plane.row(y).storeBytes(of: sample(number, x, y), toByteOffset: x, as: UInt8.self)
                }
            }
        }
        return frame
    }

    /// [plane][y][x].
    fileprivate var samples: [[[UInt8]]] {
        (0..<3).map { number in
            let plane = plane(number, PixelLayout(pixelFormat)!)
            return (0..<plane.height).map { y in
                Array(UnsafeRawBufferPointer(start: plane.row(y), count: plane.width))
            }
        }
    }
}
