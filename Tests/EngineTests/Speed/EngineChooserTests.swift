import Foundation
import TestSupport
import Testing

@testable import Engine

/// When what computes fastest is measured, and where that is kept. Times are made up.
struct EngineChooserTests {
    private let folder: TemporaryFolder
    private let milliseconds = ["f32": 3.6, "bf16": 5.3, "f16": 2.0]
    private let key = ChoiceKey(
        model: "ab12", input: "224x224", device: "CPU", processor: Processor(description: "model name: X\nflags: avx2"),
        cores: 2,
        engine: "1.0", pace: "video", precisions: ["f32", "bf16"])

    init() throws { folder = try TemporaryFolder() }

    private var file: URL { URL(filePath: folder.file("speed.json")) }

    /// - Returns: the choice, its notes, and what was measured.
    private func choose(
        _ precisions: [String], _ hints: [PerformanceHint] = [.throughput], key: ChoiceKey? = nil, store: ChoiceStore?
    ) -> (choice: EngineChoice, notes: [String], measured: [[EngineOptions]]) {
        var measured: [[EngineOptions]] = []
        let found = EngineChooser(
            precisions: precisions, hints: hints, store: store, key: { key ?? self.key },
            measure: { entrants in
                measured.append(entrants)
                return Contest(
                    entrants: entrants.map {
                        let isLatency = $0.hint == .latency
                        return Contest.Entrant(
                            name: isLatency ? "all" : $0.precision,
                            milliseconds: milliseconds[$0.precision]! / (isLatency ? 2 : 1))
                    })
            })()
        return (found.choice, found.notes, measured)
    }

    @Test func thereIsNothingToMeasureOfOneCandidate() {
        let found = choose(["f32"], store: ChoiceStore(file: file))
        #expect(found.measured.isEmpty && found.notes.isEmpty)
        #expect(found.choice == EngineChoice())
        #expect(!FileManager.default.fileExists(atPath: file.path))
    }

    @Test func theChoiceIsRememberedWithItsFigures() {
        let store = ChoiceStore(file: file)
        let first = choose(["f32", "bf16"], store: store)
        #expect(first.choice.options.precision == "f32" && first.measured.count == 1)
        #expect(first.choice.reason == " (f32: 3.6 ms, bf16: 5.3 ms)")
        let second = choose(["f32", "bf16"], store: store)
        #expect(second.measured.isEmpty && second.choice == first.choice)
        #expect(second.notes == ["what computes fastest was measured before"])
    }

    @Test func theCoresAreSharedAsTheFasterPrecisionLikesIt() {
        let found = choose(["f32", "bf16", "f16"], [.throughput, .latency], store: ChoiceStore(file: file))
        #expect(found.choice.options == EngineOptions(precision: "f16", hint: .latency))
        #expect(
            found.measured.last
                == [PerformanceHint.throughput, .latency].map { EngineOptions(precision: "f16", hint: $0) })
        #expect(
            found.choice.hintNote
                == "inferences: all cores for one (beside a busy encoder f16: 2.0 ms, all: 1.0 ms)")
    }

    @Test func anotherDeviceProcessorEngineModelOrPurposeIsMeasuredAnew() {
        let store = ChoiceStore(file: file)
        _ = choose(["f32", "bf16"], store: store)
        var others = [key, key, key, key, key, key]
        others[0].processor = Processor(description: "model name: X\nflags: avx2 amx_bf16")
        others[1].engine = "2.0"
        others[2].model = "cd34"
        others[3].pace = "live"
        others[4].cores = 64
        others[5].device = "GPU, GPU Arc"
        for other in others {
            #expect(choose(["f32", "bf16"], key: other, store: store).measured.count == 1)
        }
        // None has taken another's place.
        #expect(choose(["f32", "bf16"], store: store).measured.isEmpty)
    }

    @Test(arguments: ["", "{", "[{\"key\": 1}]", "null", "\u{0}\u{1}"])
    func aDamagedFileIsWrittenAnew(text: String) throws {
        let store = ChoiceStore(file: file)
        try Data(text.utf8).write(to: file)
        #expect(choose(["f32", "bf16"], store: store).measured.count == 1)
        #expect(choose(["f32", "bf16"], store: store).measured.isEmpty)
    }

    @Test func theFileStaysSmall() throws {
        let store = ChoiceStore(file: file)
        var other = key
        for number in 0...ChoiceStore.capacity {
            other.model = "\(number)"
            #expect(store.keep(EngineChoice(), for: other))
        }
        #expect(store.choice(for: other) != nil)
        other.model = "0"
        #expect(store.choice(for: other) == nil)
        other.model = "1"
        #expect(store.choice(for: other) != nil)
    }

    @Test func withoutAFolderItIsMeasuredEachTimeAndSaid() {
        for store in [nil, ChoiceStore(file: URL(filePath: folder.file("missing/speed.json")))] {
            for _ in 0..<2 {
                let found = choose(["f32", "bf16"], store: store)
                #expect(found.measured.count == 1)
                #expect(
                    found.notes == [
                        "what computes fastest is measured at each start: the cache's folder cannot be written"
                    ])
            }
        }
    }

    @Test func theDeviceIsPartOfTheChoice() throws {
        let gpu = try #require(Device("GPU"))
        var measured: [EngineOptions] = []
        let found = EngineChooser(
            device: gpu, precisions: ["f32", "f16"], hints: [.latency], store: nil, key: { nil },
            measure: { entrants in
                measured = entrants
                return Contest(
                    entrants: entrants.map { .init(name: $0.precision, milliseconds: milliseconds[$0.precision]!) })
            })()
        #expect(measured == ["f32", "f16"].map { EngineOptions(device: gpu, precision: $0, hint: .latency) })
        #expect(found.choice.options == EngineOptions(device: gpu, precision: "f16", hint: .latency))
    }

    @Test func aModelThatCannotBeRunIsLeftToTheCompiler() {
        let found = EngineChooser(
            precisions: ["f32", "bf16"], hints: [.throughput], store: ChoiceStore(file: file), key: { key },
            measure: { _ in nil })()
        #expect(found.choice == EngineChoice() && found.notes.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: file.path))
    }

    @Test func theProcessorIsReadOffTheSystemsDescription() {
        let intel = "processor\t: 0\nmodel name\t: Xeon\nflags\t\t: fpu avx2\n\nprocessor\t: 1\nmodel name\t: Other\n"
        #expect(Processor(description: intel).name == "Xeon")
        #expect(Processor(description: intel).features == "fpu avx2")
        let arm = "processor\t: 0\nFeatures\t: fp asimd bf16\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n"
        #expect(Processor(description: arm).name == "0x41 0xd0c")
        #expect(Processor(description: arm).features == "fp asimd bf16")
    }
}
