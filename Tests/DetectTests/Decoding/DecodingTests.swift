import Foundation
import Pipeline
import TestSupport
import Testing

@testable import Detect

/// Outputs of detectors and the boxes in them: Tests/Fixtures/generate_detections.py makes them.
struct DetectionsGolden: Decodable, Sendable {
    let width: Int
    let height: Int
    let classes: Int
    let minScore: Float
    let maxBoxes: Int
    let overlap: Double
    let cases: [Case]

    struct Tensor: Decodable, Sendable {
        let name: String
        let shape: [Int]
        let isWhole: Bool
        /// Float, little-endian.
        let values: Data

        var described: DetectorTensor { DetectorTensor(name: name, shape: shape, isWhole: isWhole) }
    }

    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let name: String
        let decoder: String
        let tensors: [Tensor]
        let scoreTensor: String?
        let boxFormat: String?
        let expected: [Expected]

        var testDescription: String { name }
    }

    struct Expected: Decodable, Sendable {
        let classID: Int
        let score: Float
        /// Left, top, right, bottom.
        let corners: [Double]
        let candidate: Int
        let element: Int?
    }

    static let shared = Result {
        try JSONDecoder().decode(
            DetectionsGolden.self, from: Data(contentsOf: checkout.appending(path: "Tests/Fixtures/detections.json")))
    }

    static var cases: [Case] { (try? shared.get().cases) ?? [] }

    var rule: DetectionRule { DetectionRule(minScore: minScore, maxBoxes: maxBoxes, overlap: overlap) }

    func layout(_ one: Case, decoder: BoxDecoder? = nil) throws -> DetectorLayout {
        try DetectorLayout(
            one.tensors.map(\.described), inputWidth: width, inputHeight: height, classes: classes, decoder: decoder,
            boxFormat: one.boxFormat.flatMap(BoxFormat.init))
    }
}

extension DetectorLayout {
    /// - Parameter values: by the outputs' names.
    func detections(_ values: [String: [Float]], _ rule: DetectionRule = DetectionRule()) -> [Detection] {
        let buffers = tensorNames.map { name in
            let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: values[name]!.count)
            _ = buffer.initialize(fromContentsOf: values[name]!)
            return buffer
        }
        defer { for buffer in buffers { buffer.deallocate() } }
        return detections(buffers.map { UnsafeBufferPointer($0) }, rule)
    }
}

struct DecodingTests {
    private func values(_ one: DetectionsGolden.Case) -> [String: [Float]] {
        Dictionary(
            uniqueKeysWithValues: one.tensors.map { tensor in
                (tensor.name, tensor.values.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) })
            })
    }

    @Test func thereAreCasesForEachDecoder() throws {
        let golden = try DetectionsGolden.shared.get()
        #expect(Set(golden.cases.map(\.decoder)) == Set(BoxDecoder.allCases.map(\.rawValue)))
        #expect(golden.cases.allSatisfy { $0.expected.count >= 5 })
    }

    @Test(arguments: DetectionsGolden.cases)
    func boxesAreThoseOfTheReference(_ one: DetectionsGolden.Case) throws {
        let golden = try DetectionsGolden.shared.get()
        let layout = try golden.layout(one)
        #expect(layout.decoder.rawValue == one.decoder && layout.scoreTensor == one.scoreTensor)
        let found = layout.detections(values(one), golden.rule)
        #expect(found.map(\.candidate) == one.expected.map(\.candidate))
        #expect(found.map(\.classID) == one.expected.map(\.classID))
        #expect(found.map(\.element) == one.expected.map(\.element))
        for (box, expected) in zip(found, one.expected) {
            #expect(abs(box.score - expected.score) < 1e-6)
            let corners = [box.box.x, box.box.y, box.box.x + box.box.width, box.box.y + box.box.height]
            #expect(zip(corners, expected.corners).allSatisfy { abs($0 - $1) < 1e-3 })
        }
    }

    /// As exports with normalised boxes write them.
    @Test(
        arguments: DetectionsGolden.cases.filter {
            ["yolov5", "yolov8", "end-to-end"].contains($0.decoder)
        })
    func boxesAsSharesOfTheInputAreThoseInPixels(_ one: DetectionsGolden.Case) throws {
        let golden = try DetectionsGolden.shared.get()
        let layout = try golden.layout(one, decoder: BoxDecoder(rawValue: one.decoder))
        var values = values(one)
        let (name, shape) = (one.tensors[0].name, one.tensors[0].shape)
        let (rows, length) = (shape[shape.count - 2], shape[shape.count - 1])
        for index in values[name]!.indices {
            let place = one.decoder == "yolov8" ? index / length : index % length
            if place < 4 { values[name]![index] /= Float(place % 2 == 0 ? golden.width : golden.height) }
        }
        #expect(rows * length == values[name]!.count)
        let found = layout.detections(values, golden.rule)
        #expect(found.map(\.candidate) == one.expected.map(\.candidate))
        for (box, expected) in zip(found, one.expected) {
            let corners = [box.box.x, box.box.y, box.box.x + box.box.width, box.box.y + box.box.height]
            #expect(zip(corners, expected.corners).allSatisfy { abs($0 - $1) < 1e-2 })
        }
    }

    @Test(arguments: DetectionsGolden.cases)
    func aNamedDecoderReadsTheSame(_ one: DetectionsGolden.Case) throws {
        let golden = try DetectionsGolden.shared.get()
        let decoder: BoxDecoder = try #require(BoxDecoder(rawValue: one.decoder))
        let named = try golden.layout(one, decoder: decoder)
        let seen = try golden.layout(one)
        #expect(named.detections(values(one), golden.rule) == seen.detections(values(one), golden.rule))
    }

    @Test(arguments: DetectionsGolden.cases)
    func theElementHoldsTheScoreOfTheClass(_ one: DetectionsGolden.Case) throws {
        let golden = try DetectionsGolden.shared.get()
        let layout = try golden.layout(one)
        guard let tensor = layout.scoreTensor, let scores = values(one)[tensor] else { return }
        for box in layout.detections(values(one), golden.rule) {
            let score = scores[try #require(box.element)]
            switch layout.decoder {
            // Times the objectness, which is 1 at most.
            case .yolox, .yolov5: #expect(score >= box.score && score <= 1)
            // Before the sigmoid or the softmax.
            case .detr: #expect(scores.contains(score) && score > -2)
            default: #expect(score == box.score)
            }
        }
    }

    @Test func onlyTheClassesThatAreAskedForComeOut() throws {
        let golden = try DetectionsGolden.shared.get()
        for one in golden.cases {
            var rule = golden.rule
            (rule.classes, rule.maxBoxes) = ([1], 1000)
            let found = try golden.layout(one).detections(values(one), rule)
            #expect(!found.isEmpty && found.allSatisfy { $0.classID == 1 })
        }
    }

    @Test func noBoxesAreAskedForOrThere() throws {
        let golden = try DetectionsGolden.shared.get()
        for one in golden.cases {
            var rule = golden.rule
            rule.maxBoxes = 0
            #expect(try golden.layout(one).detections(values(one), rule).isEmpty)
            let nothing = values(one).mapValues { [Float](repeating: 0, count: $0.count) }
            let isLogits = one.decoder == "detr"
            #expect(try golden.layout(one).detections(nothing, golden.rule).isEmpty || isLogits)
            let broken = values(one).mapValues { [Float](repeating: .nan, count: $0.count) }
            #expect(try golden.layout(one).detections(broken, golden.rule).isEmpty)
        }
    }

    /// As an untrained model has them: every cell is as good as every other, and boxes are a handful.
    @Test func twentyFiveThousandCandidatesAtScoreZero() throws {
        let output = DetectorTensor(name: "output", shape: [1, 84, 25_200 / 3])
        let layout = try DetectorLayout([output], inputWidth: 640, inputHeight: 640, classes: 80)
        let zeros = [Float](repeating: 0, count: 84 * 8400)
        #expect(layout.detections(["output": zeros]).isEmpty)
        let rows = try DetectorLayout(
            [DetectorTensor(name: "output", shape: [1, 25_200, 85])], inputWidth: 640, inputHeight: 640, classes: 80)
        var values = [Float](repeating: 0, count: 25_200 * 85)
        #expect(rows.detections(["output": values]).isEmpty)
        for row in 0..<25_200 {
            (values[85 * row], values[85 * row + 2], values[85 * row + 3]) = (Float(row % 640), 20, 20)
        }
        let all = rows.detections(["output": values], DetectionRule(minScore: 0, maxBoxes: 20))
        #expect(all.count == 20 && all.allSatisfy { $0.score == 0 } && all[0].candidate == 0)
    }

    @Test func asManyRowsAsTheGraphFoundAreRead() throws {
        let layout = try DetectorLayout(
            [
                DetectorTensor(name: "3150", shape: [nil, 4]),
                DetectorTensor(name: "3151", shape: [nil], isWhole: true),
                DetectorTensor(name: "3152", shape: [nil]),
            ], inputWidth: 320, inputHeight: 320)
        #expect(layout.decoder == .torchvision && layout.tensorNames == ["3150", "3151", "3152"])
        #expect(layout.detections(["3150": [], "3151": [], "3152": []]).isEmpty)
        let one = layout.detections(["3150": [1, 2, 11, 22], "3151": [18], "3152": [0.5]])
        #expect(one == [Detection(classID: 18, score: 0.5, box: Region(x: 1, y: 2, width: 10, height: 20))])
    }

    /// As TensorFlow's graphs have it: shares, the top first, rows without a score at the end, and how many there are.
    @Test func aGraphWithItsOwnSuppressionMayWriteShares() throws {
        let outputs = [
            DetectorTensor(name: "num_detections", shape: [1]),
            DetectorTensor(name: "detection_boxes", shape: [1, 3, 4]),
            DetectorTensor(name: "detection_scores", shape: [1, 3]),
            DetectorTensor(name: "detection_classes", shape: [1, 3]),
        ]
        let layout = try DetectorLayout(outputs, inputWidth: 320, inputHeight: 160, boxFormat: .yxyx)
        #expect(layout.decoder == .torchvision)
        #expect(layout.tensorNames == ["detection_boxes", "detection_classes", "detection_scores"])
        let values: [String: [Float]] = [
            "detection_boxes": [0.25, 0.5, 0.5, 1, 0, 0, 1, 0.25, 0, 0, 0, 0], "detection_classes": [18, 1, 1],
            "detection_scores": [0.5, 0.75, 0],
        ]
        #expect(
            layout.detections(values) == [
                Detection(classID: 1, score: 0.75, box: Region(x: 0, y: 0, width: 80, height: 160), candidate: 1),
                Detection(classID: 18, score: 0.5, box: Region(x: 160, y: 40, width: 160, height: 40)),
            ])
        // Pixels where nobody named a format, as small as they may be.
        let pixels = try DetectorLayout(outputs, inputWidth: 320, inputHeight: 160)
        #expect(pixels.detections(values).map(\.box.width) == [1, 0.25])
    }

    @Test func boxesWithoutAnAreaAndLabelsThatAreNoneAreLeftOut() throws {
        let layout = try DetectorLayout(
            [DetectorTensor(name: "output0", shape: [1, 5, 6])], inputWidth: 64, inputHeight: 64)
        let rows: [[Float]] = [
            [10, 10, 10, 20, 0.9, 0], [20, 10, 10, 20, 0.9, 0], [0, 0, 9, 9, 0.9, -1], [0, 0, 9, 9, 0.9, .infinity],
            [-5, -5, 900, 9, 0.3, 2],
        ]
        let found = layout.detections(["output0": rows.flatMap { $0 }])
        #expect(found.map(\.candidate) == [4])
        #expect(
            found.first?.box.clipped(width: 64, height: 48) == Region(x: 0, y: 0, width: 64, height: 9))
    }
}
