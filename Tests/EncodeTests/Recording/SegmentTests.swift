import Foundation
import Glibc
import Pipeline
import TestSupport
import Testing

@testable import Encode

@Suite struct SegmentTests {
    private let bench: RecordingBench

    init() throws { bench = try RecordingBench() }

    private func config(_ name: String, segment: Int) -> EncodeConfig {
        var config = bench.config(name)
        config.segment = TimeSpan(seconds: segment)
        return config
    }

    @Test(arguments: ["mp4", "mkv", "ts"])
    func segmentsHoldEachPictureOnce(ending: String) throws {
        let recorder = try bench.recorder(config("rec-%s.\(ending)", segment: 3))
        try bench.show(0..<200, to: recorder)
        recorder.finish()
        let names = try bench.folder.recordings()
        #expect(names == ([0, 3, 6] as [Int64]).map { "rec-\(RecordingBench.noon + $0).\(ending)" })
        let files = try names.map { try DecodedFile(bench.folder.file($0)) }
        #expect(files.map(RecordingBench.numbers) == [Array(0..<75), Array(75..<150), Array(150..<200)])
        guard ending != "ts" else { return }  // it has no time of creation, and begins at 1.4 s
        #expect(files.allSatisfy { $0.times[0] == 0 })
        #expect(
            files.map { String($0.metadata["creation_time"]?.prefix(19) ?? "") }
                == ["2026-11-21T12:00:00", "2026-11-21T12:00:03", "2026-11-21T12:00:06"])
    }

    @Test func foldersAreMadeFromTheTimeOnTheWall() throws {
        let recorder = try bench.recorder(config("rec/here/%Y-%m-%d/%H-%M-%S.mkv", segment: 60))
        try bench.show(0, at: 0, to: recorder)
        try bench.show(1, at: 86_400, to: recorder)
        recorder.finish()
        let wanted = [0, 86_400].map { seconds in
            var (time, local) = (time_t(Int(RecordingBench.noon) + seconds), tm())
            localtime_r(&time, &local)
            func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
            let day = "\(local.tm_year + 1900)-\(two(local.tm_mon + 1))-\(two(local.tm_mday))"
            return "rec/here/\(day)/\(two(local.tm_hour))-\(two(local.tm_min))-\(two(local.tm_sec)).mkv"
        }
        for name in wanted { #expect(try DecodedFile(bench.folder.file(name)).pictures.count == 1) }
        let days = try FileManager.default.contentsOfDirectory(atPath: bench.folder.file("rec/here")).sorted()
        #expect(days.filter { !$0.hasPrefix(".") } == wanted.map { String($0.dropFirst(9).prefix(10)) })
    }

    @Test func namesThatAreTakenGetANumber() throws {
        let recorder = try bench.recorder(config("day.mp4", segment: 1))
        try bench.show(0..<75, to: recorder)
        recorder.finish()
        #expect(try bench.folder.recordings() == ["day-2.mp4", "day-3.mp4", "day.mp4"])
        let numbers = try ["day.mp4", "day-2.mp4", "day-3.mp4"].flatMap {
            RecordingBench.numbers(try DecodedFile(bench.folder.file($0)))
        }
        #expect(numbers == Array(0..<75))
        // And at the next start.
        let next = try bench.recorder(config("day.mp4", segment: 1))
        try bench.show(0, at: 0, to: next)
        next.finish()
        #expect(try bench.folder.contents().contains("day-4.mp4"))
    }

    @Test func aLongGapIsNotInAFile() throws {
        let recorder = try bench.recorder(config("%s.mp4", segment: 600))
        try bench.show(0..<30, to: recorder)
        for index in 30..<40 { try bench.show(index, at: 7200 + Double(index) / 25, to: recorder) }
        recorder.finish()
        let lengths = try bench.folder.recordings().map { try DecodedFile(bench.folder.file($0)).video.duration ?? 0 }
        #expect(lengths.count == 2 && lengths.allSatisfy { $0 < 2 })
    }

    @Test func segmentsAreForLiveRecordings() {
        #expect(throws: EncodeError.segmentsOfAFile) { try config("a.mp4", segment: 60).checkOutput() }
    }
}
