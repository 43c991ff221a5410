import Foundation
import Infer
import Pipeline
import TestSupport
import Testing

@testable import Catalogue

struct StoreTests {
    private let bench: Bench

    init() throws { bench = try Bench() }

    private func stage(_ text: String) throws -> StagingFolder {
        let folder = try StagingFolder(for: "mine", in: bench.store)
        try StagedFile.write(text, to: folder.file("mine.onnx"))
        return folder
    }

    @Test func theStoreIsWhereTheXDGVariablesSay() {
        #expect(ModelStore(environment: ["XDG_DATA_HOME": "/data"])?.folder == "/data/camstream/models")
        #expect(ModelStore(environment: ["HOME": "/home/me"])?.folder == "/home/me/.local/share/camstream/models")
        // A relative path is to be ignored.
        let relative = ["XDG_DATA_HOME": "data", "HOME": "/home/me"]
        #expect(ModelStore(environment: relative)?.folder == "/home/me/.local/share/camstream/models")
        #expect(ModelStore(environment: [:]) == nil)
    }

    @Test func aModelIsFoundOnlyWhenItIsInPlace() throws {
        let folder = try stage("whole")
        #expect(bench.store.model("mine") == nil && bench.store.names.isEmpty)
        try folder.putInPlace(replacing: false)
        #expect(bench.store.names == ["mine"] && bench.contents() == ["mine"])
        #expect(bench.contents("mine") == ["mine.onnx"])
    }

    @Test func aModelThatIsThereIsReplacedOnlyWhenThatIsWanted() throws {
        try stage("old").putInPlace(replacing: false)
        let second = try stage("new")
        let error = #expect(throws: CatalogueError.self) { try second.putInPlace(replacing: false) }
        #expect(error?.category == .usage)
        #expect(try bench.stored("mine/mine.onnx") == Array("old".utf8))
        try second.putInPlace(replacing: true)
        #expect(try bench.stored("mine/mine.onnx") == Array("new".utf8))
        #expect(bench.contents() == ["mine"] && bench.contents("mine") == ["mine.onnx"])
    }

    @Test func aSecondProcessWaitsUntilTheFirstIsDone() throws {
        var first: StagingFolder? = try stage("first")
        var looks = 0
        let second = try StagingFolder(for: "mine", in: bench.store) { () throws(CatalogueError) in
            looks += 1
            try first?.putInPlace(replacing: false)
            first = nil
        }
        #expect(looks == 1)
        // Its folder is a new one, not the model's.
        #expect(bench.contents() == [".mine.part", "mine"])
        second.discard()
        #expect(bench.contents() == ["mine"])
    }

    @Test func hiddenFilesAndPathsAreNoNames() {
        for name in ["resnet18", "squeezenet1.1", "a", "A+b_c-9"] { #expect(ModelName.isValid(name), "\(name)") }
        for name in ["", ".tiny.part", "..", "a/b", "../tiny", "a b", "ä", String(repeating: "a", count: 101)] {
            #expect(!ModelName.isValid(name), "\(name)")
            #expect(bench.store.model(name) == nil)
        }
    }

    @Test func aRemovedModelIsGone() throws {
        try stage("whole").putInPlace(replacing: false)
        #expect(try bench.store.remove("mine"))
        #expect(bench.contents().isEmpty)
        #expect(try !bench.store.remove("mine"))
    }

    @Test func checksumsAreThoseOfTheStandard() throws {
        // The examples of FIPS 180, and nothing at all.
        let cases = [
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ]
        for (text, sum) in cases {
            #expect(try Checksum.sha256(ofFile: bench.folder.write(text.utf8, to: "text")) == sum)
        }
    }

    @Test func sizesAreShownInUnitsOfAThousand() {
        #expect(
            [999, 1000, 46_820_737, 999_949, 999_950, 1_500_000_000].map(byteText) == [
                "999 bytes", "1.0 kB", "46.8 MB", "999.9 kB", "1.0 MB", "1.5 GB",
            ])
    }
}
