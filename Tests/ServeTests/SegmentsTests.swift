import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Serve

/// The routes of the live picture in segments.
@Suite struct SegmentsTests {
    private let segments = ScriptedSegments()

    @Test func aPlaylistSaysWhatThereIsAndWhenItWasTaken() {
        let list = SegmentList(
            [
                .init(
                    number: 7, head: 1, seconds: 1, bytes: 100_001, wall: 1_795_262_400_250_000, isDiscontinuous: false),
                .init(
                    number: 8, head: 2, seconds: 0.96, bytes: 120_000, wall: 1_795_262_401_250_000,
                    isDiscontinuous: true),
            ], pastDiscontinuities: 3, targetSeconds: 1)
        #expect(
            list.playlist(query: "&token=a") == """
                #EXTM3U
                #EXT-X-VERSION:7
                #EXT-X-TARGETDURATION:1
                #EXT-X-MEDIA-SEQUENCE:7
                #EXT-X-DISCONTINUITY-SEQUENCE:3
                #EXT-X-INDEPENDENT-SEGMENTS
                #EXT-X-MAP:URI="init.mp4?n=1&token=a"
                #EXT-X-PROGRAM-DATE-TIME:2026-11-21T12:00:00.250000Z
                #EXT-X-BITRATE:801
                #EXTINF:1.00000,
                segment.m4s?n=7&token=a
                #EXT-X-DISCONTINUITY
                #EXT-X-MAP:URI="init.mp4?n=2&token=a"
                #EXT-X-PROGRAM-DATE-TIME:2026-11-21T12:00:01.250000Z
                #EXT-X-BITRATE:1000
                #EXTINF:0.96000,
                segment.m4s?n=8&token=a

                """)
    }

    @Test func segmentsCanBeHadAsSoonAsSomebodyAsks() async throws {
        try await withServer(segments: segments) { server in
            let list = try await server.get("/hls/index.m3u8")
            #expect(list.status == 200 && list.text.contains("\nsegment.m4s?n=4\n"))
            // Not before there are as many as players want.
            #expect(list.text.contains("\nsegment.m4s?n=6\n"))
            #expect(list["content-type"] == "application/vnd.apple.mpegurl")
            #expect(list["cache-control"] == "no-store")
            #expect(try await server.get("/hls/segment.m4s?n=4").body == [1, 2, 3])
            #expect(try await server.get("/hls/init.mp4?n=0").body == [9])
        }
    }

    @Test(arguments: [
        ("/hls/segment.m4s", 400), ("/hls/segment.m4s?n=x", 400), ("/hls/segment.m4s?n=-1", 400),
        ("/hls/segment.m4s?n=99999999999999999999", 400), ("/hls/segment.m4s?n=5", 404), ("/hls/init.mp4?n=1", 404),
        ("/hls/", 404), ("/hls/other.m3u8", 404),
    ])
    func whatThereIsNotIsRefused(path: String, status: Int) async throws {
        try await withServer(segments: segments) { server in
            let answer = try await server.get(path)
            #expect(answer.status == status)
        }
    }

    @Test func whereThereIsNoEncoderThereAreNone() async throws {
        try await withServer { server in
            let answers = [
                try await server.get("/hls/index.m3u8"), try await server.get("/hls/segment.m4s?n=0"),
            ]
            #expect(answers.map(\.status) == [404, 404])
        }
    }

    @Test func whoComesWithoutATokenGetsNoneAndATokenGoesAlongToTheSegments() async throws {
        let token = "0123456789abcdef0123456789abcdef"
        let folder = try TemporaryFolder()
        let path = try folder.write("\(token)\n".utf8, to: "tokens")
        chmod(path, 0o600)
        var config = ServeConfig()
        config.tokenFile = path
        try await withServer(config, segments: segments) { server in
            for path in ["/hls/index.m3u8", "/hls/segment.m4s?n=4", "/hls/init.mp4?n=0"] {
                #expect(try await server.get(path).status == 401)
            }
            let list = try await server.get("/hls/index.m3u8?token=\(token)")
            #expect(list.status == 200 && list.text.contains("\nsegment.m4s?n=4&token=\(token)\n"))
            #expect(try await server.get("/hls/segment.m4s?n=4&token=\(token)").body == [1, 2, 3])
        }
    }

    /// Has segments as soon as somebody asks.
    final class ScriptedSegments: ServedSegments {
        let asked = Mutex(0)
        private let looked = Mutex(0)
        func ask() { asked.withLock { $0 += 1 } }
        var list: SegmentList {
            let count = asked.withLock { $0 }
            return SegmentList(
                // One more is there each time that somebody looks.
                looked.withLock { looked in
                    looked += count == 0 ? 0 : 1
                    return (0..<looked).map {
                        .init(number: 4 + $0, head: 0, seconds: 1, bytes: 3, wall: 0, isDiscontinuous: false)
                    }
                }, pastDiscontinuities: 0, targetSeconds: 1)
        }
        func segment(_ number: Int) -> [UInt8]? { number == 4 ? [1, 2, 3] : nil }
        func head(_ number: Int) -> [UInt8]? { number == 0 ? [9] : nil }
    }
}
