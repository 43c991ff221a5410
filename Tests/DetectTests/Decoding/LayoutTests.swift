import Testing

@testable import Detect

/// Which decoder is seen from an output's shapes, and what is said where none is.
struct LayoutTests {
    private func see(
        _ shapes: [(String, [Int?])], side: Int = 640, classes: Int? = nil, _ decoder: BoxDecoder? = nil,
        _ format: BoxFormat? = nil
    ) throws -> DetectorLayout {
        try DetectorLayout(
            shapes.map { DetectorTensor(name: $0.0, shape: $0.1) }, inputWidth: side, inputHeight: side,
            classes: classes, decoder: decoder, boxFormat: format)
    }

    @Test(
        arguments: [
            ([("output", [1, 3549, 85])], 416, nil, BoxDecoder.yolox, 80),
            ([("output", [1, 8500, 25])], 640, 20, .yolox, 20),
            ([("output", [nil, 8400, 6])], 640, nil, .yolox, 1),
            ([("output0", [1, 25_200, 85])], 640, nil, .yolov5, 80),
            // Their own outputs before the last one, as YOLOv5 exports them, and masks.
            (
                [("output0", [1, 25_200, 117]), ("a", [1, 3, 80, 80, 117]), ("b", [1, 32, 160, 160])], 640, 80, .yolov5,
                80
            ),
            ([("output0", [1, 84, 8400])], 640, nil, .yolov8, 80),
            // With a head for small objects.
            ([("output0", [1, 84, 34_000])], 640, nil, .yolov8, 80),
            ([("output", [1, 102_000, 85])], 640, nil, .yolov5, 80),
            ([("output0", [1, 116, 8400]), ("output1", [1, 32, 160, 160])], 640, 80, .yolov8, 80),
            ([("output0", [1, 84, nil])], 640, 80, .yolov8, 80),
            ([("output0", [1, 300, 6])], 640, nil, .endToEnd, nil),
            ([("output0", [1, nil, 6])], 640, 80, .endToEnd, 80),
            ([("output0", [1, 8400, 6])], 640, 80, .endToEnd, 80),
            ([("logits", [1, 100, 92]), ("pred_boxes", [1, 100, 4])], 640, 91, .detr, 91),
            (
                [("logits", [1, 300, 80]), ("pred_boxes", [1, 300, 4]), ("last_hidden_state", [1, 300, 256])], 640, 80,
                .detr, 80
            ),
            ([("logits", [1, 300, 4]), ("pred_boxes", [1, 300, 4])], 640, 4, .detr, 4),
            ([("scores", [1, 4420, 2]), ("boxes", [1, 4420, 4])], 320, 1, .ssd, 1),
            ([("boxes", [1, 1917, 4]), ("scores", [1, 91, 1917])], 300, 91, .ssd, 91),
            ([("boxes", [nil, 4]), ("labels", [nil]), ("scores", [nil])], 320, 91, .torchvision, 91),
            ([("scores", [nil]), ("boxes", [nil, 4]), ("labels", [nil])], 320, nil, .torchvision, nil),
            ([("labels", [1, 300]), ("boxes", [1, 300, 4]), ("scores", [1, 300])], 640, 80, .torchvision, 80),
        ] as [([(String, [Int?])], Int, Int?, BoxDecoder, Int?)])
    func theDecoderIsSeen(
        _ outputs: [(String, [Int?])], side: Int, classes: Int?, decoder: BoxDecoder, known: Int?
    ) throws {
        let layout = try see(outputs, side: side, classes: classes)
        #expect(layout.decoder == decoder && layout.classes == known)
        let order = ["boxes", "labels", "scores"]
        if decoder == .torchvision { #expect(layout.tensorNames == order) }
    }

    @Test func whereNothingFitsTheMessageTellsWhatWasSeenAndWhatThereIs() {
        #expect {
            _ = try see([("logits", [1, 1000]), ("map", [1, nil, 7, 7])])
        } throws: { error in
            let line = "\(error)"
            return line.hasPrefix("no decoder fits the outputs logits [1, 1000], map [1, ?, 7, 7]; ")
                && BoxDecoder.allCases.allSatisfy { line.contains("\($0.rawValue): ") } && !line.contains("\n")
        }
        #expect(throws: DetectError.noDecoderFits(outputs: [])) { try see([]) }
    }

    @Test func whereSeveralFitOneHasToBeNamed() throws {
        let outputs: [(String, [Int?])] = [("a", [1, 100, 11]), ("b_box", [1, 100, 4])]
        #expect {
            _ = try see(outputs, classes: 10)
        } throws: { error in
            "\(error)".hasPrefix("the outputs a [1, 100, 11], b_box [1, 100, 4] fit several decoders: detr (")
                && "\(error)".contains("ssd (")
        }
        #expect(try see(outputs, classes: 10, .detr).decoder == .detr)
        #expect(try see(outputs, classes: 10, .ssd, .cxcywh).tensorNames == ["b_box", "a"])
        // Two heads that could both be it.
        #expect(throws: DetectError.self) { try see([("a", [1, 84, 8400]), ("b", [1, 84, 8400])], classes: 80) }
    }

    @Test func aNamedDecoderThatDoesNotFitSaysWhatItWants() {
        #expect {
            _ = try see([("output0", [1, 84, 8400])], .torchvision)
        } throws: { error in
            "\(error)".hasPrefix(
                "the decoder torchvision wants boxes [N, 4], labels [N], scores [N], and the outputs are output0 [1, 84, 8400]"
            )
        }
        #expect(throws: DetectError.formatUnused(.yxyx, .yolov8)) {
            try see([("output0", [1, 84, 8400])], .yolov8, .yxyx)
        }
    }

    @Test func aNamedDecoderNeedsNoUsualNumberOfCells() throws {
        #expect(try see([("output0", [1, 84, 2000])], classes: 80, .yolov8).decoder == .yolov8)
        #expect(try see([("output0", [1, 10_647, 85])], side: 416, classes: 80, .yolov5).decoder == .yolov5)
        // Without the grids nobody can tell where its cells are.
        #expect(throws: DetectError.self) { try see([("output", [1, 2000, 85])], side: 416, .yolox) }
    }

    @Test func labelsOfAnotherNumberAreToldFromOutputsThatDoNotFit() {
        let output = DetectorTensor(name: "output", shape: [1, 3549, 85])
        #expect(throws: DetectError.classesDiffer(.yolox, tensor: output, scores: 80, labels: 91)) {
            try see([("output", [1, 3549, 85])], side: 416, classes: 91)
        }
        let scores = DetectorTensor(name: "logits", shape: [1, 100, 92])
        #expect(throws: DetectError.classesUnknown(.detr, tensor: scores, scores: 92)) {
            try see([("logits", [1, 100, 92]), ("pred_boxes", [1, 100, 4])])
        }
    }
}
