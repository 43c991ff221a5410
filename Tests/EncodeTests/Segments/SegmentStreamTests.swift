import CFFmpeg
import Foundation
import Pipeline
import TestSupport
import Testing

@testable import Encode

/// The live picture in segments of a second.
@Suite struct SegmentStreamTests {
    private let bench: RecordingBench
    private let hub: PacketHub
    private let clock = ManualClock()
    private let stream: SegmentStream

    init() throws {
        bench = try RecordingBench()
        hub = try PacketHub()
        stream = SegmentStream(clock: clock)
        hub.add(stream)
    }

    private func show(_ indices: Range<Int>, _ other: TestPictures? = nil, at rate: Double = 25) throws {
        let pictures = other ?? bench.pictures
        for index in indices {
            hub.encode(try bench.frame(index, at: Double(index) / rate, pictures), pictures.format)
        }
    }

    /// What a player makes of some segments that have the same head.
    private func decoded(_ segments: [MediaSegment]) throws -> DecodedFile {
        let first = try #require(segments.first)
        let head = try #require(stream.head(first.head))
        let path = bench.folder.file("played.mp4")
        try Data(head + segments.flatMap(\.bytes)).write(to: URL(fileURLWithPath: path))
        return try DecodedFile(path)
    }

    @Test func nothingIsMadeUntilSomebodyAsksAndSomeTimeAfterTheLastWhoAsked() throws {
        try show(0..<30)
        #expect(hub.picturesEncoded == 0 && stream.list.segments.isEmpty)
        stream.ask()
        try show(30..<60)
        #expect(hub.picturesEncoded == 30 && stream.list.segments.count == 1)
        clock.advance(seconds: 29)
        try show(60..<61)
        stream.ask()
        clock.advance(seconds: 29)
        try show(61..<86)
        #expect(hub.picturesEncoded == 56)
        clock.advance(seconds: 2)
        try show(86..<90)
        // What is old is shown to nobody who comes later.
        #expect(hub.picturesEncoded == 56 && stream.list.segments.isEmpty && !hub.isRead)
        stream.ask()
        try show(90..<120)
        let list = stream.list
        #expect(list.segments.count == 1 && list.segments[0].isDiscontinuous)
        // Numbers go on.
        #expect(list.segments[0].number == 3)
    }

    @Test func segmentsAreASecondLongAndPlayPictureForPicture() throws {
        stream.ask()
        try show(0..<130)
        let list = stream.list
        #expect(list.segments.map(\.number) == [0, 1, 2, 3, 4] && list.targetSeconds == 1)
        #expect(list.segments.allSatisfy { abs($0.seconds - 1) < 0.0001 && $0.head == 0 && !$0.isDiscontinuous })
        #expect(list.segments.map(\.wall) == (0..<5).map { (RecordingBench.noon + $0) * 1_000_000 })
        let all = try decoded(list.segments)
        #expect(RecordingBench.numbers(all) == Array(0..<125))
        #expect(zip(all.times, 0...).allSatisfy { abs($0 - Double($1) / 25) < 0.0001 })
        // A player may begin with any of them.
        let late = try decoded(Array(list.segments[3...]))
        #expect(RecordingBench.numbers(late) == Array(75..<125))
        for segment in list.segments {
            #expect(topBoxes(segment.bytes).map(\.kind) == ["moof", "mdat"])
        }
        #expect(topBoxes(try #require(stream.head(0))).map(\.kind) == ["ftyp", "moov"])
    }

    @Test func theWindowSlidesAndMemoryIsBounded() throws {
        stream.ask()
        try show(0..<501)
        let list = stream.list
        #expect(list.segments.count == SegmentWindow.listed)
        let last = try #require(list.segments.last).number
        #expect(list.segments.map(\.number) == Array(last - 5...last))
        // Those that have just left the list can still be had.
        #expect(stream.segment(last - SegmentWindow.kept + 1) != nil)
        #expect(stream.segment(last - SegmentWindow.kept) == nil && stream.segment(last + 1) == nil)
    }

    @Test func anotherSizeAndTimesThatJumpAreDiscontinuitiesWithAHeadOfTheirOwn() throws {
        stream.ask()
        try show(0..<50)
        let larger = try RecordingBench.pictures(width: 128, height: 96)
        try show(50..<80, larger)
        // As if the camera was away for a minute.
        try show(1580..<1610, larger)
        let list = stream.list
        #expect(list.segments.map(\.head) == [0, 0, 1, 1, 2])
        #expect(list.segments.map(\.isDiscontinuous) == [false, false, true, false, true])
        #expect(RecordingBench.numbers(try decoded(Array(list.segments[0...1]))) == Array(0..<50))
        let second = try decoded(Array(list.segments[2...3]))
        #expect(RecordingBench.numbers(second) == Array(50..<80) && second.times[0] == 0)
        #expect(second.pictures[0].width == 128)
        // They are counted when they leave the list.
        for second in 65..<75 { try show(second * 25..<(second + 1) * 25, larger) }
        #expect(stream.list.pastDiscontinuities == 2)
        #expect(stream.list.segments.allSatisfy { !$0.isDiscontinuous })
    }

    @Test func keyPicturesForOthersDoNotMakeSegmentsOfAFewPictures() throws {
        stream.ask()
        try show(0..<30)
        for index in 30..<60 {
            // Somebody comes at every picture.
            hub.add(ScriptedStream())
            try show(index..<index + 1)
        }
        try show(60..<130)
        let segments = stream.list.segments
        #expect(segments.allSatisfy { $0.seconds >= 0.5 && $0.seconds < 1.5 })
        let numbers = RecordingBench.numbers(try decoded(segments))
        #expect(numbers == Array(0..<numbers.count) && numbers.count >= 100)
        #expect(stream.list.targetSeconds == 1)
    }

    @Test func wherePicturesComeSeldomSegmentsAreLonger() throws {
        stream.ask()
        try show(0..<6, at: 0.5)
        let list = stream.list
        #expect(list.targetSeconds == 2 && list.segments.count >= 4)
        #expect(list.segments.dropFirst().allSatisfy { abs($0.seconds - 2) < 0.0001 })
    }

    @Test func picturesThatAreMissingAreMissingUpToAKeyPicture() throws {
        stream.ask()
        try show(0..<10)
        stream.miss(PictureStamp(time: 0, wall: 0, isSlate: false), because: .leftOut)
        try show(10..<60)
        let segments = stream.list.segments
        let numbers = RecordingBench.numbers(try decoded(segments))
        #expect(numbers == Array(0..<numbers.count))
        #expect(segments.allSatisfy { !$0.isDiscontinuous })
    }
}
