import Foundation
import Glibc
import TestSupport
import Testing

@testable import Encode

@Suite struct RetentionTests {
    private let folder: TemporaryFolder
    private let now = 1_795_262_400

    init() throws { folder = try TemporaryFolder() }

    /// A file of 1000 bytes that was written to so many hours ago.
    private func make(_ name: String, hoursOld: Int, bytes: Int = 1000) throws {
        let path = folder.file(name)
        try FileManager.default.createDirectory(atPath: path.folder, withIntermediateDirectories: true)
        try folder.write([UInt8](repeating: 0, count: bytes), to: name)
        let time = timespec(tv_sec: now - hoursOld * 3600, tv_nsec: 0)
        #expect(utimensat(AT_FDCWD, path, [time, time], 0) == 0)
    }

    private func apply(_ pattern: String, keep: String? = nil, maxBytes: Int? = nil) throws -> [String] {
        let retention = Retention(
            names: try RecordingNames(folder.file(pattern)), keep: keep.flatMap { TimeSpan($0) },
            maxBytes: maxBytes.map { DataSize(bytes: $0) })
        return retention(now: now).map { String($0.path.dropFirst(folder.path.utf8.count + 1)) }
    }

    private func isThere(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder.file(name)) }

    @Test func whatIsTooOldGoesAndItsEmptyFolder() throws {
        try make("2026-11-18/10-00-00.mp4", hoursOld: 74)
        try make("2026-11-19/10-00-00.mp4", hoursOld: 49)
        try make("2026-11-19/10-00-00-2.mp4", hoursOld: 47)
        try make("2026-11-21/10-00-00.mp4", hoursOld: 2)
        #expect(
            try apply("%Y-%m-%d/%H-%M-%S.mp4", keep: "2d") == ["2026-11-18/10-00-00.mp4", "2026-11-19/10-00-00.mp4"])
        #expect(try folder.contents() == ["2026-11-19", "2026-11-21"])
        #expect(isThere("2026-11-19/10-00-00-2.mp4"))
    }

    @Test func theOldestGoUntilTheRestIsSmallEnough() throws {
        for hour in 1...6 { try make("cam-0\(hour).mp4", hoursOld: 10 - hour) }
        #expect(try apply("cam-%H.mp4", maxBytes: 4000) == ["cam-01.mp4", "cam-02.mp4"])
        #expect(try apply("cam-%H.mp4", maxBytes: 4000) == [])
        #expect(try apply("cam-%H.mp4", maxBytes: 1) == (3...6).map { "cam-0\($0).mp4" })
    }

    @Test func theAgeCountsAndNotTheName() throws {
        try make("cam-01.mp4", hoursOld: 1)
        try make("cam-23.mp4", hoursOld: 30)
        #expect(try apply("cam-%H.mp4", maxBytes: 1000) == ["cam-23.mp4"])
    }

    @Test func otherFilesAreNeverDeleted() throws {
        let others = [
            "cam-1.mp4", "cam-001.mp4", "cam-01.mkv", "my-cam-01.mp4", "cam-01.mp4.bak", "cam-01-1.mp4", "cam-01-x.mp4",
            "cam-01-02.mp4", "notes.txt", "sub/cam-01.mp4",
        ]
        for name in others { try make(name, hoursOld: 1000) }
        try make("cam-01.mp4", hoursOld: 1000)
        mkdir(folder.file("cam-02.mp4"), 0o700)
        symlink(folder.file("notes.txt"), folder.file("cam-03.mp4"))
        #expect(try apply("cam-%H.mp4", keep: "1h", maxBytes: 1) == ["cam-01.mp4"])
        for name in others + ["cam-02.mp4", "cam-03.mp4"] { #expect(isThere(name), "\(name)") }
    }

    @Test func folderNamesThatDoNotMatchAreNotEntered() throws {
        try make("2026-11-18/10.mp4", hoursOld: 100)
        try make("holiday/10.mp4", hoursOld: 100)
        try make("2026-11-18b/10.mp4", hoursOld: 100)
        #expect(try apply("%F/%H.mp4", keep: "1d") == ["2026-11-18/10.mp4"])
    }

    @Test func whatIsBeingWrittenCountsAndStays() throws {
        try make("cam-01.mp4", hoursOld: 3)
        try make("cam-02.mp4", hoursOld: 2)
        try make(".cam-03.mp4.1-0.rec", hoursOld: 1, bytes: 2500)
        #expect(try apply("cam-%H.mp4", maxBytes: 4000) == ["cam-01.mp4"])
        #expect(try apply("cam-%H.mp4", keep: "1m", maxBytes: 1) == ["cam-02.mp4"])
        #expect(try folder.contents() == [".cam-03.mp4.1-0.rec"])
    }

    @Test func nothingIsDeletedUnlessAskedFor() throws {
        try make("cam-01.mp4", hoursOld: 10_000)
        #expect(try apply("cam-%H.mp4") == [])
    }

    @Test func aRecorderKeepsItsLimitFromTheStart() throws {
        let bench = try RecordingBench(folder: folder)
        for hour in 1...3 { try make("cam-0\(hour).mp4", hoursOld: 10 - hour) }
        var config = bench.config("cam-%H.mp4")
        config.segment = TimeSpan(seconds: 1)
        config.maxBytes = DataSize(bytes: 1500)
        let recorder = try bench.recorder(config)
        recorder.stop()
        recorder.finish()
        #expect(try folder.contents() == ["cam-03.mp4"])
        #expect(bench.events.all.first == .removed(file: folder.file("cam-01.mp4"), bytes: 1000))
    }

    @Test func eachSegmentMakesRoom() throws {
        let bench = try RecordingBench(folder: folder)
        var config = bench.config("%s.mp4")
        config.segment = TimeSpan(seconds: 1)
        config.maxBytes = DataSize(bytes: 1)
        let recorder = try bench.recorder(config)
        try bench.show(0..<100, to: recorder)
        recorder.finish()
        #expect(try folder.contents() == [])
        let removed = bench.events.all.compactMap { if case .removed(let file, _) = $0 { file.fileName } else { nil } }
        #expect(removed == (0..<4).map { "\(RecordingBench.noon + Int64($0)).mp4" })
    }
}
