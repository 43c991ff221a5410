import CFFmpeg
import Foundation
import Pipeline
import TestSupport
import Testing

@testable import Encode

/// What of a recording is there while it is being written: what a killed process or a power cut leaves.
@Suite struct LiveReadingTests {
    @Test(arguments: ["mp4", "mov", "mkv", "ts"])
    func allButTheLastSecondCanBeReadAtAnyMoment(ending: String) throws {
        let bench = try RecordingBench()
        let recorder = try bench.recorder(bench.config("a.\(ending)"))
        for index in 0..<90 {
            try bench.show(index, at: Double(index) / 25, to: recorder)
            guard index % 9 == 8 || index == 25 else { continue }
            let file = try? DecodedFile(try bench.hidden()[0])
            let numbers = file.map(RecordingBench.numbers) ?? []
            // Of a transport stream the last picture is only there with the next one.
            #expect(numbers.count >= index + 1 - 26, "after \(index + 1)")
            #expect(numbers == Array(0..<numbers.count))
            guard ending != "ts", let file, index >= 25 else { continue }
            #expect(file.times[0] == 0)
        }
    }

    @Test func aTornFileHasAllWholeFragments() throws {
        let bench = try RecordingBench()
        let recorder = try bench.recorder(bench.config("a.mp4"))
        try bench.show(0..<130, to: recorder)
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: try bench.hidden()[0])))
        let boxes = topBoxes(bytes)
        #expect(boxes.filter { $0.kind == "moof" }.count == 5)
        var noise = Noise(4)
        var ends = (0..<20).map { _ in Int.random(in: boxes[1].range.upperBound...bytes.count, using: &noise) }
        // In the middle of each part of an index, too.
        ends += [1, 5, 8, 20, 100].map { boxes[6].range.lowerBound + $0 }
        #expect(boxes[6].kind == "moof")
        for end in ends {
            let fragments = boxes.filter { $0.kind == "mdat" && $0.range.upperBound <= end }.count
            let path = try bench.folder.write(bytes[..<end], to: "torn.mp4")
            let tornIndex = boxes.contains {
                $0.kind == "moof" && $0.range.lowerBound < end && $0.range.upperBound > end
            }
            if fragments > 0, !tornIndex {
                // Players pass over the picture that is torn.
                let played = try FFmpegTool.rawVideo(path).count / (64 * 48 * 3 / 2)
                #expect(played >= 25 * fragments, "\(end) of \(bytes.count) bytes")
            }

            // And repaired.
            let other = try RecordingBench()
            try other.folder.write(bytes[..<end], to: ".a.mp4.999999999-0.rec")
            try other.recorder(other.config("a.mp4")).finish()
            guard fragments > 0 else { continue }
            #expect(other.events.all.map(\.isLoss) == [false], "\(other.events.all)")
            let repaired = try DecodedFile(other.folder.file("a.mp4"))
            #expect(Array(RecordingBench.numbers(repaired).prefix(25 * fragments)) == Array(0..<25 * fragments))
            #expect(try other.folder.contents() == ["a.mp4"])
        }
    }

    // At 1 a second, and at one in five.
    @Test(arguments: [1.0, 5.0])
    func eachPictureOfASlowCameraIsThereWithTheNext(interval: Double) throws {
        let bench = try RecordingBench(frameRate: 1)
        let recorder = try bench.recorder(bench.config("a.mp4"))
        for index in 0..<5 {
            try bench.show(index, at: Double(index) * interval, to: recorder)
            #expect(try DecodedFile(try bench.hidden()[0]).pictures.count == index)
        }
        recorder.finish()
        let file = try DecodedFile(bench.folder.file("a.mp4"))
        #expect(file.times == (0..<5).map { Double($0) * interval })
        #expect(RecordingBench.numbers(file) == [0, 1, 2, 3, 4])
    }

    @Test func theNameIsHiddenUntilTheEnd() throws {
        let bench = try RecordingBench()
        let recorder = try bench.recorder(bench.config("a.mp4"))
        #expect(try bench.folder.contents() == [])
        try bench.show(0, at: 0, to: recorder)
        #expect(recorder.status.file == bench.folder.file("a.mp4"))
        let names = try bench.folder.contents()
        #expect(names.count == 1 && names[0].hasPrefix(".a.mp4.\(getpid())-") && names[0].hasSuffix(".rec"))
        recorder.finish()
        #expect(try bench.folder.contents() == ["a.mp4"])
    }
}

@Suite struct FragmentClockTests {
    @Test(arguments: [60, 30, 29.97, 25, 12.5, 7, 3, 1.5, 1, 0.2])
    func noFragmentIsLongerThanASecond(rate: Double) {
        var clock = FragmentClock(interval: Int64(1_000_000 / rate))
        var begins: [Int64] = []
        var last: Int64 = 0
        for index in 0..<200 {
            last = Int64((Double(index) * 1_000_000 / rate).rounded())
            if clock.begins(at: last) { begins.append(last) }
        }
        let lengths = zip(begins.dropFirst(), begins).map { $0 - $1 }
        let most = max(1_002_000, Int64(1_000_000 / rate) + 1)
        #expect(begins.first == 0)
        #expect(lengths.allSatisfy { $0 <= most })
        // Nor needlessly short: one more picture would not have fitted.
        #expect(lengths.allSatisfy { Double($0) + 1_000_000 / rate > 997_000 })
    }

    @Test func aRateThatFallsInTheDarkIsFollowed() {
        var clock = FragmentClock(interval: 33_333)
        var times: [Int64] = (0..<45).map { $0 * 33_333 }
        times += (1...20).map { times[44] + $0 * 200_000 }
        var begins: [Int64] = []
        for time in times where clock.begins(at: time) { begins.append(time) }
        #expect(zip(begins.dropFirst(), begins).allSatisfy { $0 - $1 <= 1_002_000 })
    }

    @Test func aGapEndsTheFragment() {
        var clock = FragmentClock(interval: 40_000)
        var begins: [Bool] = []
        for time: Int64 in [0, 40_000, 3_600_000_000, 3_600_040_000] { begins.append(clock.begins(at: time)) }
        #expect(begins == [true, false, true, false])
    }
}
