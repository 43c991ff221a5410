import Glibc
import Pipeline
import TestSupport
import Testing

@testable import Encode

@Suite struct TemporaryFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func theFinalNameIsGivenInOneStep() throws {
        var file = try TemporaryFile(for: folder.file("a"), replacing: false)
        try write([1, 2], to: file)
        #expect(try folder.contents().count == 1)
        #expect(try folder.contents() != ["a"])
        try file.flushToDisk()
        try file.putInPlace()
        #expect(try folder.contents() == ["a"])
        #expect(try folder.bytes(of: "a") == [1, 2])
    }

    @Test func whereTheProcessEndsAtOnceItIsRemovedUnlessItIsWhole() throws {
        let unfinished = Unfinished()
        func file(_ name: String, replacing: Bool) throws -> TemporaryFile {
            try TemporaryFile(for: folder.file(name), replacing: replacing, unfinished: unfinished)
        }
        var new = try file("new", replacing: false)
        var replacing = try file("replacing", replacing: true)
        var kept = try file("kept", replacing: false)
        let half = try file("half", replacing: false)
        try new.putInPlace()
        try replacing.putInPlace()
        let name = kept.keep()
        do { _ = try file("given up", replacing: false) }
        #expect(try folder.contents().count == 4)
        #expect(unfinished.removeAll { try? folder.contents().count } == 3)
        #expect(access(name, F_OK) == 0 && access(half.path, F_OK) != 0)
    }

    @Test func theFileHasTheUsersPermissions() throws {
        var file = try TemporaryFile(for: folder.file("a"), replacing: false)
        try file.putInPlace()
        try folder.write([], to: "b")
        var (made, usual) = (stat(), stat())
        stat(folder.file("a"), &made)
        stat(folder.file("b"), &usual)
        #expect(made.st_mode == usual.st_mode)
    }

    @Test func aFileThatCameIntoBeingIsLeftAlone() throws {
        var file = try TemporaryFile(for: folder.file("a"), replacing: false)
        try write([1], to: file)
        try folder.write([9], to: "a")
        let path = file.path
        var failure: EncodeError?
        do throws(EncodeError) { try file.putInPlace() } catch { failure = error }
        #expect(failure == .cameIntoBeing(path: folder.file("a"), keptAs: path))
        file.remove()
        #expect(try folder.bytes(of: "a") == [9])
        // The work of hours, perhaps.
        #expect(try folder.contents().count == 2)
    }

    @Test func forceReplacesWhatCameIntoBeing() throws {
        var file = try TemporaryFile(for: folder.file("a"), replacing: true)
        try write([1], to: file)
        try folder.write([9], to: "a")
        try file.putInPlace()
        #expect(try folder.contents() == ["a"])
        #expect(try folder.bytes(of: "a") == [1])
    }

    @Test func aLinkStaysAndItsFileIsReplaced() throws {
        mkdir(folder.file("sub"), 0o700)
        try folder.write([9], to: "sub/real")
        chmod(folder.file("sub/real"), 0o640)
        symlink("sub/real", folder.file("first"))
        symlink(folder.file("first"), folder.file("a"))
        #expect(throws: EncodeError.exists(path: folder.file("a"))) {
            _ = try TemporaryFile(for: folder.file("a"), replacing: false)
        }
        var file = try TemporaryFile(for: folder.file("a"), replacing: true)
        try write([1], to: file)
        try file.putInPlace()
        #expect(try folder.bytes(of: "sub/real") == [1])
        var status = stat()
        #expect(lstat(folder.file("a"), &status) == 0 && status.isLink)
        #expect(lstat(folder.file("sub/real"), &status) == 0 && status.st_mode & 0o7777 == 0o640)
    }

    @Test func linksToNothingAreRefused() throws {
        symlink("nowhere", folder.file("a"))
        symlink("b", folder.file("b"))
        for name in ["a", "b"] {
            #expect(throws: EncodeError.self) { _ = try TemporaryFile(for: folder.file(name), replacing: true) }
        }
        #expect(try folder.contents() == ["a", "b"])
    }

    @Test func aLinkThatCameMeanwhileIsNotReplaced() throws {
        var file = try TemporaryFile(for: folder.file("a"), replacing: true)
        symlink("/dev/null", folder.file("a"))
        var failure: EncodeError?
        do throws(EncodeError) { try file.putInPlace() } catch { failure = error }
        guard case .cannotWrite(folder.file("a"), _) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        var status = stat()
        #expect(lstat(folder.file("a"), &status) == 0 && status.isLink)
    }

    @Test func twoFilesForOneTargetDoNotMeet() throws {
        let first = try TemporaryFile(for: folder.file("a"), replacing: false)
        let second = try TemporaryFile(for: folder.file("a"), replacing: false)
        #expect(first.path != second.path)
        #expect(try folder.contents().count == 2)
    }

    @Test func aNameOfGreatestLengthIsPossible() throws {
        let name = String(repeating: "é", count: 125) + ".mp4"
        var file = try TemporaryFile(for: folder.file(name), replacing: false)
        try file.putInPlace()
        #expect(try folder.contents() == [name])
    }

    @Test func aFolderThatIsGoneAtTheEndIsAnError() throws {
        mkdir(folder.file("sub"), 0o700)
        var file = try TemporaryFile(for: folder.file("sub/a"), replacing: false)
        rename(folder.file("sub"), folder.file("other"))
        var failure: EncodeError?
        do throws(EncodeError) { try file.putInPlace() } catch { failure = error }
        #expect(failure == .cannotWrite(path: folder.file("sub/a"), reason: "No such file or directory"))
    }

    @Test(arguments: [
        ("a.mp4", ".", "a.mp4", "mp4"), ("/a", "/", "a", ""), ("x/y.z/b.JPG", "x/y.z", "b.JPG", "jpg"),
        ("x/.mp4", "x", ".mp4", ""), ("x/", "x", "", ""), ("a.b.", ".", "a.b.", ""),
    ])
    func pathsAreTakenApart(path: String, folder: String, name: String, ending: String) {
        #expect(path.folder == folder)
        #expect(path.fileName == name)
        #expect(path.fileExtension == ending)
    }

    private func write(_ bytes: [UInt8], to file: borrowing TemporaryFile) throws {
        try bytes.withUnsafeBytes { try file.write($0) }
    }
}
