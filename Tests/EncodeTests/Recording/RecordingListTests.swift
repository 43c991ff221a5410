import Foundation
import Glibc
import TestSupport
import Testing

@testable import Encode

extension TemporaryFolder {
    /// What is in it but for the list of recordings.
    func recordings() throws -> [String] { try contents().filter { $0 != RecordingList.name } }
}

@Suite struct RecordingListTests {
    private let folder: TemporaryFolder
    private let list: RecordingList

    init() throws {
        folder = try TemporaryFolder()
        list = RecordingList(of: try RecordingNames(folder.file("%F/%H.mp4")))
    }

    private func entry(_ name: String, _ bytes: Int = 10, isTimeSure: Bool = true) -> RecordingList.Entry {
        RecordingList.Entry(relativePath: name, bytes: bytes, modified: 1_795_262_400, isTimeSure: isTimeSure)
    }

    @Test func whatIsAddedIsReadInItsOrder() throws {
        #expect(try list.entries() == [])
        let all = [entry("2026-11-21/09.mp4"), entry("2026-11-21/a b.mp4", 0, isTimeSure: false)]
        for one in all { try list.add(one) }
        #expect(try list.entries() == all)
        try list.add(entry("2026-11-21/09.mp4", 12))
        #expect(try list.entries() == [all[1], entry("2026-11-21/09.mp4", 12)])
        #expect(try folder.contents() == [".camstream-recordings"])
    }

    /// A line end or a space may be one Character with what stands beside it.
    @Test func namesThatJoinWithWhatIsAroundThemAreRead() throws {
        let all = [entry("a\r"), entry("\u{301}b.mp4"), entry("c.mp4")]
        for one in all { try list.add(one) }
        #expect(try list.entries() == all)
    }

    /// As docs/reference/recording.md has it.
    @Test func linesOfAShellAreRead() throws {
        mkdir(folder.file("2026-11-20"), 0o700)
        for (name, time) in [("08", 99), ("09", 77)] {
            try folder.write([1, 2, 3], to: "2026-11-20/\(name).mp4")
            let time = timespec(tv_sec: time, tv_nsec: 500_000_000)
            #expect(utimensat(AT_FDCWD, folder.file("2026-11-20/\(name).mp4"), [time, time], 0) == 0)
        }
        let shell = Process()
        shell.executableURL = URL(filePath: "/bin/sh")
        shell.arguments = ["-c", "stat -c '%s %Y %n' */*.mp4 | sort -n -k 2 >> .camstream-recordings"]
        shell.currentDirectoryURL = URL(filePath: folder.path)
        try shell.run()
        shell.waitUntilExit()
        #expect(try list.entries().map(\.line) == ["3 77 2026-11-20/09.mp4\n", "3 99 2026-11-20/08.mp4\n"])
    }

    @Test func linesThatAreNoneAreLeftOut() throws {
        try folder.write("# 1 2 x\n1 2\n\n-1 2 x\n1 x y\n1 ?? y\n1 2 good name\n3 4? é".utf8, to: RecordingList.name)
        #expect(try list.entries().map(\.line) == ["1 2 good name\n", "3 4? é\n"])
    }

    @Test func aListThatIsALinkOrADeviceIsRefused() throws {
        try folder.write([], to: "elsewhere")
        #expect(symlink(folder.file("elsewhere"), list.path) == 0)
        #expect(throws: EncodeError.notARegularFile(path: list.path)) { try list.add(entry("a")) }
        #expect(throws: EncodeError.notARegularFile(path: list.path)) { _ = try list.entries() }
        #expect(try folder.bytes(of: "elsewhere") == [])
        unlink(list.path)
        #expect(mkfifo(list.path, 0o600) == 0)
        #expect(throws: EncodeError.self) { try list.add(entry("a")) }
        #expect(throws: EncodeError.notARegularFile(path: list.path)) { _ = try list.entries() }
    }

    @Test func filesThatAreGoneGoButForTheLatest() throws {
        for number in 0..<50 { try list.add(entry("\(number)")) }
        chmod(list.path, 0o600)
        try list.keepOnly { $0.relativePath == "7" }
        #expect(try list.entries().map(\.relativePath) == ["7"] + (30..<50).map { "\($0)" })
        var status = stat()
        #expect(stat(list.path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(try folder.contents() == [RecordingList.name])
    }

    @Test func linesOfSeveralWritersAreAllThere() async throws {
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                group.addTask { [list] in
                    for number in 0..<20 {
                        try? list.add(
                            .init(relativePath: "\(writer)-\(number)", bytes: 1, modified: 1, isTimeSure: true))
                        if number == 10 { try? list.keepOnly { _ in true } }
                    }
                }
            }
        }
        #expect(try list.entries().count == 160)
    }

    @Test func aRecorderListsWhatItWroteAndOnlySegments() throws {
        let bench = try RecordingBench(folder: folder)
        var config = bench.config("%s.mp4")
        config.segment = TimeSpan(seconds: 1)
        let recorder = try bench.recorder(config)
        try bench.show(0..<50, to: recorder)
        recorder.finish()
        let entries = try list.entries()
        #expect(entries.map(\.relativePath) == (0..<2).map { "\(RecordingBench.noon + Int64($0)).mp4" })
        for entry in entries {
            var status = stat()
            #expect(stat(folder.file(entry.relativePath), &status) == 0)
            #expect(Int(status.st_size) == entry.bytes && status.st_mtim.tv_sec == entry.modified)
        }
        let plain = try RecordingBench()
        let single = try plain.recorder(plain.config("a.mp4"))
        try plain.show(0..<30, to: single)
        single.finish()
        #expect(try plain.folder.contents() == ["a.mp4"])
    }
}
