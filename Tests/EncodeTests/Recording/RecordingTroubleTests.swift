import Foundation
import Glibc
import TestSupport
import Testing

@testable import Encode

/// Disks that fail: recording pauses, tells why, and goes on by itself.
@Suite struct RecordingTroubleTests {
    private let bench: RecordingBench
    private var folder: TemporaryFolder { bench.folder }

    init() throws { bench = try RecordingBench() }

    @Test func aFolderThatIsGoneIsWaitedFor() throws {
        mkdir(folder.file("disk"), 0o700)
        let recorder = try bench.recorder(bench.config("disk/a.mp4"))
        try bench.show(0..<60, to: recorder)
        try FileManager.default.removeItem(atPath: folder.file("disk"))
        // It is noticed with the next fragment.
        var index = 60
        while try bench.show(index, at: Double(index) / 25, to: recorder) == .written, index < 200 { index += 1 }
        #expect(index <= 86)
        #expect(
            recorder.status.problem
                == "recording pauses: the output folder \(folder.file("disk")) does not exist; create it, or write "
                + "somewhere else")
        #expect(recorder.status.isActive)
        #expect(recorder.status.file == nil)
        // For ten seconds it is not tried again.
        mkdir(folder.file("disk"), 0o700)
        let start = Double(index) / 25
        #expect(try bench.show(index + 1, at: start + 9.9, to: recorder) == .dropped(.disk))
        #expect(try bench.show(index + 2, at: start + 10, to: recorder) == .written)
        #expect(recorder.status.problem == nil)
        #expect(recorder.status.framesDropped == [.disk: 2])
        recorder.finish()
        #expect(try DecodedFile(folder.file("disk/a.mp4")).pictures.count == 1)
        let events = bench.events.all
        #expect(events.contains(.paused(.recordingDeleted(path: folder.file("disk/a.mp4")))))
        #expect(events.contains(.resumed(file: folder.file("disk/a.mp4"))))
        #expect(events.filter { if case .paused = $0 { true } else { false } }.count == 1)
    }

    @Test func datedFoldersThatAreDeletedAreMadeAgain() throws {
        var config = bench.config("%F/%s.mp4")
        config.segment = TimeSpan(seconds: 600)
        let recorder = try bench.recorder(config)
        try bench.show(0..<60, to: recorder)
        for name in try folder.contents() { try FileManager.default.removeItem(atPath: folder.file(name)) }
        try bench.show(60..<150, to: recorder)
        recorder.finish()
        #expect(recorder.status.framesDropped == [:])
        let day = try #require(try folder.contents().first { !$0.hasPrefix(".") })
        let file = try #require(try FileManager.default.contentsOfDirectory(atPath: folder.file(day)).first)
        let numbers = RecordingBench.numbers(try DecodedFile(folder.file("\(day)/\(file)")))
        #expect(numbers.last == 149)
        #expect(numbers.count >= 60)
    }

    @Test func anEncoderThatRefusesIsTold() throws {
        var config = bench.config("a.mp4")
        config.codec = "mpeg4"
        config.preset = nil
        let recorder = try bench.recorder(config)
        // MPEG-4 has 13 bits for a size.
        let wide = try RecordingBench.pictures(width: 9000, height: 16)
        #expect(try bench.show(0, at: 0, to: recorder, wide) == .dropped(.encoder))
        #expect(try bench.show(1, at: 1, to: recorder, wide) == .dropped(.encoder))
        #expect(recorder.status.problem?.hasPrefix("recording pauses: mpeg4 refuses to encode 9000x16 ") == true)
        #expect(recorder.status.framesDropped == [.encoder: 2])
        recorder.finish()
        #expect(try folder.contents() == [])
    }
}

/// A file system in memory, of few kilobytes.
final class RecordingDisk {
    let bench: RecordingBench
    private let folder: TemporaryFolder

    init?(kilobytes: Int) {
        guard let folder = try? TemporaryFolder(),
            mount("tmpfs", folder.path, "tmpfs", 0, "size=\(kilobytes)k") == 0
        else { return nil }
        self.folder = folder
        guard let bench = try? RecordingBench(width: 320, height: 240, folder: folder) else { return nil }
        self.bench = bench
    }

    deinit { umount2(folder.path, Int32(MNT_DETACH)) }

    func unmount() -> Bool { umount2(folder.path, Int32(MNT_DETACH)) == 0 }
    func mountAgain() -> Bool { mount("tmpfs", folder.path, "tmpfs", 0, "size=1m") == 0 }
    func remount(readOnly: Bool) -> Bool {
        mount("tmpfs", folder.path, nil, UInt(MS_REMOUNT) | (readOnly ? UInt(MS_RDONLY) : 0), nil) == 0
    }

    static let isPossible = RecordingDisk(kilobytes: 100) != nil
}

@Suite(.enabled(if: RecordingDisk.isPossible, "mounting a small disk needs a superuser"))
struct FullRecordingDiskTests {
    /// Records raw-sized pictures until the disk has had enough, and tells how many.
    private func fill(_ disk: RecordingDisk, _ recorder: EncodedRecording) throws -> Int {
        var index = 0
        while try disk.bench.show(index, at: Double(index) / 25, to: recorder) == .written, index < 3000 { index += 1 }
        return index
    }

    private func lossless(_ disk: RecordingDisk, _ name: String) -> EncodeConfig {
        var config = disk.bench.config(name)
        config.options = ["crf=0"]
        return config
    }

    @Test func aReserveIsKeptSoThatTheFileCanBeCompleted() throws {
        let disk = try #require(RecordingDisk(kilobytes: 3072))
        let bench = disk.bench
        let path = bench.folder.file("a.mp4")
        let recorder = try bench.recorder(lossless(disk, "a.mp4"), room: DiskRoom(least: 512 << 10, toBegin: 1 << 20))
        let count = try fill(disk, recorder)
        #expect(count > 25 && count < 3000)
        #expect(
            recorder.status.problem?.hasPrefix("recording pauses: the disk of \(bench.folder.path) is full (") == true)
        recorder.finish()
        // Complete, seekable, and every picture that was taken is in it.
        #expect(try bench.folder.contents() == ["a.mp4"])
        #expect(try DecodedFile(path).pictures.count == recorder.status.framesWritten)
        #expect(topBoxes(try bench.folder.bytes(of: "a.mp4")).contains { $0.kind == "moof" } == false)
        #expect(recorder.status.framesWritten + (recorder.status.framesDropped[.disk] ?? 0) == count + 1)
    }

    @Test func aDiskThatIsSuddenlyFullKeepsWhatWasWritten() throws {
        let disk = try #require(RecordingDisk(kilobytes: 512))
        let bench = disk.bench
        // No reserve: as when another program takes the last bytes.
        let recorder = try bench.recorder(lossless(disk, "a.mp4"))
        let count = try fill(disk, recorder)
        let status = recorder.status
        #expect(status.framesWritten + (status.framesDropped[.disk] ?? 0) == count + 1)
        #expect(status.framesWritten >= 25)
        recorder.finish()
        // There is no room for a copy, so it stays in fragments, and plays.
        #expect(try bench.folder.contents() == ["a.mp4"])
        let numbers = try DecodedFile(bench.folder.file("a.mp4")).pictures.count
        #expect(numbers == status.framesWritten)
        #expect(bench.events.all.contains { if case .keptInFragments = $0 { true } else { false } })
    }

    @Test func recordingGoesOnWhenThereIsRoomAgain() throws {
        let disk = try #require(RecordingDisk(kilobytes: 1024))
        let bench = disk.bench
        try bench.folder.write([UInt8](repeating: 1, count: 900 << 10), to: "other")
        let recorder = try bench.recorder(bench.config("a.mp4"), room: DiskRoom(least: 64 << 10, toBegin: 256 << 10))
        #expect(try bench.show(0, at: 0, to: recorder) == .dropped(.disk))
        unlink(bench.folder.file("other"))
        #expect(try bench.show(1, at: 5, to: recorder) == .dropped(.disk))
        #expect(try bench.show(2, at: 10, to: recorder) == .written)
        recorder.finish()
        #expect(try bench.folder.contents() == ["a.mp4"])
        #expect(RecordingBench.numbers(try DecodedFile(bench.folder.file("a.mp4"))) == [2])
    }

    @Test func aDiskThatIsUnmountedIsNotReplacedByTheFolderUnderIt() throws {
        let disk = try #require(RecordingDisk(kilobytes: 1024))
        let bench = disk.bench
        let recorder = try bench.recorder(bench.config("a.mp4"))
        recorder.stop()
        #expect(disk.unmount())
        recorder.start()
        #expect(try bench.show(0, at: 0, to: recorder) == .dropped(.disk))
        #expect(
            recorder.status.problem == "recording pauses: the disk of \(bench.folder.path) is gone; mount it again")
        #expect(disk.mountAgain())
        #expect(try bench.show(1, at: 10, to: recorder) == .written)
        recorder.finish()
        #expect(try bench.folder.contents() == ["a.mp4"])
    }

    @Test func aDiskThatBecomesReadOnlyIsWaitedFor() throws {
        let disk = try #require(RecordingDisk(kilobytes: 1024))
        let bench = disk.bench
        let recorder = try bench.recorder(bench.config("a.mp4"))
        #expect(disk.remount(readOnly: true))
        #expect(try bench.show(0, at: 0, to: recorder) == .dropped(.disk))
        #expect(
            recorder.status.problem
                == "recording pauses: cannot write in folder \(bench.folder.path): Read-only file system; write "
                + "somewhere else")
        #expect(disk.remount(readOnly: false))
        #expect(try bench.show(1, at: 10, to: recorder) == .written)
        recorder.finish()
        #expect(try bench.folder.contents() == ["a.mp4"])
    }
}
