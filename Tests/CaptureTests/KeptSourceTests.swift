import Capture
import Foundation
import Kept
import Pipeline
import TestSupport
import Testing

@Suite struct KeptSourceTests {
    /// Each frame of the clip has its own heat and record, by its time in the clip.
    private func checkPairs(_ seen: [KeptSource.Seen], frames: [Int], first: Double = 0) {
        #expect(seen.map(\.heatOf) == frames)
        #expect(
            zip(seen, frames).allSatisfy { picture, frame in
                abs(picture.seconds - (Double(frame) / 25 - first)) < 0.002
                    && abs((picture.drawn?.probability ?? 0) - Float(frame + 10) / 100) < 1e-5
                    && picture.drawn?.label == "cat"
            })
    }

    private static let all = Array(0..<KeptClip.frames)

    @Test func everyFrameGetsTheBytesAndTheRecordOfItsOwnTime() throws {
        let clip = try KeptClip()
        let kept = try KeptSource(clip.path)
        #expect(kept.facts.settings == ["overlay.colormap": .text("jet")])
        checkPairs(try kept.readAll(), frames: Self.all)
        #expect(kept.takeWarnings().isEmpty && kept.source.takeWarnings().isEmpty)
    }

    @Test(arguments: [["ffv1"], ["libx264", "-qp", "0", "-bf", "0"], ["libx264", "-qp", "0", "-bf", "3"]])
    func heatsAreReadAsTheyWereCoded(_ codec: [String]) throws {
        let clip = try KeptClip(heat: codec)
        checkPairs(try KeptSource(clip.path).readAll(), frames: Self.all)
    }

    @Test func framesThatAreReorderedGetTheirOwnHeat() throws {
        let clip = try KeptClip(video: ["libx264", "-bf:v:0", "4", "-g:v:0", "25"])
        checkPairs(try KeptSource(clip.path).readAll(), frames: Self.all)
    }

    @Test func aVariableRateIsMatchedByTimeAndNotByCounting() throws {
        let left = "select='mod(n,3)+gt(n,15)'"
        let clip = try KeptClip(video: ["libx264", "-bf:v:0", "2"], filter: left, videoFilter: left)
        let frames = Self.all.filter { $0 % 3 > 0 || $0 > 15 }
        checkPairs(try KeptSource(clip.path).readAll(), frames: frames, first: 0.0)
    }

    @Test func timesThatBeginLateAreMovedAlike() throws {
        let clip = try KeptClip(video: ["libx264", "-bf:v:0", "2"], options: ["-output_ts_offset", "7.5"])
        checkPairs(try KeptSource(clip.path).readAll(), frames: Self.all)
    }

    @Test func framesWithoutHeatComeWithoutAndAreCounted() throws {
        let clip = try KeptClip(filter: "select='not(between(n,5,9))'")
        let kept = try KeptSource(clip.path)
        let seen = try kept.readAll()
        #expect(seen.map(\.heatOf) == Self.all.map { (5...9).contains($0) ? nil : $0 })
        #expect(kept.takeWarnings() == [.withoutHeat(frames: 5, of: 25)])
        #expect(kept.takeWarnings().isEmpty)
    }

    @Test func aHeatThatIsDamagedCountsAsOneThatIsNotThere() throws {
        let clip = try KeptClip(heat: ["ffv1", "-level:v:1", "3", "-slicecrc:v:1", "1", "-g:v:1", "1"])
        let (places, sizes) = (
            try probed(clip.path, "packet=pos", stream: "1"), try probed(clip.path, "packet=size", stream: "1")
        )
        var bytes = try Data(contentsOf: URL(filePath: clip.path))
        bytes[Int(places[7]) + Int(sizes[7]) / 2 + 8] ^= 0x55
        let path = clip.folder.file("damaged.mkv")
        try bytes.write(to: URL(filePath: path))
        let kept = try KeptSource(path)
        let seen = try kept.readAll()
        #expect(seen.map(\.heatOf) == Self.all.map { $0 == 7 ? nil : $0 })
        #expect(kept.takeWarnings() == [.withoutHeat(frames: 1, of: 25)])
    }

    @Test func heatsThatStandFarBehindTheirFramesAreFound() throws {
        let clip = try KeptClip()
        for stream in [1, 3] as [Int32] {
            let path = clip.folder.file("behind.mkv")
            try copy(clip.path, movingBehind: stream, to: path)
            let places = try ["0", "\(stream)"].map { try probed(path, "packet=pos", stream: $0) }
            #expect(try #require(places[0].max()) < #require(places[1].min()))
            checkPairs(try KeptSource(path).readAll(), frames: Self.all)
        }
    }

    @Test func theTracksDoNotGoWithTheVideo() throws {
        let clip = try KeptClip()
        let kept = try KeptSource(clip.path)
        #expect(kept.source.auxiliaryStreams.isEmpty)
        #expect(kept.source.metadata == ["title": "A test"])
        #expect(kept.source.takeWarnings().isEmpty)
    }

    @Test func anInterruptEndsItWithoutDroppingHeat() throws {
        let (clip, interrupt) = (try KeptClip(), Interrupt())
        let kept = try KeptSource(clip.path, interrupt: interrupt)
        var count = 0
        while let explained = try kept.next() {
            #expect(explained.observations.count == 1)
            count += 1
            if count == 3 { interrupt.raise() }
        }
        #expect(count < KeptClip.frames)
        #expect(kept.takeWarnings().isEmpty)
    }

    @Test func aFileWithoutTracksSaysWhatMakesThem() throws {
        #expect(throws: CaptureError.kept(input: Clips.lossless, .notKept)) { try KeptSource(Clips.lossless) }
        #expect("\(CaptureError.kept(input: "clip.mp4", .notKept))".contains("--keep-video"))
    }

    @Test(arguments: ["demo:", "/dev/video7", "rtsp://camera/stream", "https://example.org/clip.mkv"])
    func whatIsNoFileIsRefusedUnopened(_ input: String) throws {
        let error = CaptureError.kept(input: input, .notAFile)
        #expect(throws: error) { try KeptSource(input) }
        #expect(error.isUsage)
    }

    @Test func aTrackThatIsNotAsTheFactsSayIsRefused() throws {
        func fault(_ from: String, _ to: String) throws -> KeptFault? {
            let clip = try KeptClip { $0.replacingOccurrences(of: from, with: to) }
            do {
                _ = try KeptSource(clip.path)
                return nil
            } catch .kept(_, let fault) {
                return fault
            }
        }
        let other = KeptFault.otherSize(track: "heat track", said: "16x6", found: "8x6")
        #expect(try fault(#""width":8"#, #""width":16"#) == other)
        #expect(try fault(#""stream":1"#, #""stream":9"#) == .missing(track: "heat track", stream: 9))
        #expect(try fault(#""records":3"#, #""records":7"#) == .missing(track: "records", stream: 7))
        let video = KeptFault.otherSize(track: "video", said: "640x48", found: "64x48")
        #expect(try fault(#""width":64"#, #""width":640"#) == video)
        #expect(try fault(#""format":1"#, #""format":2"#) == .newerFormat(2))
        #expect(try fault(#""format":1"#, #""format":"one""#) == .unreadable)
    }
}
