import Foundation
import Glibc
import TestSupport
import Testing

@testable import Encode

@Suite struct RetentionTests {
    private let folder: TemporaryFolder
    private let now = 1_795_262_400

    init() throws { folder = try TemporaryFolder() }

    /// A file of 1000 bytes that was written to so many hours ago, by camstream or somebody else.
    private func make(
        _ name: String, hoursOld: Int, bytes: Int = 1000, isListed: Bool = true, isTimeSure: Bool = true
    ) throws {
        let path = folder.file(name)
        try FileManager.default.createDirectory(atPath: path.folder, withIntermediateDirectories: true)
        try folder.write([UInt8](repeating: 0, count: bytes), to: name)
        let time = timespec(tv_sec: now - hoursOld * 3600, tv_nsec: 0)
        #expect(utimensat(AT_FDCWD, path, [time, time], 0) == 0)
        guard isListed else { return }
        try RecordingList(of: RecordingNames(folder.file("%H.mp4"))).add(
            RecordingList.Entry(
                relativePath: name, bytes: bytes, modified: now - hoursOld * 3600, isTimeSure: isTimeSure))
    }

    private func retention(
        _ pattern: String, keep: String? = nil, maxBytes: Int? = nil, clock: TrustedClock
    ) throws -> Retention {
        Retention(
            names: try RecordingNames(folder.file(pattern)), keep: keep.flatMap { TimeSpan($0) },
            maxBytes: maxBytes.map { DataSize(bytes: $0) }, clock: clock,
            report: RecordingReport { [events] in events.append($0) })
    }

    /// - Returns: what is deleted by a clock that is believed.
    private func apply(_ pattern: String, keep: String? = nil, maxBytes: Int? = nil) throws -> [String] {
        let clock = ScriptedClock(wall: now - 7200)
        let retention = try retention(pattern, keep: keep, maxBytes: maxBytes, clock: clock.trusted)
        _ = clock.trusted.judge(newest: nil, tolerance: 0)
        clock.pass(7200)
        let before = events.all.count
        retention()
        return Self.removed(events.all.dropFirst(before)).map { String($0.dropFirst(folder.path.utf8.count + 1)) }
    }

    private static func removed(_ events: some Sequence<RecordingEvent>) -> [String] {
        events.compactMap { if case .removed(let file, _) = $0 { file } else { nil } }
    }

    private var notes: [RetentionNote] {
        events.all.compactMap { if case .retention(let note) = $0 { note } else { nil } }
    }

    private let events = RecordingBench.Events()

    private func isThere(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder.file(name)) }

    @Test func whatIsTooOldGoesAndItsEmptyFolder() throws {
        try make("2026-11-18/10-00-00.mp4", hoursOld: 74)
        try make("2026-11-19/10-00-00.mp4", hoursOld: 49)
        try make("2026-11-19/10-00-00-2.mp4", hoursOld: 47)
        try make("2026-11-21/10-00-00.mp4", hoursOld: 2)
        #expect(
            try apply("%Y-%m-%d/%H-%M-%S.mp4", keep: "2d") == ["2026-11-18/10-00-00.mp4", "2026-11-19/10-00-00.mp4"])
        #expect(try folder.recordings() == ["2026-11-19", "2026-11-21"])
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
        for hour in 11...13 { try make("cam-\(hour).mp4", hoursOld: 999, isListed: false) }
        try make("cam-01.mp4", hoursOld: 1000)
        mkdir(folder.file("cam-02.mp4"), 0o700)
        symlink(folder.file("notes.txt"), folder.file("cam-03.mp4"))
        #expect(try apply("cam-%H.mp4", keep: "1h", maxBytes: 1) == ["cam-01.mp4"])
        for name in others + ["cam-02.mp4", "cam-03.mp4", "cam-11.mp4", "cam-12.mp4", "cam-13.mp4"] {
            #expect(isThere(name), "\(name)")
        }
    }

    @Test func aFilmOfTheUsersIsNoNumberedRecording() throws {
        try make("cam.mp4", hoursOld: 100)
        try make("cam-2.mp4", hoursOld: 90)
        try make("cam-2024.mp4", hoursOld: 10_000, isListed: false)
        #expect(try apply("cam.mp4", keep: "1h", maxBytes: 1) == ["cam.mp4", "cam-2.mp4"])
        #expect(isThere("cam-2024.mp4"))
        #expect(
            notes == [
                .unlisted(count: 1, first: folder.file("cam-2024.mp4"), list: folder.file(".camstream-recordings"))
            ])
    }

    @Test func aFileThatWasChangedOrReplacedIsNoRecordingAnyMore() throws {
        for hour in 1...3 { try make("cam-0\(hour).mp4", hoursOld: 100) }
        try folder.write([UInt8](repeating: 1, count: 1000), to: "cam-01.mp4")  // another time
        try make("cam-02.mp4", hoursOld: 100, bytes: 999, isListed: false)  // another size
        #expect(try apply("cam-%H.mp4", keep: "1h") == ["cam-03.mp4"])
        #expect(try folder.recordings() == ["cam-01.mp4", "cam-02.mp4"])
        #expect(notes.count == 1)
        #expect(try apply("cam-%H.mp4", keep: "1h") == [])
    }

    /// Days moved to an archive, with a link left behind.
    @Test func linksAreNotFollowed() throws {
        try make("2026-11-17/10-00-00.mp4", hoursOld: 100)
        try make("2026-11-18/10-00-00.mp4", hoursOld: 90)
        try make("2026-11-18/11-00-00.mp4", hoursOld: 89)
        let archive = try TemporaryFolder()
        #expect(rename(folder.file("2026-11-17"), archive.file("day")) == 0)
        #expect(symlink(archive.file("day"), folder.file("2026-11-17")) == 0)
        #expect(rename(folder.file("2026-11-18/11-00-00.mp4"), archive.file("film.mp4")) == 0)
        #expect(symlink(archive.file("film.mp4"), folder.file("2026-11-18/11-00-00.mp4")) == 0)
        #expect(
            try apply("%Y-%m-%d/%H-%M-%S.mp4", keep: "1d", maxBytes: 1) == ["2026-11-18/10-00-00.mp4"])
        #expect(try archive.contents() == ["day", "film.mp4"])
        #expect(FileManager.default.fileExists(atPath: archive.file("day/10-00-00.mp4")))
        #expect(
            notes == [
                .link(path: folder.file("2026-11-17")), .link(path: folder.file("2026-11-18/11-00-00.mp4")),
            ])
    }

    @Test func theBaseItselfMayBeALink() throws {
        try make("here/cam-01.mp4", hoursOld: 100, isListed: false)
        try RecordingList(of: RecordingNames(folder.file("here/%H.mp4"))).add(
            RecordingList.Entry(
                relativePath: "cam-01.mp4", bytes: 1000, modified: now - 360_000, isTimeSure: true))
        #expect(symlink(folder.file("here"), folder.file("there")) == 0)
        #expect(try apply("there/cam-%H.mp4", maxBytes: 1) == ["there/cam-01.mp4"])
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
        #expect(try folder.recordings() == [".cam-03.mp4.1-0.rec"])
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
        #expect(try folder.recordings() == ["cam-03.mp4"])
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
        #expect(try folder.recordings() == [])
        let removed = bench.events.all.compactMap { if case .removed(let file, _) = $0 { file.fileName } else { nil } }
        #expect(removed == (0..<4).map { "\(RecordingBench.noon + Int64($0)).mp4" })
    }

    // MARK: - The clock

    @Test(arguments: [true, false]) func aClockThatIsYearsAheadDeletesNothing(isSynchronised: Bool) throws {
        try make("cam-01.mp4", hoursOld: 30)
        try make("cam-02.mp4", hoursOld: 1)
        let clock = ScriptedClock(wall: now + 10 * 365 * 86_400, isSynchronised: isSynchronised)
        let started = try retention("cam-%H.mp4", keep: "1d", clock: clock.trusted)
        started()
        // What the newest recording justifies by itself.
        #expect(Self.removed(events.all) == [folder.file("cam-01.mp4")])
        clock.pass(1800)
        started()
        #expect(isThere("cam-02.mp4"))
        guard case .doubt(.far(let by, isSynchronised))? = notes.first else {
            Issue.record("\(notes)")
            return
        }
        #expect(by > 9 * 365 * 86_400 && notes.count == 1)
    }

    @Test func aClockThatJumpsInTheRunDeletesNothing() throws {
        try make("cam-01.mp4", hoursOld: 1)
        let clock = ScriptedClock(wall: now)
        let retention = try retention("cam-%H.mp4", keep: "1d", clock: clock.trusted)
        retention()
        clock.set(aheadBy: 10 * 365 * 86_400)
        retention()
        clock.pass(60)
        retention()
        clock.set(aheadBy: -10 * 365 * 86_400)
        retention()
        #expect(Self.removed(events.all) == [])
        #expect(notes.count == 2 && notes.last == .clockBelieved)
        clock.pass(2 * 86_400)
        retention()
        #expect(Self.removed(events.all) == [folder.file("cam-01.mp4")])
    }

    @Test func filesOfAClockThatWasNotSetYetAreAsYoungAsTheirNeighbours() throws {
        try make("cam-01.mp4", hoursOld: 20)
        // Written just now, when the clock said 1970.
        try make("cam-02.mp4", hoursOld: now / 3600, isTimeSure: false)
        try make("cam-03.mp4", hoursOld: now / 3600)
        // And when it was ahead.
        try make("cam-04.mp4", hoursOld: -1000, isTimeSure: false)
        #expect(try apply("cam-%H.mp4", keep: "1d") == [])
        #expect(try apply("cam-%H.mp4", keep: "10h") == ["cam-02.mp4", "cam-03.mp4", "cam-01.mp4"])
        #expect(try folder.recordings() == ["cam-04.mp4"])
    }

    @Test func aFileThatIsListedWhileTheClockIsInDoubtSaysSo() throws {
        try make("cam-01.mp4", hoursOld: 1)
        let clock = ScriptedClock(wall: now + 1_000_000_000)
        let retention = try retention("cam-%H.mp4", keep: "1d", clock: clock.trusted)
        retention.note(folder.file("cam-02.mp4"), bytes: 5, modified: now + 1_000_000_000)
        clock.set(aheadBy: -1_000_000_000)
        retention.note(folder.file("cam-03.mp4"), bytes: 5, modified: now)
        let entries = try RecordingList(of: RecordingNames(folder.file("cam-%H.mp4"))).entries()
        #expect(entries.map(\.relativePath) == ["cam-01.mp4", "cam-02.mp4", "cam-03.mp4"])
        #expect(entries.map(\.isTimeSure) == [true, false, true])
    }
}
