import Pipeline
import TestSupport
import Testing

@testable import Encode

/// Clips that begin before what they are of.
@Suite(.timeLimit(.minutes(10))) struct ClipWriterTests {
    private let bench: RecordingBench
    private let hub: PacketHub
    private let ring = PacketRing(seconds: 4)

    init() throws {
        bench = try RecordingBench()
        hub = try PacketHub()
        hub.add(ring)
    }

    private func writer(_ name: String, before: Double, after: Double) throws -> ClipWriter {
        var config = ClipConfig(path: bench.folder.file(name))
        (config.before, config.after) = (before, after)
        return try ClipWriter(config, ring: ring) { [events = bench.events] in events.append($0) }
    }

    private func show(_ indices: Range<Int>) throws {
        for index in indices {
            hub.encode(try bench.frame(index, at: Double(index) / 25, bench.pictures), bench.pictures.format)
        }
    }

    private func numbers(_ name: String) throws -> [Int] {
        RecordingBench.numbers(try DecodedFile(bench.folder.file(name)))
    }

    @Test func aMomentIsShownWithTheSecondsBeforeAndAfter() throws {
        let writer = try writer("clip.mp4", before: 2, after: 1)
        try show(0..<100)
        writer.begin(lasting: false)
        try show(100..<200)
        waitUntil { finished == 1 }
        writer.finish(within: .seconds(60))
        let numbers = try numbers("clip.mp4")
        let first = try #require(numbers.first)
        // From the key picture before, of which there is one a second.
        #expect(first <= 99 - 50 && first > 99 - 50 - 25)
        #expect(numbers == Array(first...99 + 25))
        #expect(try bench.folder.contents().filter { $0.hasSuffix("mp4") } == ["clip.mp4"])
    }

    @Test func whatLastsIsShownToItsEndAndMomentsInItMakeNoOtherClip() throws {
        let writer = try writer("clip.mkv", before: 0, after: 1)
        try show(0..<30)
        writer.begin(lasting: true)
        try show(30..<120)
        writer.end()
        try show(120..<130)
        writer.begin(lasting: true)
        try show(130..<200)
        writer.end()
        writer.end()
        try show(200..<300)
        waitUntil { finished == 1 }
        writer.finish(within: .seconds(60))
        let numbers = try numbers("clip.mkv")
        let first = try #require(numbers.first)
        #expect(first <= 29 && first > 29 - 25 && numbers == Array(first...199 + 25))
    }

    @Test func theNextOneIsAFileOfItsOwn() throws {
        let writer = try writer("clip.mp4", before: 1, after: 0)
        try show(0..<50)
        writer.begin(lasting: false)
        try show(50..<75)
        waitUntil { finished == 1 }
        writer.begin(lasting: false)
        try show(75..<80)
        waitUntil { finished == 2 }
        writer.finish(within: .seconds(60))
        #expect(try numbers("clip.mp4").last == 49)
        #expect(try numbers("clip-2.mp4").last == 74)
        #expect(finished == 2)
    }

    private var finished: Int { bench.events.all.count { if case .finished = $0 { true } else { false } } }

    @Test func aCameraThatGoesLeavesAWholeClip() throws {
        let writer = try writer("clip.mp4", before: 1, after: 100)
        try show(0..<50)
        writer.begin(lasting: true)
        try show(50..<60)
        writer.finish(within: .seconds(60))
        #expect(try numbers("clip.mp4").last == 59)
    }

    @Test func aSourceWhoseClockIsSetBackEndsTheClip() throws {
        let writer = try writer("clip.mp4", before: 1, after: 1)
        for index in 0..<50 {
            hub.encode(
                try bench.frame(index, at: 1000 + Double(index) / 25, bench.pictures), bench.pictures.format)
        }
        writer.begin(lasting: false)
        try show(50..<60)
        waitUntil { finished == 1 }
        writer.finish(within: .seconds(60))
        #expect(try numbers("clip.mp4").last == 49)
        #expect(try bench.folder.contents().filter { $0.hasSuffix("mp4") } == ["clip.mp4"])
    }

    @Test func whatCannotBeWrittenIsRefusedAtTheStart() throws {
        try bench.folder.write([1], to: "file")
        for (path, part) in [
            ("clip.gif", "clip.gif"), ("%Q.mp4", "%Q stands for no part of the time"),
        ] {
            let error = #expect(throws: EncodeError.self) { try ClipConfig(path: path).check() }
            #expect(error.map { "\($0)" }?.contains(part) == true)
        }
        var kept = ClipConfig(path: "clip.mp4")
        kept.keep = TimeSpan(seconds: 60)
        #expect(throws: EncodeError.self) { try kept.check() }
        #expect(throws: EncodeError.self) { try writer("file/clip.mp4", before: 1, after: 1) }
    }
}
