import CFFmpeg
import Encode
import Foundation
import Pipeline
import TestSupport
import Testing

@Suite struct AuxiliaryStreamTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Two languages of sound and one of subtitles, one second.
    private func sources(
        audio: String = "aac", subtitles: String = "copy", container: String = "mkv"
    ) throws -> AuxiliaryFile {
        let text = "1\n00:00:00,200 --> 00:00:00,900\nGrüezi\n"
        try folder.write(text.utf8, to: "text.srt")
        let path = folder.file("auxiliaryStreams.\(container)")
        try FFmpegTool.run(
            ["-f", "lavfi", "-i", "sine=440:d=1", "-f", "lavfi", "-i", "sine=880:d=1", "-i", folder.file("text.srt")]
                + ["-map", "0", "-map", "1", "-map", "2", "-c:a", audio, "-c:s", subtitles]
                + [
                    "-metadata:s:a:0", "language=deu", "-metadata:s:a:1", "language=eng", "-metadata:s:s:0",
                    "language=gsw",
                ]
                + ["-disposition:a:0", "0", "-disposition:a:1", "default", path])
        return try AuxiliaryFile(path)
    }

    private func write(
        _ auxiliaryStreams: AuxiliaryFile, _ config: EncodeConfig, frames: Int = 25
    ) throws -> [EncodeNote] {
        let pictures = try TestPictures()
        let queue = PacketQueue()
        let sink = try openSink(
            config, format: pictures.format, auxiliaryStreams: auxiliaryStreams.auxiliaryStreams, packets: queue)
        // As a demuxer hands them on: those that stand before the picture, and a few at the end.
        var waiting = auxiliaryStreams.packets[...]
        for index in 0..<frames {
            while let packet = waiting.first, waiting.count > 3,
                Double(packet.av.pointee.dts)
                    * av_q2d(auxiliaryStreams.auxiliaryStreams[Int(packet.av.pointee.stream_index)].timeBase)
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
        _ stream: DecodedFile.Stream, isCopyOf position: Int, of auxiliaryStreams: AuxiliaryFile
    ) throws {
        let wanted = auxiliaryStreams.contents(position)
        #expect(wanted.count > 0)
        #expect(stream.packets.map(\.bytes) == wanted.map(\.bytes))
        let tick = av_q2d(stream.timeBase)
        #expect(
            zip(stream.packets, wanted).allSatisfy { abs(Double($0.pts) * tick - $1.time) <= tick / 2 + 0.0005 + 1e-9 })
    }

    @Test func matroskaKeepsAllStreamsUntouched() throws {
        let auxiliaryStreams = try sources()
        let path = folder.file("out.mkv")
        #expect(try write(auxiliaryStreams, .fast(path)) == [])
        let decoded = try DecodedFile(path)
        try #require(decoded.streams.map(\.codec) == ["h264", "aac", "aac", "subrip"])
        for position in 0..<3 { try check(decoded.streams[position + 1], isCopyOf: position, of: auxiliaryStreams) }
        #expect(decoded.streams.map { $0.metadata["language"] } == [nil, "deu", "eng", "gsw"])
        #expect(decoded.streams.map { $0.disposition & AV_DISPOSITION_DEFAULT != 0 } == [true, false, true, false])
        #expect(decoded.pictures.count == 25)
    }

    @Test func mp4KeepsTheSoundAndNamesTheSubtitlesThatItCannotHold() throws {
        let auxiliaryStreams = try sources(subtitles: "ass")
        let path = folder.file("out.mp4")
        let notes = try write(auxiliaryStreams, .fast(path))
        #expect(notes == [.streamLeftOut(stream: "subtitle stream 1 (ass, gsw)", container: ".mp4", fits: [".mkv"])])
        #expect(
            notes[0].description
                == "subtitle stream 1 (ass, gsw) is left out: .mp4 cannot hold it; write .mkv to keep it")
        let decoded = try DecodedFile(path)
        try #require(decoded.streams.map(\.codec) == ["h264", "aac", "aac"])
        for position in 0..<2 { try check(decoded.streams[position + 1], isCopyOf: position, of: auxiliaryStreams) }
    }

    @Test(arguments: [
        ("libopus", "webm", "opus"), ("pcm_s16le", "mov", "pcm_s16le"), ("flac", "mp4", "flac"), ("ac3", "mp4", "ac3"),
        ("libmp3lame", "mp4", "mp3"),
    ])
    func soundOfOtherKindsIsCopied(encoder: String, ending: String, codec: String) throws {
        let auxiliaryStreams = try sources(audio: encoder)
        let path = folder.file("out.\(ending)")
        let notes = try write(auxiliaryStreams, .fast(path))
        #expect(notes.count == 1)  // the subtitles, converted
        let decoded = try DecodedFile(path)
        try #require(decoded.streams.map(\.codec).dropFirst().prefix(2) == [codec, codec])
        // PCM comes in packets of any length.
        if codec == "pcm_s16le" {
            #expect(decoded.streams[1].packets.flatMap(\.bytes) == auxiliaryStreams.contents(0).flatMap(\.bytes))
        } else {
            try check(decoded.streams[1], isCopyOf: 0, of: auxiliaryStreams)
        }
    }

    @Test(arguments: ["flac", "libopus"]) func soundThatOnlyMP4HoldsIsNamedForQuickTime(_ codec: String) throws {
        let auxiliaryStreams = try sources(audio: codec)
        let path = folder.file("out.mov")
        let notes = try write(auxiliaryStreams, .fast(path)).map(\.description)
        let name = codec == "flac" ? "flac" : "opus"
        #expect(notes.contains { $0.hasPrefix("audio stream 1 (\(name), deu) is left out") }, "\(notes)")
        #expect(notes.contains { $0.hasSuffix("write .mkv or .mp4 to keep it") }, "\(notes)")
        #expect(try DecodedFile(path).pictures.count == 25)
    }

    @Test func soundThatTheContainerCannotHoldIsNamed() throws {
        let auxiliaryStreams = try sources(audio: "pcm_mulaw")
        let notes = try write(auxiliaryStreams, .fast(folder.file("out.mp4")), frames: 3)
        #expect(
            notes.contains(
                .streamLeftOut(stream: "audio stream 2 (pcm_mulaw, eng)", container: ".mp4", fits: [".mkv", ".mov"])))
        #expect(try DecodedFile(folder.file("out.mp4")).streams.map(\.codec) == ["h264", "mov_text"])
    }

    @Test(arguments: [
        ("mov_text", "mp4", "mkv", "subrip"), ("copy", "mkv", "mp4", "mov_text"), ("copy", "mkv", "mov", "mov_text"),
        ("webvtt", "mkv", "mp4", "mov_text"), ("mov_text", "mp4", "webm", "webvtt"),
    ])
    func plainSubtitlesAreWrittenAsTheContainerHoldsThem(
        subtitles: String, container: String, ending: String, codec: String
    ) throws {
        let auxiliaryStreams = try subtitlesAlone(codec: subtitles, container: container)
        let path = folder.file("out.\(ending)")
        let notes = try write(auxiliaryStreams, .fast(path))
        let from = subtitles == "copy" ? "subrip" : subtitles
        #expect(
            notes == [
                .subtitlesConverted(
                    stream: "subtitle stream 1 (\(from), gsw)", codec: codec, container: ".\(ending)")
            ])
        let decoded = try DecodedFile(path)
        #expect(decoded.streams.map(\.codec).last == codec)
        // QuickTime has numbers for languages, and none for this one.
        if ending != "mov" { #expect(decoded.streams.last?.metadata["language"] == "gsw") }
        let text = try FFmpegTool.output(
            ["ffmpeg", "-nostdin", "-loglevel", "error", "-i", path, "-map", "0:s", "-f", "srt", "-"])
        #expect(
            String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
                == "1\n00:00:00,200 --> 00:00:00,900\nGrüezi")
    }

    /// Without sound, whose beginning before 0 would shift all times.
    private func subtitlesAlone(codec: String, container: String) throws -> AuxiliaryFile {
        try folder.write("1\n00:00:00,200 --> 00:00:00,900\nGrüezi\n".utf8, to: "text.srt")
        let path = folder.file("subtitles.\(container)")
        try FFmpegTool.run(
            ["-i", folder.file("text.srt"), "-c:s", codec, "-metadata:s:s:0", "language=gsw", path])
        return try AuxiliaryFile(path)
    }

    @Test func fontsGoIntoMatroskaAlone() throws {
        let auxiliaryStreams = try fontsAndSubtitles()
        #expect(try write(auxiliaryStreams, .fast(folder.file("out.mkv")), frames: 3) == [])
        let kept = try FFmpegTool.probe(
            ["-show_entries", "stream_tags=filename,mimetype", folder.file("out.mkv")])
        #expect(kept.contains("letters.ttf") && kept.contains("application/x-truetype-font"))
        for ending in ["mp4", "mov", "webm"] {
            #expect(
                try write(auxiliaryStreams, .fast(folder.file("out.\(ending)")), frames: 3).contains(
                    .streamLeftOut(stream: "attachment 1 (letters.ttf)", container: ".\(ending)", fits: [".mkv"])))
        }
    }

    /// Subtitles with styles, and the font that they are in.
    private func fontsAndSubtitles() throws -> AuxiliaryFile {
        try folder.write("1\n00:00:00,000 --> 00:00:00,100\nGrüezi\n".utf8, to: "text.srt")
        try folder.write([UInt8](repeating: 3, count: 100), to: "letters.ttf")
        let path = folder.file("fonts.mkv")
        try FFmpegTool.run(
            ["-i", folder.file("text.srt"), "-c:s", "ass", "-attach", folder.file("letters.ttf")]
                + ["-metadata:s:t", "mimetype=application/x-truetype-font", path])
        return try AuxiliaryFile(path)
    }

    @Test func dataOfAnActionCameraGoesWhereItIsKnown() throws {
        let auxiliaryStreams = try cameraData()
        let name = "data stream 1 (gpmd)"
        for ending in ["mp4", "mov"] {
            let path = folder.file("out.\(ending)")
            #expect(try write(auxiliaryStreams, .fast(path)) == [])
            let decoded = try DecodedFile(path)
            try #require(decoded.streams.count == 2)
            try check(decoded.streams[1], isCopyOf: 0, of: auxiliaryStreams)
            #expect(
                try FFmpegTool.probe(
                    ["-select_streams", "d", "-show_entries", "stream=codec_tag_string", path]
                ).contains("gpmd"))
        }
        #expect(
            try write(auxiliaryStreams, .fast(folder.file("out.mkv")))
                == [.streamLeftOut(stream: name, container: ".mkv", fits: [".mp4", ".mov"])])
        #expect(
            try write(auxiliaryStreams, .fast(folder.file("out.ts")))
                == [.streamLeftOut(stream: name, container: ".ts", fits: [".mp4", ".mov"])])
    }

    /// GoPro's telemetry, as far as a container is concerned: a track of bytes with a name.
    private func cameraData() throws -> AuxiliaryFile {
        let path = folder.file("camera.mp4")
        var allocated: UnsafeMutablePointer<AVFormatContext>?
        try FFmpegError.check(avformat_alloc_output_context2(&allocated, nil, "mp4", path), "alloc")
        let context = try #require(allocated)
        defer { avformat_free_context(context) }
        try FFmpegError.check(avio_open(&context.pointee.pb, path, AVIO_FLAG_WRITE), "avio_open")
        let stream = try #require(avformat_new_stream(context, nil))
        stream.pointee.codecpar.pointee.codec_type = AVMEDIA_TYPE_DATA
        stream.pointee.codecpar.pointee.codec_id = AV_CODEC_ID_BIN_DATA
        stream.pointee.codecpar.pointee.codec_tag = 0x646d_7067
        stream.pointee.time_base = AVRational(num: 1, den: 1000)
        try FFmpegError.check(avformat_write_header(context, nil), "avformat_write_header")
        for number in 0..<5 {
            let packet = Packet(adopting: av_packet_alloc())
            try FFmpegError.check(av_new_packet(packet.av, 8), "av_new_packet")
            packet.av.pointee.data.update(repeating: UInt8(number + 1), count: 8)
            packet.av.pointee.pts = Int64(number) * 200
            packet.av.pointee.dts = packet.av.pointee.pts
            packet.av.pointee.duration = 200
            av_packet_rescale_ts(packet.av, AVRational(num: 1, den: 1000), stream.pointee.time_base)
            try FFmpegError.check(av_interleaved_write_frame(context, packet.av), "av_interleaved_write_frame")
        }
        try FFmpegError.check(av_write_trailer(context), "av_write_trailer")
        avio_closep(&context.pointee.pb)
        return try AuxiliaryFile(path)
    }

    @Test(arguments: ["mkv", "webm", "mp4", "mov", "nut"])
    func chaptersTimeCodeAndDateAreCarriedOver(ending: String) throws {
        let path = folder.file("chapters.\(ending)")
        let notes = try writeChapters(path)
        let shown = try FFmpegTool.probe(
            ["-show_entries", "chapter=start_time,end_time:chapter_tags=title", path])
        #expect(
            shown.split(whereSeparator: \.isNewline).filter { !$0.isEmpty }
                == ["0.000000", "0.400000", "One", "0.400000", "1.000000", "Zwölf"])
        let tags = try FFmpegTool.probe(
            ["-show_entries", "format_tags:stream_tags", "-of", "default=noprint_wrappers=1", path])
        if ending == "nut" {
            #expect(notes == [.timecodeLeftOut(timecode: "10:00:00:00", container: ".nut")])
        } else {
            #expect(notes == [])
            #expect(tags.contains("2024-05-01T12:00:00"))
            #expect(tags.lowercased().contains("timecode=10:00:00:00"))
        }
    }

    @Test func chaptersThatAreLeftOutAreTold() throws {
        let notes = try writeChapters(folder.file("chapters.avi"))
        #expect(notes.contains(.chaptersLeftOut(count: 2, container: ".avi")))
        #expect(notes.contains(.timecodeLeftOut(timecode: "10:00:00:00", container: ".avi")))
        #expect(
            EncodeNote.chaptersLeftOut(count: 2, container: ".avi").description
                == "2 chapters are left out: .avi cannot hold them; write .mkv or .mp4 to keep them")
    }

    /// One second with two chapters.
    private func writeChapters(_ path: String) throws -> [EncodeNote] {
        let pictures = try TestPictures()
        let metadata = OutputMetadata(
            container: ["creation_time": "2024-05-01T12:00:00.000000Z"], video: ["timecode": "10:00:00:00"],
            chapters: [
                Chapter(start: 0, end: 400_000, metadata: ["title": "One"]),
                Chapter(start: 400_000, end: 1_000_000, metadata: ["title": "Zwölf"]),
            ])
        var config = EncodeConfig.fast(path)
        config.codec = path.hasSuffix("webm") ? nil : "libx264"
        let sink = try openSink(config, format: pictures.format, metadata: metadata)
        let notes = sink.notes
        for index in 0..<25 { try sink.write(try pictures.frame(index: index)) }
        try sink.finish()
        return notes
    }

    @Test func noStreamIsCopiedIfTheUserSaysSo() throws {
        let auxiliaryStreams = try sources()
        var config = EncodeConfig.fast(folder.file("out.mkv"))
        config.copyStreams = false
        #expect(try write(auxiliaryStreams, config, frames: 3) == [])
        #expect(try DecodedFile(config.output).streams.count == 1)
    }

    @Test func soundFromATransportStreamFitsIntoMP4() throws {
        let path = folder.file("sound.ts")
        try FFmpegTool.run(["-f", "lavfi", "-i", "sine=440:d=1", "-c:a", "aac", path])
        let auxiliaryStreams = try AuxiliaryFile(path)
        #expect(try write(auxiliaryStreams, .fast(folder.file("out.mp4"))) == [])
        let samples = try FFmpegTool.rawVideo(
            folder.file("out.mp4"), options: ["-map", "0:a", "-f", "s16le", "-c:a", "pcm_s16le"])
        #expect(samples.count > 2 * 44100 * 9 / 10)
    }

    @Test func damagedTimesDoNotStopTheWriting() throws {
        let auxiliaryStreams = try sources()
        for packet in auxiliaryStreams.packets[4..<8] {
            packet.av.pointee.dts -= 500
            packet.av.pointee.pts -= 500
        }
        _ = try write(auxiliaryStreams, .fast(folder.file("out.mp4")))
        let decoded = try DecodedFile(folder.file("out.mp4"))
        #expect(decoded.pictures.count == 25)
        #expect(decoded.streams[1].packets.map(\.bytes) == auxiliaryStreams.contents(0).map(\.bytes))
    }

    @Test func corruptPacketsAreCountedAndLeftOut() throws {
        let path = folder.file("sound.ts")
        try FFmpegTool.run(["-f", "lavfi", "-i", "sine=440:d=1", "-c:a", "aac", path])
        let auxiliaryStreams = try AuxiliaryFile(path)
        // No longer the start of an ADTS frame.
        for packet in auxiliaryStreams.packets[3..<5] {
            av_packet_make_writable(packet.av)
            packet.av.pointee.data[0] = 0
        }
        let notes = try write(auxiliaryStreams, .fast(folder.file("out.mp4")))
        #expect(notes == [.packetsLeftOut(count: 2)])
        let decoded = try DecodedFile(folder.file("out.mp4"))
        #expect(decoded.pictures.count == 25)
        #expect(decoded.streams[1].packets.count == auxiliaryStreams.packets.count - 2)
    }

    @Test func theLongestStreamDoesNotHoldUpTheOthers() throws {
        // All sound at once, as from a file that is badly interleaved.
        let auxiliaryStreams = try sources()
        let pictures = try TestPictures()
        let path = folder.file("out.mp4")
        let sink = try openSink(
            .fast(path), format: pictures.format, auxiliaryStreams: auxiliaryStreams.auxiliaryStreams,
            packets: auxiliaryStreams.queue())
        for index in 0..<5 { try sink.write(try pictures.frame(index: index)) }
        try sink.finish()
        let decoded = try DecodedFile(path)
        #expect(decoded.pictures.count == 5)
        try check(decoded.streams[1], isCopyOf: 0, of: auxiliaryStreams)
    }
}
