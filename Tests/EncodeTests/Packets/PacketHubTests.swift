import CFFmpeg
import Pipeline
import Synchronization
import Testing

@testable import Encode

/// What is shown, for who reads it as packets.
@Suite struct PacketHubTests {
    private let bench: RecordingBench
    private let hub: PacketHub

    init() throws {
        bench = try RecordingBench()
        hub = try PacketHub()
    }

    private func show(_ indices: Range<Int>, _ other: TestPictures? = nil) throws {
        let pictures = other ?? bench.pictures
        for index in indices {
            hub.encode(try bench.frame(index, at: Double(index) / 25, pictures), pictures.format)
        }
    }

    /// Milliseconds since the first picture that could come.
    private func times(_ packets: [EncodedPacket]) -> [Int64] { packets.map { ($0.picture.time - 5_000_000) / 1000 } }

    @Test func nothingIsEncodedWhileNobodyReads() throws {
        try show(0..<5)
        #expect(hub.picturesEncoded == 0 && !hub.isRead)
        let reader = ScriptedStream()
        hub.add(reader)
        #expect(hub.isRead)
        try show(5..<10)
        reader.wantsMore(false)
        #expect(!hub.isRead)
        try show(10..<15)
        #expect(hub.picturesEncoded == 5 && reader.inner.all.ends == 1)
        hub.remove(reader)
        reader.wantsMore(true)
        try show(15..<20)
        #expect(hub.picturesEncoded == 5 && !hub.isRead)
        #expect(times(reader.inner.all.packets) == [200, 240, 280, 320, 360])
    }

    @Test func anyNumberReadsOneEncoderAndEachBeginsWithAKeyPicture() throws {
        let readers = (0..<20).map { _ in ScriptedStream() }
        for (index, reader) in readers.enumerated() {
            hub.add(reader)
            try show(2 * index..<2 * index + 2)
        }
        #expect(hub.picturesEncoded == 40)
        for (index, reader) in readers.enumerated() {
            let packets = reader.inner.all.packets
            #expect(packets.count == 40 - 2 * index && packets[0].isKey)
        }
        // The same bytes.
        #expect(readers[0].inner.all.packets.last === readers[19].inner.all.packets.last)
    }

    @Test func keyPicturesAreASecondApartAtMostAndNoPictureWaitsForAnother() throws {
        let reader = ScriptedStream()
        hub.add(reader)
        for index in 0..<60 {
            try show(index..<index + 1)
            #expect(reader.inner.all.packets.count == index + 1)
        }
        let packets = reader.inner.all.packets
        #expect(packets.indices.filter { packets[$0].beginsFragment } == [0, 25, 50])
        #expect(packets.allSatisfy { $0.isKey || !$0.beginsFragment })
        #expect(packets.allSatisfy { $0.av.pointee.pts == $0.av.pointee.dts })
    }

    @Test(arguments: [AV_PIX_FMT_YUV422P, AV_PIX_FMT_YUV444P, AV_PIX_FMT_YUV420P10LE, AV_PIX_FMT_YUV420P])
    func whatGoesOutIsWhatAllPlayersShow(format: AVPixelFormat) throws {
        let reader = ScriptedStream()
        hub.add(reader)
        let pictures = try TestPictures(
            format, width: 64, height: 48, timeBase: AVRational(num: 1, den: 1_000_000),
            frameRate: AVRational(num: 25, den: 1))
        hub.encode(try pictures.frame(index: 0, pts: 0, duration: 40_000), pictures.format)
        let parameters = try #require(reader.inner.all.packets.first).format.parameters.pointee
        #expect(parameters.codec_id == AV_CODEC_ID_H264)
        #expect(parameters.format == AV_PIX_FMT_YUV420P.rawValue)
    }
}

/// A reader of a hub that reads while it is told to.
final class ScriptedStream: StreamReader {
    let inner = CollectingReader()

    var isReading: Bool { inner.all.isReading }
    func wantsMore(_ isReading: Bool) { inner.wantsMore(isReading) }
    func wish(for picture: PictureStamp) -> PictureWish { inner.wish(for: picture) }
    func read(_ packet: EncodedPacket) { inner.read(packet) }
    func miss(_ picture: PictureStamp, because reason: MissReason) { inner.miss(picture, because: reason) }
    func end() { inner.end() }
}
