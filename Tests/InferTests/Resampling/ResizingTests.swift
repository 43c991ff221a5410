import CFFmpeg
import Pipeline
import Testing

@testable import Infer
@testable import ONNX

/// Every filter against the library that it is named after.
struct ResizingTests {
    private func filled(_ golden: ResizingGolden, _ wanted: ResizingGolden.Case, isNamed: Bool) throws -> [UInt8] {
        let picture = try #require(golden.pictures[wanted.picture])
        let input = try golden.input(wanted, isNamed: isNamed)
        let preprocess = try Preprocess(golden.format(picture), input: input)
        let frame = try golden.frame(picture)
        var tensor = [UInt8](repeating: 7, count: input.width * input.height * input.channels)
        try tensor.withUnsafeMutableBytes { try preprocess.fill($0, from: frame) }
        return tensor
    }

    @Test(arguments: (try? ResizingGolden.shared.get().cases) ?? [])
    func everyFilterGivesItsLibrarysPixels(wanted: ResizingGolden.Case) throws {
        try expect(wanted, isNamed: true)
    }

    @Test(arguments: (try? ResizingGolden.shared.get().cases.filter { $0.filter == "bilinear" }) ?? [])
    func withoutAWordPicturesAreScaledAsPillowsBilinearDoes(wanted: ResizingGolden.Case) throws {
        try expect(wanted, isNamed: false)
    }

    private func expect(_ wanted: ResizingGolden.Case, isNamed: Bool) throws {
        let made = try filled(try ResizingGolden.shared.get(), wanted, isNamed: isNamed)
        #expect(made.count == wanted.pixels.count)
        let differences = zip(made, wanted.pixels).map { abs(Int($0) - Int($1)) }
        let close = Double(differences.count { $0 <= 1 }) / Double(differences.count)
        #expect(close >= 0.999, "\(close), up to \(differences.max() ?? 0)")
    }

    @Test func everyFilterHasItsGoldens() throws {
        let golden = try ResizingGolden.shared.get()
        #expect(Set(golden.cases.map(\.filter)) == Set(Interpolation.allCases.map(\.rawValue)))
        for filter in Interpolation.allCases {
            #expect(
                Set(golden.cases.filter { $0.filter == filter.rawValue }.map(\.picture)) == Set(golden.pictures.keys))
        }
    }

    /// Blue that is brighter than RGB has it, and black, in turns: a library cuts the blue off before it takes the mean.
    @Test func aFilterThatIsNamedSeesWhatRGBCanHold() throws {
        let format = Pictures.format(
            32, 32, AV_PIX_FMT_YUV444P, colour: ColourTags(range: AVCOL_RANGE_JPEG, matrix: AVCOL_SPC_SMPTE170M))
        let frame = try Pictures.frame(format) { plane, x, _ in
            x % 2 == 0 ? [200, 255, 128][plane] : [0, 128, 128][plane]
        }
        for (filter, blue) in [(Interpolation.area, 127...128), (nil, 200...255)]
            as [(Interpolation?, ClosedRange<UInt8>)]
        {
            var card = ModelCard.Input()
            card.interpolation = filter
            let preprocess = try Preprocess(format, input: try ModelInput(card, ImageInputs.square(8), model: "m.onnx"))
            var tensor = [UInt8](repeating: 7, count: 8 * 8 * 3)
            try tensor.withUnsafeMutableBytes { try preprocess.fill($0, from: frame) }
            #expect(blue.contains(tensor[2]), "\(tensor[2])")
        }
    }

    @Test(arguments: Interpolation.allCases) func onePixelFillsTheInput(interpolation: Interpolation) throws {
        var card = ModelCard.Input()
        card.interpolation = interpolation
        let graph = ImageInputs.square(9)
        let input = try ModelInput(card, graph, model: "m.onnx")
        let format = Pictures.format(1, 1, AV_PIX_FMT_YUV420P, colour: ColourTags(range: AVCOL_RANGE_JPEG))
        let frame = try Pictures.frame(format) { plane, _, _ in plane == 0 ? 90 : 128 }
        var tensor = [UInt8](repeating: 7, count: 9 * 9 * 3)
        let preprocess = try Preprocess(format, input: input)
        try tensor.withUnsafeMutableBytes { try preprocess.fill($0, from: frame) }
        #expect(tensor.allSatisfy { $0 == 90 })
    }

    @Test(arguments: Interpolation.allCases, [(1, 1), (3, 2), (1000, 7), (7, 1000), (64, 64)])
    func weightsAddUpToOneAndStayInside(interpolation: Interpolation, sizes: (old: Int, new: Int)) {
        for isEnlarging in [sizes.new > sizes.old, true] {
            let all = interpolation.taps(
                from: sizes.old, to: sizes.new, outputs: 0..<sizes.new, isEnlarging: isEnlarging)
            #expect(all.count == sizes.new)
            #expect(all.allSatisfy { abs($0.weights.reduce(0, +) - 1) < 1e-12 })
            #expect(all.allSatisfy { $0.first >= 0 && $0.first + $0.weights.count <= sizes.old })
            for (step, place) in [(2, 0.0), (2, 0.5), (2, 1), (4, 1.5)] {
                let count = (sizes.old + step - 1) / step
                let chroma = all.map { $0.ofChroma(step: step, place: place, count: count) }
                #expect(chroma.allSatisfy { abs($0.weights.reduce(0, +) - 1) < 1e-12 })
                #expect(chroma.allSatisfy { $0.first >= 0 && $0.first + $0.weights.count <= count })
            }
        }
    }

    @Test func aPictureOfAnotherSizeIsRefused() throws {
        let input = try ModelInput(ModelCard.Input(), ImageInputs.square(8), model: "m.onnx")
        let preprocess = try Preprocess(Pictures.format(32, 32), input: input)
        let smaller = Pictures.format(16, 16)
        let frame = try Pictures.rectangle(smaller, (1, 2, 3), x: 0..<16, y: 0..<16)
        var tensor = [UInt8](repeating: 7, count: 8 * 8 * 3)
        #expect(throws: FFmpegError.self) { try tensor.withUnsafeMutableBytes { try preprocess.fill($0, from: frame) } }
    }
}

/// Inputs of models that there need not be.
enum ImageInputs {
    static func square(_ side: Int) -> ImageInput {
        ImageInput(
            name: "x", elementType: .float32, layout: .channelsFirst, height: side, width: side, channels: 3, batch: 1)
    }
}
