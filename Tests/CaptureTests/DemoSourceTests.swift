import CFFmpeg
import Demo
import Pipeline
import Testing

@testable import Capture

struct DemoSourceTests {
    private func source(_ settings: String, interrupt: Interrupt = Interrupt()) throws -> DemoSource {
        try DemoSource(try #require(try DemoAddress("demo:\(settings)")), interrupt: interrupt)
    }

    @Test func framesComeAtTheirTimes() throws {
        let source = try source("seconds=0.5,size=64x36,fps=25")
        #expect(source.frameCountEstimate == 13)
        let pictures = try source.readAll()
        #expect(pictures.map(\.index) == Array(0..<13) && pictures.map(\.pts) == Array(0..<13))
        #expect(pictures.allSatisfy { $0.duration == 1 && abs($0.seconds - Double($0.index) / 25) < 1e-9 })
        #expect(source.framesRead == 13)
        let isStillAtItsEnd = try source.next() == nil
        #expect(isStillAtItsEnd)
    }

    /// 1.7 objects at 30000/1001 frames a second, and less than a frame.
    @Test(arguments: [("seconds=2.9,fps=ntsc", 87), ("seconds=0.001", 1), ("seconds=1,fps=1", 1), ("", 300)])
    func anyLengthGivesTheNearestNumberOfFrames(settings: String, frames: Int) throws {
        let source = try source("\(settings.isEmpty ? "" : settings + ",")size=16x16")
        #expect(source.frameCountEstimate == frames)
        #expect(try source.readAll().count == frames)
    }

    @Test func framesAreTaggedAsBT709OfLimitedRange() throws {
        let source = try source("size=64x36")
        let format = source.format
        #expect(format.width == 64 && format.height == 36 && format.pixelFormat == AV_PIX_FMT_YUV420P)
        #expect(format.timeBase == (1, 30) && format.frameRate == (30, 1) && format.sampleAspectRatio == (1, 1))
        let frame = try source.firstFrame()
        for colour in [ColourTags(of: frame.av), format.colour] {
            #expect(colour.range == AVCOL_RANGE_MPEG && colour.matrix == AVCOL_SPC_BT709)
            #expect(colour.primaries == AVCOL_PRI_BT709 && colour.transfer == AVCOL_TRC_BT709)
        }
    }

    /// In BT.709 of limited range white is 235 and black 16; the yin-yang has much of both.
    @Test func coloursAreThoseOfTheTags() throws {
        let source = try source("seconds=0.9,size=320x180,objects=yin-yang")
        let planes = try #require(try source.readAll().last).planes
        let brightest = try #require(planes[0].max())
        let darkest = try #require(planes[0].min())
        #expect((225...236).contains(brightest) && (16...26).contains(darkest))
        // The stop sign's red, about 0xbc121b: Y' = 16 + 219 · (0.2126 R + 0.7152 G + 0.0722 B) = 63, Cr = 203.
        let sign = try self.source("seconds=0.9,size=320x180,objects=stop-sign")
        let last = try #require(try sign.readAll().last)
        let box = try #require(try sign.truth(ofFrame: last.index)?.box)
        let (x, y) = ((box.x0 + box.x1) / 2, box.y0 + (box.y1 - box.y0) * 3 / 4)
        #expect((53...73).contains(last.planes[0][y * 320 + x]))
        #expect((190...216).contains(last.planes[2][y / 2 * 160 + x / 2]))
    }

    @Test func theSameSeedGivesTheSameBytes() throws {
        func bytes(_ seed: Int) throws -> [[UInt8]] {
            try source("seconds=0.2,size=64x36,seed=\(seed)").readAll().map(\.bytes)
        }
        let first = try bytes(7)
        #expect(try bytes(7) == first)
        #expect(try bytes(8) != first)
    }

    @Test(arguments: [(65, 33), (64, 64), (16, 16), (3840, 2160)])
    func anySizeComesOut(width: Int, height: Int) throws {
        let pictures = try source("seconds=0.01,size=\(width)x\(height)").readAll()
        let (halfWidth, halfHeight) = ((width + 1) / 2, (height + 1) / 2)
        #expect(pictures.count == 1)
        #expect(
            pictures[0].planes.map(\.count) == [width * height, halfWidth * halfHeight, halfWidth * halfHeight])
        // Nothing is left undrawn, down to the last pixel.
        #expect(pictures[0].planes[0].last.map { $0 > 20 } == true)
        #expect(Set(pictures[0].planes[0].suffix(256)).count > 5)
    }

    @Test func anInterruptEndsIt() throws {
        let interrupt = Interrupt()
        let source = try source("size=64x36", interrupt: interrupt)
        _ = try source.next()
        interrupt.raise()
        let ended = try source.next() == nil
        #expect(ended && source.framesRead == 1)
    }

    @Test func aSourceIsOpenedByItsAddress() throws {
        var config = CaptureConfig()
        config.input = "demo:size=64x36"
        let source = try openSource(config, interrupt: Interrupt())
        #expect(source is DemoSource && source.name == "demo:size=64x36")
        #expect(source.auxiliaryStreams.isEmpty && source.takeWarnings().isEmpty && source.corruptPackets == 0)
        config.input = Clips.bFrames
        #expect(try openSource(config, interrupt: Interrupt()) is FileSource)
        config.input = "demo:size=1"
        #expect(throws: CaptureError.self) { try openSource(config, interrupt: Interrupt()) }
    }
}
