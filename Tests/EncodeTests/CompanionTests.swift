import CFFmpeg
import Encode
import Pipeline
import TestSupport
import Testing

@Suite struct CompanionTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Two languages of sound and one of subtitles, one second.
    private func sources(audio: String = "aac", container: String = "mkv") throws -> CompanionFile {
        let text = "1\n00:00:00,200 --> 00:00:00,900\nGrüezi\n"
        try folder.write(text.utf8, to: "text.srt")
        let path = folder.file("companions.\(container)")
        try FFmpegTool.run(
            ["-f", "lavfi", "-i", "sine=440:d=1", "-f", "lavfi", "-i", "sine=880:d=1", "-i", folder.file("text.srt")]
                + ["-map", "0", "-map", "1", "-map", "2", "-c:a", audio, "-c:s", "copy"]
                + [
                    "-metadata:s:a:0", "language=deu", "-metadata:s:a:1", "language=eng", "-metadata:s:s:0",
                    "language=gsw",
                ]
                + ["-disposition:a:0", "0", "-disposition:a:1", "default", path])
        return try CompanionFile(path)
    }

    private func write(
        _ companions: CompanionFile, _ config: EncodeConfig, frames: Int = 25
    ) throws -> [EncodeNote] {
        let pictures = try TestPictures()
        let queue = PacketQueue()
        let sink = try openSink(
            config, format: pictures.format, companions: companions.companions, packets: queue)
        // As a demuxer hands them on: those that stand before the picture, and a few at the end.
        var waiting = companions.packets[...]
        for index in 0..<frames {
            while let packet = waiting.first, waiting.count > 3,
                Double(packet.av.pointee.dts)
                    * av_q2d(companions.companions[Int(packet.av.pointee.stream_index)].timeBase)
                    <= Double(index) / 25
            {
                queue.append(Packet(adopting: av_packet_clone(packet.av)))
                waiting.removeFirst()
            }
            try sink.write(try pictures.frame(index: index))
        }
        for packet in waiting { queue.append(Packet(adopting: av_packet_clone(packet.av))) }
        try sink.finish()
        return sink.notes
    }

    private func check(
        _ stream: DecodedFile.Stream, isCopyOf position: Int, of companions: CompanionFile
    ) throws {
        let wanted = companions.contents(position)
        #expect(wanted.count > 0)
        #expect(stream.packets.map(\.bytes) == wanted.map(\.bytes))
        let tick = av_q2d(stream.timeBase)
        #expect(
            zip(stream.packets, wanted).allSatisfy { abs(Double($0.pts) * tick - $1.time) <= tick / 2 + 0.0005 + 1e-9 })
    }

    @Test func matroskaKeepsAllStreamsUntouched() throws {
        let companions = try sources()
        let path = folder.file("out.mkv")
        #expect(try write(companions, .fast(path)) == [])
        let decoded = try DecodedFile(path)
        try #require(decoded.streams.map(\.codec) == ["h264", "aac", "aac", "subrip"])
        for position in 0..<3 { try check(decoded.streams[position + 1], isCopyOf: position, of: companions) }
        #expect(decoded.streams.map { $0.metadata["language"] } == [nil, "deu", "eng", "gsw"])
        #expect(decoded.streams.map { $0.disposition & AV_DISPOSITION_DEFAULT != 0 } == [true, false, true, false])
        #expect(decoded.pictures.count == 25)
    }

    @Test func mp4KeepsTheSoundAndNamesTheSubtitlesThatItCannotHold() throws {
        let companions = try sources()
        let path = folder.file("out.mp4")
        let notes = try write(companions, .fast(path))
        #expect(notes == [.streamLeftOut(stream: "subtitle stream 1 (subrip, gsw)", container: ".mp4")])
        #expect(
            notes[0].description
                == "subtitle stream 1 (subrip, gsw) is left out: .mp4 cannot hold it; write .mkv to keep it")
        let decoded = try DecodedFile(path)
        try #require(decoded.streams.map(\.codec) == ["h264", "aac", "aac"])
        for position in 0..<2 { try check(decoded.streams[position + 1], isCopyOf: position, of: companions) }
    }

    @Test(arguments: [
        ("libopus", "webm", "opus"), ("pcm_s16le", "mov", "pcm_s16le"), ("flac", "mp4", "flac"), ("ac3", "mp4", "ac3"),
        ("libmp3lame", "mp4", "mp3"),
    ])
    func soundOfOtherKindsIsCopied(encoder: String, ending: String, codec: String) throws {
        let companions = try sources(audio: encoder)
        let path = folder.file("out.\(ending)")
        let notes = try write(companions, .fast(path))
        #expect(notes.count == 1)  // the subtitles
        let decoded = try DecodedFile(path)
        try #require(decoded.streams.map(\.codec).dropFirst() == [codec, codec])
        // PCM comes in packets of any length.
        if codec == "pcm_s16le" {
            #expect(decoded.streams[1].packets.flatMap(\.bytes) == companions.contents(0).flatMap(\.bytes))
        } else {
            try check(decoded.streams[1], isCopyOf: 0, of: companions)
        }
    }

    @Test func soundThatTheContainerCannotHoldIsNamed() throws {
        let companions = try sources(audio: "pcm_mulaw")
        let notes = try write(companions, .fast(folder.file("out.mp4")), frames: 3)
        #expect(
            notes.contains(.streamLeftOut(stream: "audio stream 2 (pcm_mulaw, eng)", container: ".mp4")))
        #expect(try DecodedFile(folder.file("out.mp4")).streams.map(\.codec) == ["h264"])
    }

    @Test func noStreamIsCopiedIfTheUserSaysSo() throws {
        let companions = try sources()
        var config = EncodeConfig.fast(folder.file("out.mkv"))
        config.copyStreams = false
        #expect(try write(companions, config, frames: 3) == [])
        #expect(try DecodedFile(config.output).streams.count == 1)
    }

    @Test func soundFromATransportStreamFitsIntoMP4() throws {
        let path = folder.file("sound.ts")
        try FFmpegTool.run(["-f", "lavfi", "-i", "sine=440:d=1", "-c:a", "aac", path])
        let companions = try CompanionFile(path)
        #expect(try write(companions, .fast(folder.file("out.mp4"))) == [])
        let samples = try FFmpegTool.rawVideo(
            folder.file("out.mp4"), options: ["-map", "0:a", "-f", "s16le", "-c:a", "pcm_s16le"])
        #expect(samples.count > 2 * 44100 * 9 / 10)
    }

    @Test func damagedTimesDoNotStopTheWriting() throws {
        let companions = try sources()
        for packet in companions.packets[4..<8] {
            packet.av.pointee.dts -= 500
            packet.av.pointee.pts -= 500
        }
        _ = try write(companions, .fast(folder.file("out.mp4")))
        let decoded = try DecodedFile(folder.file("out.mp4"))
        #expect(decoded.pictures.count == 25)
        #expect(decoded.streams[1].packets.map(\.bytes) == companions.contents(0).map(\.bytes))
    }

    @Test func corruptPacketsAreCountedAndLeftOut() throws {
        let path = folder.file("sound.ts")
        try FFmpegTool.run(["-f", "lavfi", "-i", "sine=440:d=1", "-c:a", "aac", path])
        let companions = try CompanionFile(path)
        // No longer the start of an ADTS frame.
        for packet in companions.packets[3..<5] {
            av_packet_make_writable(packet.av)
            packet.av.pointee.data[0] = 0
        }
        let notes = try write(companions, .fast(folder.file("out.mp4")))
        #expect(notes == [.packetsLeftOut(count: 2)])
        let decoded = try DecodedFile(folder.file("out.mp4"))
        #expect(decoded.pictures.count == 25)
        #expect(decoded.streams[1].packets.count == companions.packets.count - 2)
    }

    @Test func theLongestStreamDoesNotHoldUpTheOthers() throws {
        // All sound at once, as from a file that is badly interleaved.
        let companions = try sources()
        let pictures = try TestPictures()
        let path = folder.file("out.mp4")
        let sink = try openSink(
            .fast(path), format: pictures.format, companions: companions.companions, packets: companions.queue())
        for index in 0..<5 { try sink.write(try pictures.frame(index: index)) }
        try sink.finish()
        let decoded = try DecodedFile(path)
        #expect(decoded.pictures.count == 5)
        try check(decoded.streams[1], isCopyOf: 0, of: companions)
    }
}
