import CFFmpeg
import Capture
import Foundation
import Pipeline
import TestSupport
import Testing

@Suite struct FileSourceTests {
    @Test(arguments: [0, 1, 4])
    func bFramesAndThreadsLoseNoFrame(threads: Int) throws {
        let source = try FileSource(Clips.bFrames) { $0.decoderThreads = threads }
        let pictures = try source.readAll()
        #expect(pictures.map(\.index) == Array(0..<25))
        #expect(pictures.map(\.pts) == (0..<25).map { $0 * 512 })
        #expect(pictures.allSatisfy { $0.duration == 512 })
        #expect(joined(pictures) == (try FFmpegTool.rawVideo(Clips.bFrames)))
        #expect(source.framesRead == 25)
        #expect(source.corruptPackets == 0)
        #expect(source.frameCountEstimate == 25)
        #expect(source.duration == 1)
        #expect(!source.endedEarly)
        #expect(source.takeWarnings() == [])
        let isStillAtItsEnd = try source.next() == nil
        #expect(isStillAtItsEnd)
    }

    @Test func theFormatIsKnownBeforeTheFirstFrame() throws {
        let format = try FileSource(Clips.bFrames).format
        #expect(format.width == 64)
        #expect(format.height == 48)
        #expect(format.pixelFormat == AV_PIX_FMT_YUV420P)
        #expect(format.timeBase == (1, 12800))
        #expect(format.frameRate == (25, 1))
    }

    @Test func variableFrameRateStaysVariable() throws {
        let pictures = try FileSource(Clips.variableRate).readAll()
        let stored = try probed(Clips.variableRate, "frame=pts")
        #expect(pictures.map(\.pts) == stored.map { $0 - stored[0] })
        #expect(Set(zip(pictures.dropFirst(), pictures).map { $0.pts - $1.pts }).count > 1)
        #expect(pictures.map(\.duration) == (try probed(Clips.variableRate, "frame=pkt_duration")))
    }

    @Test func allStreamsAreShiftedBySameStart() throws {
        let source = try FileSource(Clips.transport) { $0.takesAuxiliaryStreams = true }
        let pictures = try source.readAll()
        let start = try #require(source.startTime)
        #expect(start > 1)  // as FFmpeg's muxer does
        let offset = Int64((start * 90_000).rounded())
        #expect(pictures.map(\.pts) == (try probed(Clips.transport, "frame=pts")).map { $0 - offset })
        #expect(pictures.count == 25)
        let audio = source.packets.takeAll()
        #expect(
            audio.map(\.av.pointee.pts) == (try probed(Clips.transport, "packet=pts", stream: "a")).map { $0 - offset })
        #expect(audio.count > 40)
    }

    @Test func auxiliaryPacketsComeWithTheirStreamAndTimes() throws {
        let source = try FileSource(Clips.withAudio) { $0.takesAuxiliaryStreams = true }
        let kinds = source.auxiliaryStreams.map(\.parameters.pointee.codec_type)
        #expect(kinds == [AVMEDIA_TYPE_AUDIO, AVMEDIA_TYPE_SUBTITLE])
        #expect(source.format.width == 64)  // the video is stream 1
        #expect(try source.readAll().count == 25)
        let packets = source.packets.takeAll()
        for (number, kind) in ["a", "s"].enumerated() {
            let own = packets.filter { $0.av.pointee.stream_index == number }
            let shift = Int64((try #require(source.startTime) * 1000).rounded())
            #expect(
                own.map(\.av.pointee.pts)
                    == (try probed(Clips.withAudio, "packet=pts", stream: kind)).map { $0 - shift })
            #expect(own.map { Int64($0.av.pointee.size) } == (try probed(Clips.withAudio, "packet=size", stream: kind)))
        }
        #expect(source.metadata == ["title": "A test"])
        #expect(source.packets.takeAll().isEmpty)
    }

    @Test func aSourceThatNobodyAsksForAuxiliaryStreamsKeepsNoneOfTheirPackets() throws {
        let source = try FileSource(Clips.withAudio)
        #expect(source.auxiliaryStreams.isEmpty)
        #expect(try source.readAll().count == 25)
        #expect(source.packets.takeAll().isEmpty && source.takeWarnings().isEmpty)
    }

    @Test func soundThatLastsLongerThanTheVideoIsNoEarlyEndWhoeverWantsIt() throws {
        // Its one declared length is the sound's.
        let path = Clips.folder.file("longer.mkv")
        try FFmpegTool.run([
            "-f", "lavfi", "-i", "sine=duration=6", "-f", "lavfi", "-i", "color=red:s=32x32:d=1", "-c:v", "mjpeg",
            path,
        ])
        for isWanted in [false, true] {
            let source = try FileSource(path) { $0.takesAuxiliaryStreams = isWanted }
            #expect(try source.readAll().count == 25)
            #expect(!source.endedEarly && source.packets.takeAll().isEmpty != isWanted)
        }
    }

    @Test func anAuxiliaryStreamThatIsLeftOutSendsNothingMore() throws {
        let source = try FileSource(Clips.withAudio) { $0.takesAuxiliaryStreams = true }
        _ = source.packets.takeAll()
        source.leaveOut(auxiliary: 0)
        #expect(try source.readAll().count == 25)
        #expect(Set(source.packets.takeAll().map(\.av.pointee.stream_index)).isSubset(of: [1]))
    }

    @Test func aVideoStreamCanBeChosen() throws {
        let path = Clips.folder.file("two.mkv")
        try FFmpegTool.run(
            [
                "-f", "lavfi", "-i", "color=red:s=32x32:d=0.2", "-f", "lavfi", "-i", Clips.pattern, "-map", "0", "-map",
                "1",
            ]
                + ["-c:v", "ffv1", "-disposition:v", "0", path])
        #expect(try FileSource(path).format.width == 64)  // the larger one
        #expect(try FileSource(path) { $0.videoStream = 0 }.format.width == 32)
        #expect(throws: CaptureError.noSuchVideoStream(input: path, number: 7, videoStreams: [0, 1])) {
            try FileSource(path) { $0.videoStream = 7 }
        }
    }

    @Test func unchangedPicturesStayInTheDecodersMemory() throws {
        let source = try FileSource(Clips.bFrames) { $0.decoderThreads = 1 }
        _ = try source.next()
        var shared = 0
        while let frame = try source.next() {
            // The decoder itself holds on to the pictures that others refer to.
            if av_buffer_get_ref_count(frame.av.pointee.buf.0) > 1 { shared += 1 }
        }
        #expect(shared > 0)
    }

    @Test func aPipeIsReadWithoutSeeking() throws {
        let pipe = try pipe(carrying: Clips.transport)
        let source = try FileSource("pipe:\(pipe.fileHandleForReading.fileDescriptor)")
        #expect(joined(try source.readAll()) == (try FFmpegTool.rawVideo(Clips.transport)))
        #expect(source.name == "pipe:\(pipe.fileHandleForReading.fileDescriptor)")
    }

    @Test func aRedirectedFileMayHaveItsIndexAtTheEnd() throws {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: Clips.bFrames))
        let source = try FileSource("pipe:\(file.fileDescriptor)")
        #expect(try source.readAll().count == 25)
    }

    @Test func aNamedPipeIsRead() throws {
        let path = Clips.folder.file("fifo")
        try #require(mkfifo(path, 0o600) == 0)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: Clips.transport))
        let thread = Thread { try? bytes.write(to: URL(fileURLWithPath: path), options: []) }
        thread.start()
        #expect(try FileSource(path).readAll().count == 25)
    }

    @Test func anInterruptEndsTheVideoWithoutAnError() throws {
        let interrupt = Interrupt()
        let source = try FileSource(Clips.transport, interrupt: interrupt) { $0.decoderThreads = 1 }
        for _ in 0..<3 {
            let hasFrame = try source.next() != nil
            #expect(hasFrame)
        }
        interrupt.raise()
        let ended = try source.next() == nil
        #expect(ended)
        #expect(!source.endedEarly)
    }

    @Test(.timeLimit(.minutes(30)))
    func anInterruptEndsAReadThatBlocks() throws {
        let pipe = Pipe()
        let interrupt = Interrupt()
        let thread = Thread { interrupt.raise() }
        thread.start()
        #expect(throws: CaptureError.interrupted) {
            try FileSource("pipe:\(pipe.fileHandleForReading.fileDescriptor)", interrupt: interrupt)
        }
        _ = pipe.fileHandleForWriting
    }

    @Test func oddSizesAreKept() throws {
        let path = Clips.folder.file("odd.mkv")
        try FFmpegTool.run(
            [
                "-f", "lavfi", "-i", "testsrc=size=641x361:rate=25", "-frames:v", "2", "-c:v", "ffv1", "-pix_fmt",
                "yuv420p", path,
            ])
        let source = try FileSource(path)
        #expect(source.format.width == 641)
        #expect(source.format.height == 361)
        #expect(joined(try source.readAll()) == (try FFmpegTool.rawVideo(path)))
    }

    @Test func interlacedVideoIsToldOnce() throws {
        let path = try Clips.clip(
            "interlaced.mkv",
            ["-frames:v", "3", "-vf", "interlace", "-c:v", "libx264", "-flags", "+ildct", "-pix_fmt", "yuv420p"])
        let source = try FileSource(path)
        _ = try source.readAll()
        #expect(source.takeWarnings() == [.interlaced])
        #expect(source.takeWarnings() == [])
    }
}

func == (a: AVRational, b: (Int32, Int32)) -> Bool { a.num == b.0 && a.den == b.1 }
