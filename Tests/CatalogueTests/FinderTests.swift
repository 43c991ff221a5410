import Foundation
import Infer
import TestSupport
import Testing

@testable import Catalogue

/// Which file a name stands for.
struct FinderTests {
    private let bench: Bench
    private let finder: ModelFinder
    private let share: String

    init() throws {
        bench = try Bench()
        share = bench.folder.file("share/camstream")
        try FileManager.default.createDirectory(atPath: "\(share)/models", withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: bench.folder.file("catalogue"), toPath: "\(share)/models/catalogue")
        finder = ModelFinder(
            store: bench.store, shipped: ShippedData(executable: bench.folder.file("bin/camstream")))
    }

    private func put(_ name: String, in models: String) throws -> String {
        try FileManager.default.createDirectory(atPath: "\(models)/\(name)", withIntermediateDirectories: true)
        let path = "\(models)/\(name)/\(name).onnx"
        try FileManager.default.copyItem(atPath: Fixtures.model("gap_gemm"), toPath: path)
        return path
    }

    private func failure(_ named: String) throws -> CatalogueError {
        try #require(throws: CatalogueError.self) { try finder.path(of: named) }
    }

    @Test func aFileGoesFirstThenTheStoreThenTheShippedModels() throws {
        let shipped = try put("one", in: "\(share)/models")
        #expect(try finder.path(of: "one") == shipped)
        let stored = try put("one", in: bench.store.folder)
        #expect(try finder.path(of: "one") == stored)
        let file = try bench.folder.write([], to: "one")
        #expect(try finder.path(of: file) == file)
    }

    @Test func pathsArePassedOnEvenIfNothingIsThere() throws {
        for path in ["missing.onnx", "folder/one", "./one", "card.YAML"] { #expect(try finder.path(of: path) == path) }
    }

    @Test func aModelOfTheCatalogueThatIsNotThereSaysHowToGetIt() throws {
        let error = try failure("tiny")
        #expect(error.description.contains("camstream models fetch tiny") && error.category == .badInput)
    }

    @Test func anUnknownNameSaysWhatItMayHaveMeant() throws {
        _ = try put("mine", in: bench.store.folder)
        #expect(try failure("mien").description.contains("did you mean 'mine'?"))
        #expect(try failure("tyni").description.contains("did you mean 'tiny'?"))
        #expect(!(try failure("octarine").description.contains("did you mean")))
        #expect(try failure("octarine").category == .badInput)
    }

    @Test func aPartOfADownloadIsNoModel() throws {
        try bench.leavePart(bench.bytes.prefix(10))
        guard case .notFetched = try failure("tiny") else {
            Issue.record("found")
            return
        }
    }

    @Test func withoutAnyDefaultModelTheErrorSaysWhereItWasLookedFor() {
        for pictures in DefaultModel.Pictures.allCases {
            let error = #expect(throws: CatalogueError.self) { try finder.defaultModel(for: pictures) }
            #expect(error?.description.contains("\(share)/models/imagenet") == true)
            #expect(error?.description.contains("\(share)/models/demo") == true)
        }
    }

    @Test func imagenetIsForEverythingAndDemoForTheDrawnScene() throws {
        let imagenet = try put("imagenet", in: "\(share)/models")
        #expect(
            try finder.defaultModel(for: .drawnScene)
                == DefaultModel(name: "imagenet", path: imagenet, missing: "demo"))
        let demo = try put("demo", in: "\(share)/models")
        #expect(try finder.defaultModel(for: .any) == DefaultModel(name: "imagenet", path: imagenet, missing: nil))
        #expect(try finder.defaultModel(for: .drawnScene) == DefaultModel(name: "demo", path: demo, missing: nil))
        #expect(try finder.path(of: "imagenet") == imagenet)
    }

    @Test func withoutImagenetDemoTakesItsPlace() throws {
        let demo = try put("demo", in: "\(share)/models")
        #expect(try finder.defaultModel(for: .any) == DefaultModel(name: "demo", path: demo, missing: "imagenet"))
        #expect(try finder.defaultModel(for: .drawnScene).missing == nil)
        #expect(try finder.list(bench.catalogue).first?.usedFor == .any)
        let error = try failure("imagenet")
        #expect(error.description.contains("scripts/setup.sh") && error.category == .badInput)
    }

    @Test func aUsersOwnModelIsNeverTheDefaultOne() throws {
        _ = try put("imagenet", in: bench.store.folder)
        #expect(throws: CatalogueError.self) { try finder.defaultModel(for: .any) }
    }

    @Test func dataAreInTheShareFolderOrInTheCheckout() throws {
        let build = bench.folder.file(".build/triple/debug")
        try FileManager.default.createDirectory(atPath: build, withIntermediateDirectories: true)
        #expect(!ShippedData(executable: "\(build)/camstream").folders.contains(bench.folder.path))
        try bench.folder.write([], to: "Package.swift")
        let folders = ShippedData(executable: "\(build)/camstream").folders
        #expect(
            folders == [
                bench.folder.file(".build/triple/share/camstream"), bench.folder.path, bench.folder.file(".deps"),
            ])
        let installed = ShippedData(executable: bench.folder.file("bin/camstream"))
        #expect(installed.folders.first == share)
    }

    @Test func theListTellsWhatIsHere() throws {
        for name in ["demo", "another", "imagenet"] { _ = try put(name, in: "\(share)/models") }
        _ = try put("mine", in: bench.store.folder)
        var list = try finder.list(bench.catalogue)
        #expect(list.map(\.name) == ["imagenet", "demo", "another", "tiny", "mine"])
        #expect(list.map(\.place) == [.shipped, .shipped, .shipped, .absent, .added])
        #expect(list.map(\.usedFor) == [.any, .drawnScene, nil, nil, nil])
        #expect(finder.installed.map(\.name) == ["imagenet", "demo", "another", "mine"])
        #expect(list[3].bytes == 100_000 && list[3].about.licence == "MIT" && list[3].about.top1 == 50)
        #expect(list[4].head == "GAP + dense" && list[4].bytes == fileSize(Fixtures.model("gap_gemm")))
        _ = try put("tiny", in: bench.store.folder)
        list = try finder.list(bench.catalogue)
        #expect(list[3].place == .fetched && list.count == 5)
    }

    @Test func likelyNamesComeFirst() {
        let names = ["resnet18", "resnet34", "resnet50", "vgg16", "mobilenetv2", "mobilenetv2-int8"]
        #expect(nearNames(to: "resnet-18", among: names).first == "resnet18")
        #expect(nearNames(to: "MobileNetV2", among: names) == ["mobilenetv2", "mobilenetv2-int8"])
        #expect(nearNames(to: "vgg", among: names) == ["vgg16"])
        #expect(nearNames(to: "", among: names).isEmpty && nearNames(to: "yolo", among: names).isEmpty)
    }
}

/// The catalogue that comes with the program.
struct CatalogueFileTests {
    private let catalogue: Catalogue

    init() throws { catalogue = try Catalogue(folder: checkout.appending(path: "models/catalogue").path) }

    @Test func everyEntryHasACardThatFitsAndLabelsThatAreThere() throws {
        #expect(catalogue.entries.count == 14)
        #expect(Set(catalogue.entries.map(\.name)).count == 14 && Set(catalogue.entries.map(\.sha256)).count == 14)
        for entry in catalogue.entries {
            let card = try catalogue.card(of: entry)
            let labels = try #require(card.labelsPath(cardPath: catalogue.cardPath(of: entry)))
            let names = try String(contentsOfFile: labels, encoding: .utf8).split(separator: "\n")
            #expect(names.count == 1000, "\(entry.name)")
            #expect(card.model == entry.file && card.input.size == [224, 224], "\(entry.name)")
            #expect(card.about.licence != nil && card.about.top1 != nil && card.about.dataset != nil, "\(entry.name)")
            #expect(entry.address.hasSuffix("/\(entry.file)"), "\(entry.name)")
        }
    }

    @Test(arguments: [
        ("  - name: tiny", "  - name: ../x", "cannot be '../x'"), ("bytes: 100000", "bytes: 0", "cannot be '0'"),
        ("sha256: ", "sha256: Z", "sha256 cannot be 'Z"), ("https:", "http:", "allowed: an https address"),
        ("head:", "tail:", "unknown setting"), ("    file: tiny-7.onnx\n", "", "file is missing"),
    ])
    func aMistakeInTheCatalogueIsTold(right: String, wrong: String, message: String) throws {
        let bench = try Bench()
        let text = String(decoding: try bench.folder.bytes(of: "catalogue/catalogue.yaml"), as: UTF8.self)
        try bench.folder.write(text.replacingOccurrences(of: right, with: wrong).utf8, to: "catalogue/catalogue.yaml")
        let error = #expect(throws: CatalogueError.self) { try Catalogue(folder: bench.folder.file("catalogue")) }
        #expect(error?.description.contains(message) == true, "\(String(describing: error))")
        #expect(error?.description.contains("catalogue/catalogue.yaml") == true)
    }
}
