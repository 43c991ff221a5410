import Foundation
import Infer
import Pipeline
import Synchronization
import TestSupport
import Testing

@testable import Fit

/// Classifiers that are made of pictures which were kept as a classifier got them.
struct TaughtModelTests {
    private static let backbone = Result { try Backbone(model: Photos.backbone, card: nil) }
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// One colour with noise, as large as the classifier's input.
    private static func pixels(_ rgb: (Int, Int, Int), seed: Int) -> [UInt8] {
        Array(Photos.picture(rgb, width: 224, height: 224, seed: seed).suffix(224 * 224 * 3))
    }

    /// Six pictures each of red and blue in bursts of three, two of green, none of "none".
    private static func taught(size: Int? = nil) -> TaughtExamples {
        var entries: [TaughtExamples.Entry] = []
        var pictures: [[UInt8]] = []
        for number in 0..<6 {
            for (label, rgb) in [(0, Photos.red), (2, Photos.blue)] {
                let name = "\(label == 0 ? "red" : "blue") \(number + 1)"
                entries.append(TaughtExamples.Entry(label: label, name: name, group: label * 10 + number / 3))
                pictures.append(pixels(rgb, seed: number))
            }
            guard number < 2 else { continue }
            entries.append(TaughtExamples.Entry(label: 1, name: "green \(number + 1)", group: 100))
            pictures.append(pixels(Photos.green, seed: number))
        }
        let kept = pictures
        return TaughtExamples(name: "colours", classes: ["red", "green", "blue", "none"], entries: entries) {
            size.map { Array(repeating: 0, count: $0) } ?? kept[$0]
        }
    }

    private static func made(
        _ taught: TaughtExamples, _ options: FitOptions = FitOptions(),
        isCancelled: @escaping @Sendable () -> Bool = { false },
        progress: @escaping @Sendable (Fitting.Step) -> Void = { _ in }
    ) throws -> MadeModel {
        try MadeModel(
            of: taught, try backbone.get(), options, name: "Colours", file: "colours.onnx", program: "test 1",
            date: "2026-01-01T00:00:00Z", isCancelled: isCancelled, progress: progress)
    }

    @Test(arguments: [
        (ModelCard.Resize.squash, nil), (.letterbox, nil), (.crop, nil), (.crop, 256), (.crop, 257),
    ])
    func aKeptPictureComesBackAsItWas(_ resize: ModelCard.Resize, cropFrom: Int?) throws {
        var input = try Self.backbone.get().input
        (input.resize, input.cropFrom) = (resize, cropFrom)
        for colour in [ModelCard.Colour.rgb, .bgr, .grey] {
            input.colour = colour
            (input.width, input.height) = (96, 64)
            if cropFrom != nil { (input.width, input.height) = (224, 224) }
            var random = SplitMix64(7)
            let count = input.width * input.height * input.channels
            let pixels = (0..<count).map { _ in UInt8(truncatingIfNeeded: Int(random.value(in: 0...255))) }
            let canvas = try TaughtCanvas(input)
            let frame = try canvas.frame(pixels, number: 0)
            var found = [UInt8](repeating: 0, count: pixels.count)
            try found.withUnsafeMutableBytes { try Preprocess(canvas.format, input: input).fill($0, from: frame) }
            #expect(found == pixels, "\(resize) \(colour)")
        }
    }

    @Test func theModelKnowsWhatWasTaught() throws {
        let made = try Self.made(Self.taught())
        let path = try folder.write(made.model, to: "colours.onnx")
        let summary = try ModelSummary(model: path, card: nil)
        #expect(summary.labels == ["blue", "red"] && summary.card.name == "Colours")
        // All pictures of a colour are nearly the same, so none of them could be held out.
        #expect(made.accuracy == nil)
        let page = String(decoding: made.page, as: UTF8.self)
        #expect(page.contains("colours.onnx") && page.contains("what was taught as colours"))
        #expect(page.contains("green") && page.contains("class with 2 examples, 5 are needed"))
        #expect(!String(decoding: made.numbers, as: UTF8.self).contains("\"none\""))
    }

    @Test func theSamePicturesGiveTheSameModel() throws {
        #expect(try Self.made(Self.taught()).model == Self.made(Self.taught()).model)
    }

    @Test func picturesOfOneBurstAreNeverParted() throws {
        let list = try DataList(Self.taught())
        #expect(list.classes == ["blue", "red"] && list.entries.count == 12)
        let backbone = try Self.backbone.get()
        let found = try Extraction(
            list, backbone, backbone.compile(), ExtractionOptions(), taught: Self.taught()
        ) { _, _ in }
        #expect(found.examples.map(\.group) == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])
    }

    @Test func theListsSumTellsPicturesApart() throws {
        let taught = Self.taught()
        let other = TaughtExamples(name: "colours", classes: taught.classes, entries: taught.entries) { number in
            var pixels = try taught.pixels(number)
            if number == 3 { pixels[100] ^= 1 }
            return pixels
        }
        #expect(try DataList(taught).checksum == DataList(Self.taught()).checksum)
        #expect(try DataList(taught).checksum != DataList(other).checksum)
    }

    @Test func twoClassesAreNeeded() throws {
        let entries = (0..<9).map { TaughtExamples.Entry(label: $0 < 5 ? 0 : 1, name: "x", group: $0) }
        let taught = TaughtExamples(name: "one", classes: ["a", "b"], entries: entries) { _ in [] }
        #expect(throws: FitError.taughtTooLittle(set: "one", classes: ["a"])) { try Self.made(taught) }
        let nothing = TaughtExamples(name: "none", classes: ["none"], entries: []) { _ in [] }
        #expect(throws: FitError.taughtTooLittle(set: "none", classes: [])) { try Self.made(nothing) }
    }

    @Test func picturesOfAnotherSizeAreRefused() {
        #expect(throws: FitError.taughtSize(bytes: 75, width: 224, height: 224)) {
            try Self.made(Self.taught(size: 75))
        }
    }

    @Test func itCanBeCancelledAtEachStep() throws {
        let steps = Mutex<Set<String>>([])
        @Sendable func name(_ step: Fitting.Step) -> String { String("\(step)".prefix { $0.isLetter }) }
        _ = try Self.made(Self.taught(), progress: { step in steps.withLock { _ = $0.insert(name(step)) } })
        #expect(steps.withLock { $0 }.isSuperset(of: ["reading", "comparing", "fitting"]))
        for wanted in ["", "reading", "comparing"] {
            let flag = Shared(wanted.isEmpty)
            #expect(throws: HeadError.cancelled) {
                try Self.made(
                    Self.taught(), isCancelled: { flag.value.load(ordering: .relaxed) },
                    progress: { step in
                        if name(step) == wanted { flag.value.store(true, ordering: .relaxed) }
                    })
            }
        }
    }
}

private final class Shared: Sendable {
    let value: Atomic<Bool>
    init(_ start: Bool) { value = Atomic(start) }
}
