import Capture
import Synchronization
import TestSupport
import Testing

/// Only some pictures of a recording are wanted: they are those that come without passing over anything.
@Suite struct LeapTests {
    private static let folder = Result { try TemporaryFolder() }

    /// A minute of 10 pictures a second, each of which tells its number by its noise.
    struct Case: CustomTestStringConvertible {
        let name: String
        let options: [String]
        /// The share of the pictures that must not be decoded at least; 0: the file has no index, or it is of no use.
        let spared: Double

        init(_ name: String, _ options: [String], spared: Double) {
            (self.name, self.options, self.spared) = (name, options, spared)
        }

        var testDescription: String { name }

        /// Once for all tests, which run at the same time.
        func make() throws -> String {
            let path = try LeapTests.folder.get().file(name)
            try LeapTests.made.withLock { made in
                guard !made.contains(name) else { return }
                let source = "testsrc=s=64x48:r=10:d=60,noise=alls=20:allf=t"
                try FFmpegTool.run(["-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p"] + options + [path])
                made.insert(name)
            }
            return path
        }
    }

    private static let made = Mutex<Set<String>>([])

    private static let h264 = [
        "-c:v", "libx264", "-threads", "1", "-bf", "3", "-x264-params", "b-adapt=0:scenecut=0", "-g",
    ]

    private static let cases = [
        Case("closed.mp4", h264 + ["25"], spared: 0.5),
        Case("late.mov", h264 + ["25", "-output_ts_offset", "3"], spared: 0.5),
        Case("open.mp4", ["-c:v", "libx264", "-x264-params", "keyint=25:open-gop=1:b-adapt=0"], spared: 0.4),
        Case("refreshed.mp4", ["-c:v", "libx264", "-x264-params", "keyint=25:intra-refresh=1"], spared: 0),
        Case("one-key.mp4", h264 + ["9999"], spared: 0.2),
        Case("fragments.mp4", h264 + ["25", "-movflags", "frag_keyframe+empty_moov"], spared: 0.2),
        Case("index.mkv", h264 + ["25"], spared: 0.5),
        Case("live.mkv", h264 + ["25", "-live", "1"], spared: 0.2),
        Case("open-hevc.mp4", ["-c:v", "libx265", "-x265-params", "keyint=25:open-gop=1:log-level=0"], spared: 0.2),
        Case("vp9.webm", ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "25"], spared: 0.5),
        Case("stream.ts", h264 + ["25"], spared: 0.2),
        Case("alone.avi", ["-c:v", "mjpeg"], spared: 0),
        Case("alone.mp4", ["-c:v", "mjpeg"], spared: 0.9),
        Case("frames.mpg", ["-c:v", "mpeg2video", "-bf", "2", "-g", "25"], spared: 0),
    ]

    /// Seconds of which pictures are wanted: neighbours, far ones, one that is not there.
    private static let wanted = [0.0, 0.05, 0.5, 7.1, 7.45, 7.5, 20.0, 21.3, 40.65, 41.1, 59.9, 61.0]

    @Test(arguments: cases) func theyAreThoseThatComeWithoutPassingOverAnything(_ clip: Case) throws {
        let path = try clip.make()
        let all = try FileSource(path).readAll()
        let source = try FileSource(path)
        var expected = all[...]
        for seconds in Self.wanted {
            expected = expected.drop { $0.seconds < seconds }
            var found: Picture?
            if let frame = try source.next(from: seconds) { found = try Picture(frame) }
            guard let one = expected.popFirst() else {
                #expect(found == nil)
                continue
            }
            #expect(found?.pts == one.pts && found?.planes == one.planes, "from \(seconds) s")
        }
        #expect(Double(source.framesRead) <= Double(all.count) * (1 - clip.spared), "\(source.framesRead) decoded")
        #expect(source.takeWarnings() == [] && source.corruptPackets == 0)
    }

    @Test func theRestFollowsAsItIs() throws {
        let path = try Self.cases[0].make()
        let all = try FileSource(path).readAll()
        let source = try FileSource(path)
        let isThere = try source.next(from: 50) != nil
        #expect(isThere)
        let rest = try source.readAll()
        #expect(rest.map(\.pts) == all.filter { $0.seconds > 50 }.map(\.pts))
        #expect(rest.map(\.planes) == all.filter { $0.seconds > 50 }.map(\.planes))
        #expect(!source.endedEarly && source.takeWarnings() == [])
    }
}
