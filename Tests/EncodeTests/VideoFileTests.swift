import CFFmpeg
import Encode
import Pipeline
import TestSupport
import Testing

/// When the file is there, and under which name.
@Suite struct VideoFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func noPictureMakesNoFile() throws {
        let sink = try openSink(.fast(folder.file("out.mp4")), format: try TestPictures().format)
        #expect(throws: EncodeError.noFrames(path: folder.file("out.mp4"))) { try sink.finish() }
        #expect(try folder.contents() == [])
    }

    @Test func anEncoderThatRefusesLeavesNothing() throws {
        var config = EncodeConfig.fast(folder.file("out.mp4"))
        config.preset = "hasty"
        var failure: EncodeError?
        do throws(any Error) {
            _ = try openSink(config, format: try TestPictures().format)
        } catch {
            failure = error as? EncodeError
        }
        #expect(failure?.description.hasPrefix("libx264 refuses to encode 64x48 yuv420p frames: ") == true)
        #expect(failure?.category == .cannotWrite)
        #expect(try folder.contents() == [])
    }

    @Test func theFinalNameAppearsAtTheEnd() throws {
        let pictures = try TestPictures()
        let sink = try openSink(.fast(folder.file("out.mp4")), format: pictures.format)
        try sink.write(try pictures.frame(index: 0))
        let names = try folder.contents()
        #expect(names.count == 1 && names.allSatisfy { $0.hasPrefix(".out.mp4.") && $0.hasSuffix(".part") })
        try sink.finish()
        #expect(try folder.contents() == ["out.mp4"])
    }

    @Test func nothingIsLeftOfASinkThatIsGivenUp() throws {
        let pictures = try TestPictures()
        let sink = try openSink(.fast(folder.file("out.mp4")), format: pictures.format)
        try sink.write(try pictures.frame(index: 0))
        sink.abandon()
        #expect(try folder.contents() == [])
    }

    @Test func nothingIsLeftOfASinkThatDies() throws {
        let pictures = try TestPictures()
        func begin() throws {
            let sink = try openSink(.fast(folder.file("out.mkv")), format: pictures.format)
            try sink.write(try pictures.frame(index: 0))
        }
        try begin()
        #expect(try folder.contents() == [])
    }

    @Test func namesWithColonsAndPercentsAreTakenLiterally() throws {
        let path = folder.file("a:b %05d 100%.mp4")
        _ = try write(try TestPictures(), .fast(path), count: 1)
        #expect(try folder.contents() == ["a:b %05d 100%.mp4"])
    }
}
