import Foundation
import Glibc
import TestSupport
import Testing

@testable import Fit

struct DataFolderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func put(_ names: [String]) throws {
        for name in names {
            try Photos.make(folder, (name as NSString).deletingLastPathComponent)
            try folder.write("x".utf8, to: name)
        }
    }

    private func failure() throws -> FitError {
        try #require(throws: FitError.self) { try DataList(path: folder.path) }
    }

    @Test func eachFolderIsAClass() throws {
        try put(["dog/b.jpg", "dog/a.jpg", "cat/x.png"])
        let list = try DataList(path: folder.path)
        #expect(list.classes == ["cat", "dog"])
        #expect(list.entries.map(\.name) == ["cat/x.png", "dog/a.jpg", "dog/b.jpg"])
        #expect(list.entries.map(\.label) == [0, 1, 1])
        #expect(list.entries[0].path == folder.file("cat/x.png"))
        #expect(list.skipped.isEmpty)
    }

    @Test func foldersBelowAClassBelongToIt() throws {
        try put(["cat/indoors/night/a.jpg", "cat/b.jpg", "dog/c.jpg"])
        #expect(
            try DataList(path: folder.path).entries.map(\.name) == [
                "cat/b.jpg", "cat/indoors/night/a.jpg", "dog/c.jpg",
            ])
    }

    @Test(arguments: ["none", "Other", "BACKGROUND"])
    func theNegativeClassIsLast(_ name: String) throws {
        try put(["\(name)/a.jpg", "zebra/b.jpg", "cup/c.jpg"])
        let list = try DataList(path: folder.path)
        #expect(list.classes == ["cup", "zebra", name])
        #expect(list.entries.map(\.label) == [0, 1, 2])
    }

    @Test func whatIsHiddenOrClutterIsNotMet() throws {
        try put(["cat/.DS_Store", "cat/Thumbs.db", "cat/a.jpg", "dog/b.jpg", ".git/c.jpg", "__MACOSX/d.jpg"])
        let list = try DataList(path: folder.path)
        #expect(list.classes == ["cat", "dog"])
        #expect(list.entries.count == 2 && list.skipped.isEmpty)
    }

    @Test func whatLiesInNoClassIsTold() throws {
        try put(["cat/a.jpg", "dog/b.jpg", "lost.jpg"])
        #expect(symlink("nowhere", folder.file("cat/broken.jpg")) == 0)
        let list = try DataList(path: folder.path)
        #expect(list.skipped.map(\.name) == ["lost.jpg", "cat/broken.jpg"])
        #expect(list.skipped[0].reason.contains("no class's folder"))
    }

    @Test func linksAreFollowedButNotInCircles() throws {
        try put(["cat/a.jpg", "elsewhere/b.jpg"])
        #expect(symlink("../elsewhere", folder.file("cat/more")) == 0)
        #expect(symlink("..", folder.file("cat/up")) == 0)
        let list = try DataList(path: folder.path)
        let names = Set(list.entries.filter { $0.label == 0 }.map(\.name))
        #expect(names.isSuperset(of: ["cat/a.jpg", "cat/more/b.jpg"]))
        #expect(names.count < 20)
    }

    @Test func wrongFoldersAreToldWithWhatToDo() throws {
        #expect(throws: FitError.noClasses(path: folder.path, pictures: 0)) { try DataList(path: folder.path) }
        try put(["a.jpg"])
        #expect(try failure() == .noClasses(path: folder.path, pictures: 1))
        #expect(try failure().description.contains("named like the class"))
        try put(["cat/a.jpg"])
        #expect(try failure() == .oneClass(path: folder.path, name: "cat"))
        try Photos.make(folder, "dog")
        #expect(try failure() == .emptyClass(name: "dog", path: folder.file("dog")))
        let missing = #expect(throws: FitError.self) { try DataList(path: folder.file("nothing")) }
        #expect(missing?.description.contains("No such file") == true)
        let binary = try folder.write([0xff, 0xd8, 0xff, 0, 1], to: "photo.jpg")
        let noList = #expect(throws: FitError.self) { try DataList(path: binary) }
        #expect(noList?.description.contains("neither a folder of class folders nor a table") == true)
    }

    @Test func theChecksumTellsListsApartWhereverTheyLie() throws {
        try put(["one/cat/a.jpg", "one/dog/b.jpg", "two/cat/a.jpg", "two/dog/b.jpg"])
        let (one, two) = (try DataList(path: folder.file("one")), try DataList(path: folder.file("two")))
        #expect(one.checksum == two.checksum)
        try folder.write("xyz".utf8, to: "two/dog/b.jpg")
        #expect(one.checksum != two.checksum)
    }

    @Test func aListTakesTheClassesOfAnother() throws {
        try put(["test/dog/a.jpg", "test/none/b.jpg"])
        let list = try DataList(path: folder.file("test"))
        let known = try list.withClasses(["cat", "dog", "none"], path: "test")
        #expect(known.classes == ["cat", "dog", "none"] && known.entries.map(\.label) == [1, 2])
        let error = #expect(throws: FitError.self) { try list.withClasses(["cat", "none"], path: "test") }
        #expect(error == .unknownClass(name: "dog", path: "test", known: ["cat", "none"]))
    }
}
