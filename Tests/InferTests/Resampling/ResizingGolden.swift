import CFFmpeg
import Foundation
import Pipeline
import TestSupport
import Testing

@testable import Infer
@testable import ONNX

/// A picture in several pixel formats as Pillow and OpenCV scale it: Tests/Fixtures/generate_resizing.py makes them.
struct ResizingGolden: Decodable, Sendable {
    let width: Int
    let height: Int
    let pictures: [String: Picture]
    let cases: [Case]

    struct Picture: Decodable, Sendable {
        let format: String
        let planes: [Data]
        let full: Bool
        let location: String?
        let matrix: String?
    }

    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let picture: String
        let filter: String
        let width: Int
        let height: Int
        let channels: String
        let cropFrom: Int?
        /// `[height, width, channels]`.
        let pixels: Data

        var testDescription: String {
            "\(filter), \(picture) \(channels) to \(width)x\(height)\(cropFrom == nil ? "" : ", cut out")"
        }
    }

    static let shared = Result {
        try JSONDecoder().decode(
            ResizingGolden.self, from: Data(contentsOf: checkout.appending(path: "Tests/Fixtures/resizing.json")))
    }

    func format(_ picture: Picture) -> VideoFormat {
        Pictures.format(
            width, height, av_get_pix_fmt(picture.format),
            colour: ColourTags(
                range: picture.full ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG,
                matrix: picture.matrix == "bt709" ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M,
                chromaLocation: picture.location == "center" ? AVCHROMA_LOC_CENTER : AVCHROMA_LOC_LEFT))
    }

    func frame(_ picture: Picture) throws -> Frame {
        let format = format(picture)
        let frame = Frame(
            adopting: av_frame_alloc(), index: 0, pts: 0, duration: 0, timeBase: format.timeBase)
        let filled = try FramePool(format).frame(timedLike: frame)
        let layout = PixelLayout(format.pixelFormat)!
        for (number, samples) in picture.planes.enumerated() {
            let plane = filled.plane(number, layout)
            let bytes = plane.width * layout.bytesPerSample
            for y in 0..<plane.height {
                for x in 0..<bytes {
                    plane.row(y).storeBytes(of: samples[y * bytes + x], toByteOffset: x, as: UInt8.self)
                }
            }
        }
        return filled
    }

    /// - Parameter isNamed: whether the card says which filter.
    func input(_ wanted: Case, isNamed: Bool = true) throws -> ModelInput {
        var card = ModelCard.Input()
        card.color = ModelCard.Colour(rawValue: wanted.channels)
        card.interpolation = isNamed ? Interpolation(rawValue: wanted.filter) : nil
        card.resize = wanted.cropFrom == nil ? .squash : .crop
        card.cropFrom = wanted.cropFrom
        let graph = ImageInput(
            name: "x", elementType: .float32, layout: .channelsFirst, height: wanted.height, width: wanted.width,
            channels: wanted.channels == "GRAY" ? 1 : 3, batch: 1)
        return try ModelInput(card, graph, model: "m.onnx")
    }
}
