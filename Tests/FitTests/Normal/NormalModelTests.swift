import Capture
import Engine
import Foundation
import Infer
import ONNX
import Pipeline
import TestSupport
import Testing

@testable import Fit

/// A model of good parts: what is in its file, and what it says.
struct NormalModelTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func fit(
        _ good: String, test: String? = nil, coreset: Int = 64, model: String = Parts.backbone, layers: [String] = []
    ) throws -> NormalFitted {
        var options = NormalOptions()
        (options.coreset, options.test) = (coreset, test)
        let backbone = try PatchBackbone(model: model, card: nil, layers: layers)
        return try NormalFitting([good], options)(backbone) { _ in }
    }

    /// What a file says of a picture of its own size.
    private func outputs(
        of bytes: [UInt8], _ picture: [UInt8], side: Int
    ) throws -> (map: [Float], score: Float, label: [UInt8], mask: [UInt8]) {
        let input = PictureInput(
            name: "input", height: side, width: side, channels: 3, isChannelsFirst: true, mean: [0, 0, 0],
            scale: [255, 255, 255])
        let compiled = try ModelCompiler(file: "line.onnx").with(EngineOptions(hint: .throughput), isKept: false)
            .compile(bytes, input: input, isExact: true)
        let request = try InferRequest(compiled)
        let tensor = try request.inputTensor()
        try tensor.bytes().copyBytes(from: picture)
        try request.start()
        try request.wait()
        let map = try request.outputTensor("anomaly_map")
        let score = try request.outputTensor("pred_score")
        let label = try request.outputTensor("pred_label")
        let mask = try request.outputTensor("pred_mask")
        return (
            Array(try map.floats()), try score.floats()[0], Array(try label.bytes()), Array(try mask.bytes())
        )
    }

    @Test func aFileHasTheInputAndTheOutputsOfAnomalib() throws {
        let fitted = try fit(Parts.good(folder, count: 6))
        let path = try folder.write(fitted.model(name: "line", program: "test"), to: "line.onnx")
        let model = try Model(contentsOf: path)
        #expect(model.graph.inputs.map(\.name) == ["input"])
        #expect(model.graph.inputs[0].shape == [.size(1), .size(3), .size(160), .size(160)])
        #expect(model.graph.outputs.map(\.name) == ["anomaly_map", "pred_score", "pred_label", "pred_mask"])
        let map: [ValueInfo.Dimension] = [.size(1), .size(1), .size(40), .size(40)]
        let shapes: [[ValueInfo.Dimension]?] = [map, [.size(1)], [.size(1)], map]
        #expect(model.graph.outputs.map(\.shape) == shapes)
        let types: [ElementType?] = [.float32, .float32, .bool, .bool]
        #expect(model.graph.outputs.map(\.elementType) == types)
        let card = try #require(model.metadata["camstream.card"])
        #expect(card.hasPrefix("task: map\nname: \"line\"\n") && !card.contains("labels"))
        #expect(card.contains("range: [0.0, 1.0]") && card.contains("mean: [0.0, 0.0, 0.0]"))
        #expect(model.metadata["task"] == "map")
        let origin = try #require(model.metadata["camstream.fit"])
        #expect(origin.contains("\"rows\" : 64") && origin.contains("extremeValues"))
    }

    @Test func aDefectIsFoundWhereItIs() throws {
        let fitted = try fit(Parts.good(folder, count: 8), coreset: 200)
        let bytes = try fitted.model(name: "line", program: "test")
        // The picture of a defect in the model's size, each pixel of the part enlarged.
        func enlarged(_ part: [UInt8]) -> [UInt8] {
            let pixels = Array(part.suffix(64 * 64 * 3))
            var enlarged: [UInt8] = []
            for y in 0..<160 {
                for x in 0..<160 {
                    let start = ((y * 64 / 160) * 64 + x * 64 / 160) * 3
                    enlarged += pixels[start..<start + 3]
                }
            }
            return enlarged
        }
        let good = try outputs(of: bytes, enlarged(Parts.picture(50)), side: 160)
        let bad = try outputs(of: bytes, enlarged(Parts.picture(51, spot: (48, 16))), side: 160)
        for found in [good, bad] {
            #expect(found.map.count == 1600 && found.map.allSatisfy { (0...1).contains($0) })
            #expect(found.map.max() == found.score)
            #expect(found.label == [found.score > 0.5 ? 1 : 0])
            #expect(found.mask == found.map.map { $0 > 0.5 ? 1 : 0 })
        }
        #expect(bad.score > 0.6 && good.score < bad.score)
        // The middle of what is hottest, which may be clipped; 48 and 16 of 64 pixels are 30 and 10 of 40 places.
        let hottest = bad.map.indices.filter { bad.map[$0] == bad.score }
        let (x, y) = (hottest.reduce(0) { $0 + $1 % 40 }, hottest.reduce(0) { $0 + $1 / 40 })
        #expect(abs(x / hottest.count - 30) <= 4 && abs(y / hottest.count - 10) <= 4)
    }

    @Test func theGraphsDistancesAreThoseOfTheFeatures() throws {
        let fitted = try fit(Parts.good(folder, count: 6))
        let (backbone, memory) = (fitted.backbone, fitted.memory)
        #expect((backbone.height, backbone.width, backbone.channels) == (20, 20, 128 + 256))
        #expect(memory.width == NormalOptions.widest && memory.projection?.count == 384 * 256)
        try folder.write(Parts.picture(77, spot: (30, 30)), to: "bad.ppm")
        let entry = DataList.Entry(path: folder.file("bad.ppm"), name: "bad.ppm", label: 0)
        let list = DataList(classes: ["good"], entries: [entry])
        let map = try #require(try fitted.run(list) { _, _ in }.first)
        // By hand, from the features of the same picture.
        let compiled = try backbone.compile()
        let runner = try PictureRunner(
            compiled, backbone.input, output: backbone.features, model: backbone.path,
            FrameSampler(most: 1, interrupt: Interrupt()))
        var distances: [Float] = []
        let refusal = try runner(entry) { _, seen in
            for place in 0..<400 {
                distances.append(distance(of: Array(seen.output[place * 384..<(place + 1) * 384]), memory))
            }
        }
        #expect(refusal == nil && distances.count == 400)
        let matrix = Enlargement.smoothed(from: 20, to: 160, sigma: 4 * 160 / 224, share: 4)
        let largest = distances.max()!
        for (y, x) in [(0, 0), (13, 7), (20, 20), (39, 39)] {
            var value: Float = 0
            for row in 0..<20 {
                for column in 0..<20 {
                    value += matrix[y * 20 + row] * matrix[x * 20 + column] * distances[row * 20 + column]
                }
            }
            #expect(abs(map.distances[y * 40 + x] - value) < 1e-3 * largest)
        }
    }

    /// To the nearest row, without the graph's shortcut.
    private func distance(of features: [Float], _ memory: PatchMemory) -> Float {
        let projection = memory.projection ?? []
        var narrow = [Float](repeating: 0, count: memory.width)
        for (channel, value) in features.enumerated() {
            let centred = value - memory.mean[channel]
            for column in narrow.indices { narrow[column] += centred * projection[channel * memory.width + column] }
        }
        var nearest = Float.infinity
        for row in 0..<memory.count {
            var sum: Float = 0
            for column in narrow.indices {
                let difference = narrow[column] - memory.rows[row * memory.width + column]
                sum += difference * difference
            }
            nearest = min(nearest, sum)
        }
        return nearest.squareRoot()
    }

    @Test func theSamePicturesGiveTheSameBytes() throws {
        let good = try Parts.good(folder, count: 6)
        let one = try fit(good).model(name: "line", program: "test")
        #expect(try one == fit(good).model(name: "line", program: "test"))
    }

    @Test(arguments: ["gap_gemm", "nhwc_reducemean", "fp16", "quantised", "reducemean18_matmul_add", "external"])
    func othersServe(_ name: String) throws {
        let good = try Parts.good(folder, count: 5)
        let fitted = try fit(good, coreset: 16, model: Fixtures.model(name), layers: ["-1"])
        let bytes = try fitted.model(name: "line", program: "test")
        let side = fitted.backbone.input.width
        let found = try outputs(of: bytes, [UInt8](repeating: 90, count: side * side * 3), side: side)
        #expect(found.map.max() == found.score)
        // The features are the layer's own, whatever the classifier takes.
        #expect(fitted.backbone.channels == 4 && fitted.backbone.input.name == "input")
    }

    @Test func aModelWithoutMiddleLayersIsRefused() throws {
        let error = #expect(throws: InferError.self) {
            try PatchBackbone(model: Fixtures.model("gap_gemm"), card: nil, layers: [])
        }
        let text = "no layers lie at an eighth and a sixteenth of its input (16x16), but at 8x8"
        #expect(error?.description.contains(text) == true)
    }

    @Test func eachPictureIsHeldOutOnceAndLearntInTheEnd() throws {
        let fitted = try fit(Parts.good(folder, count: 7), coreset: 16)
        #expect(fitted.held.scores.map(\.example).sorted() == Array(0..<7) && fitted.learntCount == 7)
        #expect(fitted.held.maps.keys.sorted() == Array(0..<7))
        // What was not learnt lies farther away than what was.
        let learnt = try fitted.run(fitted.fitting.list) { _, _ in }
        let sums = (fitted.held.scores.reduce(0) { $0 + $1.score }, learnt.reduce(0) { $0 + $1.score })
        #expect(sums.0 > sums.1)
    }

    @Test func framesOfAClipThatFollowEachOtherAreNotParted() throws {
        try FFmpegTool.run([
            "-f", "lavfi", "-i", "testsrc=s=64x48:r=4:d=10", "-pix_fmt", "yuv420p", folder.file("clip.mp4"),
        ])
        let backbone = try PatchBackbone(model: Parts.backbone, card: nil, layers: [])
        let list = try DataList(ofGoodParts: [folder.file("clip.mp4")])
        let sample = try PatchSample(
            list, backbone, NormalOptions(), isCancelled: { false }, progress: { _, _ in })
        #expect(sample.examples.count == 20)
        #expect(sample.fifths() == (0..<20).map { $0 / 4 })
    }
}
