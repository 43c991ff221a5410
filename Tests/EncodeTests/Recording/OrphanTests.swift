import Foundation
import Glibc
import TestSupport
import Testing

@testable import Encode

/// What killed processes left is completed at the next start.
@Suite struct OrphanTests {
    private let bench: RecordingBench
    private var folder: TemporaryFolder { bench.folder }

    init() throws { bench = try RecordingBench() }

    @Test(arguments: ["mp4", "mkv", "ts"])
    func anOrphanIsCompletedAtTheStart(ending: String) throws {
        try bench.leaveOrphan(of: "a.\(ending)", pictures: 60)
        let recorder = try bench.recorder(bench.config("a.\(ending)"))
        recorder.stop()
        recorder.finish()
        #expect(try folder.contents() == ["a.\(ending)"])
        let file = try DecodedFile(folder.file("a.\(ending)"))
        let numbers = RecordingBench.numbers(file)
        #expect(numbers.count >= 50)
        #expect(numbers == Array(0..<numbers.count))
        guard case .repaired(folder.file("a.\(ending)"), let seconds, _) = bench.events.all.first else {
            Issue.record("\(bench.events.all)")
            return
        }
        guard ending != "ts" else { return }
        #expect(abs(seconds - 2) < 0.05)
        #expect(
            abs(
                Double(try FFmpegTool.probe(["-show_entries", "format=duration", folder.file("a.\(ending)")]).trimmed)!
                    - 2) < 0.05)
        #expect(file.metadata["creation_time"]?.hasPrefix("2026-11-21T12:00:00") == true)
    }

    @Test func theNewRecordingDoesNotTakeTheOrphansName() throws {
        try bench.leaveOrphan(of: "a.mp4", pictures: 60)
        let recorder = try bench.recorder(bench.config("a.mp4"))
        try bench.show(0..<10, to: recorder)
        recorder.finish()
        #expect(try DecodedFile(folder.file("a.mp4")).pictures.count >= 50)
        #expect(try DecodedFile(folder.file("a-2.mp4")).pictures.count == 10)
        #expect(try folder.contents() == ["a-2.mp4", "a.mp4"])
    }

    @Test func orphansInDatedFoldersAreFound() throws {
        mkdir(folder.file("2026-11-20"), 0o700)
        try bench.leaveOrphan(of: "2026-11-20/23-59-00.mp4", pictures: 30)
        var config = bench.config("%Y-%m-%d/%H-%M-%S.mp4")
        config.segment = TimeSpan(seconds: 600)
        try bench.recorder(config).finish()
        #expect(try DecodedFile(folder.file("2026-11-20/23-59-00.mp4")).pictures.count == 25)
    }

    @Test func recordersInOneFolderLeaveEachOtherAlone() throws {
        var config = bench.config("%s.mp4")
        config.segment = TimeSpan(seconds: 600)
        let first = try bench.recorder(config)
        try bench.show(0..<60, to: first)
        let running = try bench.hidden()
        let other = try RecordingBench(folder: folder)
        let second = try other.recorder(config)
        try other.show(100..<130, to: second)
        second.finish()
        #expect(try bench.hidden() == running)
        try bench.show(60..<70, to: first)
        first.finish()
        let names = try folder.recordings()
        #expect(names == ["\(RecordingBench.noon).mp4", "\(RecordingBench.noon + 4).mp4"])
        let numbers = try names.map { RecordingBench.numbers(try DecodedFile(folder.file($0))) }
        #expect(numbers == [Array(0..<70), Array(100..<130)])
    }

    @Test func twoRecordersOfOneNameGetTwoFiles() throws {
        var config = bench.config("%s.mp4")
        config.segment = TimeSpan(seconds: 600)
        let (first, second) = (try bench.recorder(config), try bench.recorder(config))
        try bench.show(0..<10, to: first)
        try bench.show(0..<20, to: second)
        first.finish()
        second.finish()
        let counts = try folder.recordings().map { try DecodedFile(folder.file($0)).pictures.count }
        #expect(counts.sorted() == [10, 20])
    }

    @Test func halfMadeCopiesOfTheDeadAreRemoved() throws {
        try folder.write([1, 2, 3], to: "..a.mp4.999999999-0.rec.999999999-1.remux")
        try folder.write([1, 2, 3], to: "..b.mp4.999999999-0.rec.999999999-1.remux")
        try bench.recorder(bench.config("a.mp4")).finish()
        #expect(try folder.contents() == ["..b.mp4.999999999-0.rec.999999999-1.remux"])
    }

    @Test func whatIsNotOursIsLeftAlone() throws {
        try bench.leaveOrphan(of: "b.mp4", pictures: 30)
        let others = [".a.mp4.12-0.part", ".a.mp4.rec", ".a.mp4.x-y.rec", "a.mp4.1-0.rec", ".a.mkv.1-0.rec"]
        for name in others { try folder.write([1], to: name) }
        let before = try folder.contents()
        try bench.recorder(bench.config("a.mp4")).finish()
        #expect(try folder.contents() == before)
        #expect(bench.events.all == [])
    }

    @Test(arguments: ["mp4", "mkv", "ts"]) func anOrphanWithoutAPictureIsRemoved(ending: String) throws {
        try folder.write([], to: ".a.\(ending).999999999-1.rec")
        try bench.leaveOrphan(of: "a.\(ending)", pictures: 3)  // less than a fragment
        try bench.recorder(bench.config("a.\(ending)")).finish()
        #expect(try folder.contents() == [])
        #expect(bench.events.all == [])
    }

    @Test func anOrphanThatIsNoVideoIsKeptAndNamed() throws {
        let path = try folder.write([UInt8](repeating: 7, count: 5000), to: ".a.mp4.999999999-0.rec")
        try bench.recorder(bench.config("a.mp4")).finish()
        #expect(try folder.contents() == [".a.mp4.999999999-0.rec"])
        #expect(try folder.bytes(of: ".a.mp4.999999999-0.rec").count == 5000)
        guard case .notCompleted(path, _) = bench.events.all.first else {
            Issue.record("\(bench.events.all)")
            return
        }
        #expect(bench.events.all.count == 1)
    }

    @Test func whatThereIsNoTimeForIsLeftToTheNextStart() throws {
        let recorder = try bench.recorder(bench.config("a.mp4"))
        try bench.show(0..<60, to: recorder)
        let recording = try bench.hidden()[0]
        // As if another file were being completed at the time.
        let gate = Gate()
        recorder.runBehindScenes { gate.wait() }
        recorder.finish(within: .zero)
        // All pictures are there, under the hidden name.
        #expect(RecordingBench.numbers(try DecodedFile(recording)) == Array(0..<60))
        gate.open()
        recorder.finish()
        #expect(bench.events.all.last == .left(path: recording))
        #expect(try bench.hidden() == [recording])

        // While the object lives, the file is its own.
        withExtendedLifetime(recorder) {}
    }

    @Test(arguments: ["mp4", "ts"]) func permissionsStay(ending: String) throws {
        try bench.leaveOrphan(of: "a.\(ending)", pictures: 60)
        chmod(try bench.hidden()[0], 0o600)
        try bench.recorder(bench.config("a.\(ending)")).finish()
        var status = stat()
        #expect(stat(folder.file("a.\(ending)"), &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    /// What a link leads to is not cut, not copied, and its second name not either.
    @Test func linksAreNotRepaired() throws {
        try bench.leaveOrphan(of: "film.mp4", pictures: 60)
        let film = try bench.hidden()[0]
        let elsewhere = try TemporaryFolder()
        #expect(rename(film, elsewhere.file("film")) == 0)
        // So that it would be cut.
        let torn = try elsewhere.bytes(of: "film") + [0, 0, 0x7f, 0, 0x6d, 0x6f, 0x6f, 0x66, 1, 2]
        try elsewhere.write(torn, to: "film")
        let soft = folder.file(".a.mp4.999999999-0.rec")
        #expect(symlink(elsewhere.file("film"), soft) == 0)
        try bench.recorder(bench.config("a.mp4")).finish()
        #expect(bench.events.all == [.retention(.link(path: soft))])
        unlink(soft)
        let hard = folder.file(".a.mp4.999999999-1.rec")
        #expect(link(elsewhere.file("film"), hard) == 0)
        try bench.recorder(bench.config("a.mp4")).finish()
        #expect(bench.events.all.last == .notCompleted(path: hard, problem: "it has a second name (a hard link)"))
        #expect(try elsewhere.bytes(of: "film") == torn)
        #expect(try folder.contents() == [hard.fileName])
    }

    @Test func whatReplacedTheFileOfALinkIsFoundBesideThatFile() throws {
        let archive = try TemporaryFolder()
        try archive.write("old".utf8, to: "the % real.mp4")
        #expect(symlink(archive.file("the % real.mp4"), folder.file("a.mp4")) == 0)
        var config = bench.config("a.mp4")
        config.force = true
        func record() throws {
            let recorder = try bench.recorder(config)
            try bench.show(0..<60, to: recorder)
        }
        try record()
        #expect(try archive.contents().count == 2 && folder.contents() == ["a.mp4"])
        try bench.recorder(config).finish()
        // The old file was not replaced yet.
        #expect(try archive.contents() == ["the % real-2.mp4", "the % real.mp4"])
        #expect(try archive.bytes(of: "the % real.mp4") == Array("old".utf8))
        #expect(try DecodedFile(archive.file("the % real-2.mp4")).pictures.count >= 50)
    }

    @Test func aRecordingThatIsGivenUpIsAnOrphan() throws {
        func record() throws {
            let recorder = try bench.recorder(bench.config("a.mp4"))
            try bench.show(0..<60, to: recorder)
        }
        try record()
        #expect(try bench.hidden().count == 1)
        // A program that another test is just starting holds the file, and its lock, until it runs.
        try waitUntil {
            try bench.recorder(bench.config("a.mp4")).finish()
            return try bench.hidden().isEmpty
        }
        #expect(try DecodedFile(folder.file("a.mp4")).pictures.count >= 50)
    }
}

/// Holds a thread up until a test lets it go.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    func wait() { semaphore.wait() }
    func open() { semaphore.signal() }
}
