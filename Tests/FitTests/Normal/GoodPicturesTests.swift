import Foundation
import TestSupport
import Testing

@testable import Fit

/// Which pictures are good parts.
struct GoodPicturesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func aFoldersFilesAreExamplesInTheOrderOfTheirNames() throws {
        let path = try Parts.good(folder, count: 3)
        try folder.write([1], to: "good/.hidden")
        try Photos.make(folder, "good/deeper")
        let list = try DataList(ofGoodParts: [path])
        #expect(list.entries.map(\.name) == ["0.ppm", "1.ppm", "2.ppm"])
        #expect(list.skipped == [SkippedFile(name: "deeper", reason: "it is a folder in a folder")])
    }

    @Test func filesAndFoldersAddUp() throws {
        let path = try Parts.good(folder, count: 2)
        try folder.write(Parts.picture(9), to: "one.ppm")
        let list = try DataList(ofGoodParts: [path, folder.file("one.ppm")])
        #expect(list.entries.map(\.name) == ["\(path)/0.ppm", "\(path)/1.ppm", folder.file("one.ppm")])
    }

    /// A copy would be held out while the other is learnt.
    @Test func copiesCountOnceWhateverTheyAreCalled() throws {
        let path = try Parts.good(folder, count: 2)
        try folder.write(Parts.picture(9), to: "one.ppm")
        try folder.write(Parts.picture(9), to: "two.ppm")
        let list = try DataList(ofGoodParts: [path, path + "/", folder.file("one.ppm"), folder.file("two.ppm")])
        #expect(list.entries.map(\.name) == ["\(path)/0.ppm", "\(path)/1.ppm", folder.file("one.ppm")])
        #expect(list.skipped.count == 3 && list.skipped.allSatisfy { $0.reason.hasPrefix("it is a copy of ") })
    }

    @Test func whatHasNoGoodPartsIsRefused() throws {
        try Photos.make(folder, "empty")
        #expect(throws: FitError.noGood(path: folder.file("empty"))) {
            try DataList(ofGoodParts: [folder.file("empty")])
        }
        _ = try Parts.good(folder, count: 1, name: "classes/cup")
        _ = try Parts.good(folder, count: 1, name: "classes/pen")
        let error = #expect(throws: FitError.foldersOfGood(path: folder.file("classes"), folders: 2)) {
            try DataList(ofGoodParts: [folder.file("classes")])
        }
        #expect(error?.description.contains("camstream fit \(folder.file("classes"))") == true)
        #expect(throws: FitError.noGoodThere(path: folder.file("none"), reason: "No such file or directory")) {
            try DataList(ofGoodParts: [folder.file("none")])
        }
        let few = try Parts.good(folder, count: 1, name: "few")
        let one = #expect(throws: FitError.tooFewGood(count: 1, skipped: 0, example: nil)) {
            try NormalFitting([few], NormalOptions())
        }
        #expect(one?.description == "there is 1 image of good parts, and at least 5 are needed")
    }

    @Test func aTestNeedsGoodOnesAndDefects() throws {
        _ = try Parts.good(folder, count: 1, name: "a/scratch")
        #expect(throws: FitError.noGoodTest(path: folder.file("a"), found: ["scratch"])) {
            try NormalTest.list(folder.file("a"))
        }
        _ = try Parts.good(folder, count: 1, name: "b/good")
        #expect(throws: FitError.noDefects(path: folder.file("b"))) { try NormalTest.list(folder.file("b")) }
    }

    @Test func theMaskOfAPictureIsFound() throws {
        let path = try Parts.test(folder)
        let list = try NormalTest.list(path)
        let spot = try #require(list.entries.first { $0.name == "spot/2.ppm" })
        #expect(DefectMask(of: spot)?.entry.path == folder.file("ground_truth/spot/2_mask.png"))
        let good = try #require(list.entries.first { $0.name == "good/0.ppm" })
        #expect(DefectMask(of: good) == nil)
    }

    @Test(arguments: [
        (NormalOptions.with { $0.coreset = 3 }, "--coreset"),
        (NormalOptions.with { $0.mostFrames = 0 }, "--max-frames"),
        (NormalOptions.with { $0.layers = ["a", "b", "c", "d", "e"] }, "--layers"),
    ])
    func optionsHaveBounds(_ options: NormalOptions, _ name: String) {
        let error = #expect(throws: FitError.self) { try options.check() }
        #expect(error?.description.hasPrefix("\(name) cannot be") == true && error?.isUsage == true)
    }
}

extension NormalOptions {
    fileprivate static func with(_ change: (inout NormalOptions) -> Void) -> NormalOptions {
        var options = NormalOptions()
        change(&options)
        return options
    }
}
