import Foundation
import Glibc
import TestSupport
import Testing

@testable import Batch

@Suite struct InputListTests {
    private func tree() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for path in ["a/x", "a/y", "b"] {
            try FileManager.default.createDirectory(atPath: folder.file(path), withIntermediateDirectories: true)
        }
        for name in ["a/2.mp4", "a/10.MKV", "a/x/1.mov", "a/y/note.txt", "a/.hidden.mp4", "b/1.webm"] {
            try folder.write(name.utf8, to: name)
        }
        return folder
    }

    private func found(_ inputs: [String], endings: [String] = InputList.videoEndings) throws -> [String] {
        let list = InputList(endings: endings, for: inputs)
        var found: [String] = []
        for input in inputs {
            try list.find(input) { found.append("\($0.parent)|\($0.path.split(separator: "/").last!)") }
        }
        return found
    }

    @Test func aFolderIsSearchedToItsBottomInOrder() throws {
        let folder = try tree()
        #expect(try found([folder.file("a")]) == ["|10.MKV", "|2.mp4", "x|1.mov"])
    }

    @Test func resultsBelowTheInputsAreNoInputs() throws {
        let folder = try tree()
        let list = InputList(without: folder.file("a/x"), for: [folder.file("a")])
        var parents: [String] = []
        let count = try list.find(folder.file("a")) { parents.append($0.parent) }
        #expect(count == 2)
        #expect(parents == ["", ""])
    }

    @Test func earlierResultsAreNoInputs() throws {
        let folder = try tree()
        try folder.write("{}".utf8, to: "b/1.webm.camstream.json")
        #expect(try found([folder.file("b")]) == [])
        #expect(try found([folder.file("b/1.webm")]) == [])
    }

    @Test func whatIsLeftOutIsTold() throws {
        let folder = try tree()
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("b/other"), withDestinationPath: folder.file("a"))
        #expect(mkfifo(folder.file("b/pipe.mp4"), 0o600) == 0)
        var told: [String] = []
        let list = InputList(for: []) { told.append($0) }
        let count = try list.find(folder.file("b")) { _ in }
        #expect(count == 1)
        #expect(told == ["\(folder.file("b"))/other is a link to a folder, and is left out; name it to have it"])
        let pipe = folder.file("b/pipe.mp4")
        #expect(throws: BatchError.noSuchInput(pipe)) { try list.find(pipe) { _ in } }
    }

    @Test func severalFoldersKeepTheirNames() throws {
        let folder = try tree()
        #expect(try found([folder.file("a"), folder.file("b")]) == ["a|10.MKV", "a|2.mp4", "a/x|1.mov", "b|1.webm"])
    }

    @Test func endingsSayWhatCountsInFolders() throws {
        let folder = try tree()
        #expect(try found([folder.file("a")], endings: [".TXT"]) == ["y|note.txt"])
        // What is named by itself counts in any case.
        #expect(try found([folder.file("a/y/note.txt")]) == ["|note.txt"])
    }

    @Test func aPatternFindsFilesAndFolders() throws {
        let folder = try tree()
        #expect(try found([folder.file("*/1.*")]) == ["|1.webm"])
        #expect(try found([folder.file("{b,a/x}")]) == ["b|1.webm", "x|1.mov"])
    }

    @Test func aLinkLeadsToAFileAndNotAroundInCircles() throws {
        let folder = try tree()
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("b/again"), withDestinationPath: folder.file("b"))
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("b/2.mp4"), withDestinationPath: folder.file("a/2.mp4"))
        try FileManager.default.createSymbolicLink(atPath: folder.file("b/3.mp4"), withDestinationPath: "nowhere")
        #expect(try found([folder.file("b")]) == ["|1.webm", "|2.mp4"])
    }

    @Test func anAddressIsTakenAsItIs() throws {
        let list = InputList(for: [])
        var found: [InputList.Found] = []
        try list.find("https://host/a/clip.mp4?token=1") { found.append($0) }
        #expect(found == [InputList.Found(path: "https://host/a/clip.mp4?token=1", parent: "", stamp: nil)])
    }

    @Test func whatIsNotThereIsToldByItsName() throws {
        #expect(throws: BatchError.noSuchInput("/nowhere/*.mp4")) { try found(["/nowhere/*.mp4"]) }
    }

    @Test func aPathIsMadeAbsoluteWithoutDots() {
        #expect(InputList.absolute("/a/./b/../c//d") == "/a/c/d")
        #expect(InputList.absolute("/../a") == "/a")
        #expect(InputList.absolute("x").hasSuffix("/x"))
    }
}

@Suite struct OutputPatternTests {
    private let input = InputList.Found(path: "/clips/north/door 1.tar.mp4", parent: "north", stamp: nil)

    @Test(arguments: [
        ("{parent}/{stem}.mkv", "north/door 1.tar.mkv"), ("{name}.jsonl", "door 1.tar.mp4.jsonl"),
        ("{id}.mp4", "77.mp4"),
        ("all/{parent}-{stem}.html", "all/north-door 1.tar.html"),
    ])
    func aPatternNamesTheResult(_ pattern: String, _ path: String) throws {
        #expect(try OutputPattern(pattern).path(input, id: "77") == path)
    }

    @Test func withoutAParentNoFolderIsLeft() throws {
        var input = input
        input.parent = ""
        #expect(try OutputPattern("{parent}/{stem}.mkv").path(input, id: "7") == "door 1.tar.mkv")
    }

    @Test func dotsLeadNowhere() throws {
        let dots = InputList.Found(path: "/clips/...mp4", parent: "", stamp: nil)
        #expect(try OutputPattern("./{parent}/{stem}/e.mp4").path(dots, id: "7") == "...mp4/e.mp4")
        let secret = InputList.Found(path: "http://u:secret@host/", parent: "", stamp: nil)
        #expect(try OutputPattern("{name}.mp4").path(secret, id: "7") == "input.mp4")
    }

    @Test func anAddressHasANameWithoutItsQuery() throws {
        let input = InputList.Found(path: "https://host/a/clip.mp4?x=/y.mkv", parent: "", stamp: nil)
        #expect(try OutputPattern("{stem}.mkv").path(input, id: "7") == "clip.mkv")
    }

    @Test(arguments: [
        ("", "is empty"), ("/tmp/x.mp4", "begins at the root, and must lie below --out-dir"),
        ("../{stem}.mp4", "leads out of --out-dir"), ("{steam}.mp4", "has {steam}, which is nothing of an input"),
        ("{stem.mp4", "has a { without }"), ("{stem}/", "names a folder"),
        ("{stem}/%05d.png", "has a %, which numbers pictures; a recording becomes one file"),
        ("-", "is standard output, which many recordings cannot share"),
    ])
    func aWrongPatternSaysWhatIsWrong(_ pattern: String, _ problem: String) {
        #expect(throws: BatchError.badPattern(pattern: pattern, problem: problem)) { try OutputPattern(pattern) }
    }
}

@Suite struct PlannerTests {
    private func found(_ path: String, parent: String = "") -> InputList.Found {
        InputList.Found(path: path, parent: parent, stamp: InputStamp(path: path))
    }

    @Test func twoInputsOfOneResultAreRefused() throws {
        let bench = try Bench()
        let planner = try bench.planner()
        _ = try planner.job(for: found(try bench.input("a.mp4")))
        let second = try bench.input("a.avi")
        #expect(throws: BatchError.clash(output: "a.out", input: second)) { try planner.job(for: found(second)) }
    }

    @Test func resultsOfOneInputClashToo() throws {
        let bench = try Bench()
        let planner = try bench.planner(["output": "{stem}.x", "sidecar": "{stem}.x"])
        let input = try bench.input("a.mp4")
        #expect(throws: BatchError.clash(output: "a.x", input: input)) { try planner.job(for: found(input)) }
    }

    @Test func anotherRecordingsResultIsNotReplaced() async throws {
        let bench = try Bench()
        let (one, two) = (try bench.input("x/a.mp4"), try bench.input("y/a.mp4"))
        let job = try #require(try bench.planner().job(for: found(one)))
        _ = await bench.runner()(job, LockWatch())
        let error = BatchError.outputOfAnother(path: "\(bench.head.folder)/a.out", input: two)
        #expect(throws: error) { try bench.planner().job(for: found(two)) }
        #expect(try bench.planner(force: true).job(for: found(two)) != nil)
    }

    @Test func aResultIsNoFolderOfAnother() throws {
        let bench = try Bench()
        let planner = try bench.planner()
        _ = try planner.job(for: found(try bench.input("b.mov")))
        let inner = try bench.input("b.out/c.mov")
        #expect(throws: BatchError.clash(output: "b.out/c.out", input: inner)) {
            try planner.job(for: found(inner, parent: "b.out"))
        }
        let other = try bench.planner()
        _ = try other.job(for: found(inner, parent: "b.out"))
        let outer = bench.folder.file("clips/b.mov")
        #expect(throws: BatchError.clash(output: "b.out", input: outer)) { try other.job(for: found(outer)) }
    }

    @Test func aNameThatFileSystemsDoNotTakeIsTold() throws {
        let bench = try Bench()
        let input = try bench.input(String(repeating: "n", count: 245) + ".mp4")
        #expect(throws: BatchError.self) { try bench.planner().job(for: found(input)) }
        #expect(try bench.planner(["output": "{id}.out"]).job(for: found(input)) != nil)
    }

    @Test func anInputIsNotTheResultOfAnEarlierOne() throws {
        let bench = try Bench()
        try FileManager.default.createDirectory(atPath: bench.head.folder, withIntermediateDirectories: true)
        let planner = try bench.planner(["output": "{parent}/{name}"], force: true)
        _ = try planner.job(for: found(try bench.input("a.mp4")))
        let second = try bench.folder.write("x".utf8, to: "heat/a.mp4")
        #expect(throws: BatchError.outputIsInput(output: second, input: second)) {
            try planner.job(for: found(second, parent: "z"))
        }
    }

    @Test func anInputThatIsNamedTwiceIsOneJob() throws {
        let bench = try Bench()
        let (planner, input) = (try bench.planner(), try bench.input("a.mp4"))
        #expect(try planner.job(for: found(input)) != nil)
        #expect(try planner.job(for: found(input)) == nil)
        #expect(planner.repeated == 1)
    }

    @Test func aResultNeverTakesAnInputsPlace() throws {
        let bench = try Bench()
        try FileManager.default.createDirectory(atPath: bench.head.folder, withIntermediateDirectories: true)
        let input = try bench.folder.write("x".utf8, to: "heat/a.out")
        for force in [false, true] {
            #expect(throws: BatchError.outputIsInput(output: input, input: input)) {
                try bench.planner(force: force).job(for: found(input))
            }
        }
    }

    @Test func aFileThatNoBatchHasMadeStays() throws {
        let bench = try Bench()
        try FileManager.default.createDirectory(atPath: bench.head.folder, withIntermediateDirectories: true)
        let old = try bench.folder.write("mine".utf8, to: "heat/a.out")
        let input = try bench.input("a.mp4")
        #expect(throws: BatchError.outputExists(path: old)) { try bench.planner().job(for: found(input)) }
        #expect(try bench.planner(force: true).job(for: found(input)) != nil)
        // Beside a receipt it is a batch's.
        try bench.folder.write("{}".utf8, to: "heat/a.out.camstream.json")
        #expect(try bench.planner().job(for: found(input)) != nil)
    }
}
