import Pipeline
import Testing

@testable import Infer

struct MetadataCardTests {
    private func merged(_ metadata: [String: String], size: [Int]? = nil) throws -> (card: ModelCard, notes: [String]) {
        let found = try MetadataCard(metadata, model: "m.onnx", size: size)
        return (MergedCard(found.sources).card, found.notes)
    }

    @Test func aModelMayCarryItsCard() throws {
        let card = try merged(["camstream.card": "input: {color: BGR}\nlabels: [a, b]"]).card
        #expect(card.input.color == .bgr && card.labels == .list(["a", "b"]))
    }

    @Test func ofAModelThatWasFittedTheNegativeClassIsKnownThoughItsCardDoesNotSaySo() throws {
        let fitted = ["camstream.fit": "{}", "camstream.card": "labels: [cat, None]"]
        #expect(try merged(fitted).card.negative == ["None"])
        // What the card says counts, a class of another model is meant as it is, and one that all are is none.
        let said = ["camstream.fit": "{}", "camstream.card": "labels: [cat, none]\nnegative: []"]
        #expect(try merged(said).card.negative == [])
        #expect(try merged(["camstream.card": "labels: [cat, none]"]).card.negative == nil)
        #expect(
            try merged(["camstream.fit": "{}", "camstream.card": "labels: [other, none]"]).card.negative == nil)
    }

    @Test(.timeLimit(.minutes(30))) func aCardThatStandsForMoreThanItHoldsIsRefused() {
        let lists = (1...28).map { "l\($0): &l\($0) [*l\($0 - 1), *l\($0 - 1)]\n" }.joined()
        for end in ["? *l28\n: x\n", "labels: *l28\n"] {
            let error = #expect(throws: InferError.self) {
                try merged(["camstream.card": "l0: &l0 [a, b]\n\(lists)\(end)"])
            }
            #expect("\(error!)".contains("not taken as settings: line "))
        }
    }

    @Test func whatIsLeftOutIsToldInAShortLine() throws {
        let endless = String(repeating: "x", count: 100_000)
        for key in [
            "interpolation", "Image.ColorSpaceGamma", "Image.BitmapPixelFormat", "task", "crop_pct", "mean", "names",
        ] {
            let notes = try merged([key: endless]).notes
            #expect(notes.allSatisfy { $0.utf8.count < 300 }, "\(key)")
        }
    }

    @Test func theFormatsOwnKeysAreUnderstoodInAnyCase() throws {
        for metadata in [
            ["Image.BitmapPixelFormat": "Bgr8", "Image.NominalPixelRange": "NominalRange_0_255"],
            ["image.bitmappixelformat": "bgr8", "image.nominalpixelrange": "nominalrange_0_255"],
        ] {
            let card = try merged(metadata).card
            #expect(card.input.color == .bgr && card.input.range == [0, 255])
            #expect(card.input.mean == [0] && card.input.std == [1])
        }
    }

    @Test func aCardInTheMetadataWinsKeyByKey() throws {
        let card = try merged([
            "camstream.card": "input: {range: [0, 1]}", "Image.BitmapPixelFormat": "Bgr8",
            "Image.NominalPixelRange": "NominalRange_0_255",
        ]).card
        #expect(card.input.range == [0, 1] && card.input.color == .bgr && card.input.mean == [0])
    }

    @Test func otherMetadataAreNoCard() throws {
        let found = try MetadataCard(
            ["author": "somebody", "labels": "one,two", "mean": "0.5", "names": "a net"], model: "m.onnx")
        #expect(found.sources.isEmpty && found.notes.isEmpty)
    }

    @Test func ultralyticsClassifiersTakePicturesFrom0To1AndNothingElse() throws {
        let card = try merged([
            "author": "Ultralytics", "task": "classify", "imgsz": "[224, 320]", "names": "{0: 'cat', 1: 'dog'}",
        ]).card
        #expect(card.input.color == .rgb && card.input.range == [0, 1] && card.input.size == [224, 320])
        #expect(card.input.mean == [0] && card.input.std == [1] && card.labels == .list(["cat", "dog"]))
    }

    @Test func anUltralyticsModelForAnotherTaskIsToldToBeNoClassifier() throws {
        let posed = try merged(["author": "Ultralytics", "task": "pose"])
        #expect(posed.notes == ["metadata task: 'pose', so this is no classifier"])
        // Of these the boxes are read.
        #expect(posed.card.task == .detect)
        let found = try merged(["author": "Ultralytics", "task": "detect"])
        #expect(found.card.task == .detect && found.notes.isEmpty)
    }

    @Test func timmsWordsAreRead() throws {
        let card = try merged([
            "label_names": "['n1', 'n2']", "label_descriptions": "{'n1': 'cat', 'n2': 'dog'}",
            "mean": "(0.5, 0.4, 0.3)",
            "std": "[0.1, 0.2, 0.3]", "input_size": "(3, 224, 224)", "crop_pct": "0.875", "interpolation": "bicubic",
        ]).card
        #expect(card.labels == .list(["cat", "dog"]) && card.input.size == [224, 224])
        #expect(card.input.mean == [0.5, 0.4, 0.3] && card.input.std == [0.1, 0.2, 0.3])
        #expect(card.input.resize == .crop && card.input.cropFrom == 256 && card.input.interpolation == .bicubic)
    }

    @Test func meanAndStdOfAnExporterAreTurnedWithThePicturesColours() throws {
        let card = try merged([
            "Image.BitmapPixelFormat": "Bgr8", "mean": "[0.5, 0.4, 0.3]", "std": "[0.1, 0.2, 0.3]",
        ]).card
        #expect(card.input.mean == [0.3, 0.4, 0.5] && card.input.std == [0.3, 0.2, 0.1])
    }

    @Test(arguments: [
        ("names", "{0: 'a'", "metadata names is left out: a comma or '}' is missing at byte 7"),
        (
            "label_names", "{1: 'a'}",
            "metadata label_names is left out: it is neither a list of names nor names by their numbers from 0 on"
        ),
        ("crop_pct", "1e-300", "metadata crop_pct 1e-300 is left out: it is no share of 0.05 to 1"),
        ("interpolation", "mitchell", "metadata interpolation 'mitchell' is left out: there is none of that name here"),
        (
            "imgsz", "[0, 1e15]",
            "metadata what is said of the input is left out: input.size cannot be '[0, 1000000000000000]'; allowed: [height, width], each 1 to 4096"
        ),
        ("Image.BitmapPixelFormat", "Yuv", "metadata Image.BitmapPixelFormat is left out: 'Yuv' is none of its words"),
    ])
    func whatCannotBeReadIsLeftOutAndTold(key: String, text: String, note: String) throws {
        let found = try MetadataCard([key: text], model: "m.onnx", size: [224, 224])
        #expect(found.notes == [note])
        #expect(found.sources.isEmpty)
    }

    @Test func aMistakeNamesTheModel() {
        let error = #expect(throws: InferError.self) {
            try MetadataCard(["camstream.card": "inputs: 3"], model: "m.onnx")
        }
        #expect(
            error?.description == """
                model card m.onnx (metadata camstream.card): unknown setting 'inputs'; did you mean 'input'? \
                Allowed here: name, task, model, input, labels, negative, layer, output, activation, anomaly, decoder, box-format, about
                """)
    }
}
