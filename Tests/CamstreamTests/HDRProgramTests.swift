import Foundation
import TestSupport
import Testing

/// The whole program on HDR twins of an SDR clip, whose white is graphics white: 203 nits (ITU-R BT.2408).
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct HDRProgramTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// An HDR video that says of itself that it gets no brighter than SDR white.
    private func twin(_ transfer: String) throws -> String {
        let path = folder.file("\(transfer).mkv")
        let conversion =
            "zscale=transferin=709:primariesin=709:matrixin=170m:rangein=limited:transfer=\(transfer):primaries=2020"
            + ":matrix=2020_ncl:range=limited:npl=203,format=yuv420p10le"
        let display = "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)"
        let parameters =
            "log-level=none:lossless=1:colorprim=bt2020:colormatrix=bt2020nc:transfer=\(transfer)"
            + ":master-display=\(display):max-cll=203,100"
        try FFmpegTool.run([
            "-i", try Clips.red.get(), "-an", "-vf", conversion, "-c:v", "libx265", "-x265-params", parameters, path,
        ])
        return path
    }

    private struct Line: Decodable {
        struct Class: Decodable {
            let label: String
            let probability: Double?
        }
        let top: [Class]
        let peak: [Int]
    }

    private func run(_ input: String, _ name: String, _ options: [String] = []) throws -> [Line] {
        let run = try Program.run(
            [
                "-i", input, "-m", Clips.model, "-o", folder.file("\(name).mkv"), "--sidecar",
                folder.file("\(name).jsonl"),
            ]
                + ["--smoothing", "0", "--codec", "ffv1"] + options)
        #expect(run.status == 0, "\(run.standardError)")
        return try String(contentsOfFile: folder.file("\(name).jsonl"), encoding: .utf8).split(separator: "\n").map {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8))
        }
    }

    /// The brightest luma of 10 bits in a file.
    private func brightest(_ path: String) throws -> Int {
        let bytes = try FFmpegTool.rawVideo(path, pixelFormat: "yuv420p10le")
        let frameSize = 160 * 120 * 3
        try #require(bytes.count == 20 * frameSize)
        return (0..<20).map { frame in
            (0..<160 * 120).map { pixel in
                let place = frame * frameSize + 2 * pixel
                return Int(bytes[place]) | Int(bytes[place + 1]) << 8
            }.max()!
        }.max()!
    }

    /// 203 nits are 58.07 % of PQ's signal, and 75 % of HLG's.
    @Test(arguments: [("smpte2084", 573), ("arib-std-b67", 721)])
    func labelsAreGraphicsWhiteAndTheClassifierSeesTheSDRPicture(transfer: String, white: Int) throws {
        let input = try twin(transfer)
        #expect(try brightest(input) < white - 50)
        let lines = try run(input, "out")
        let output = folder.file("out.mkv")
        #expect(abs(try brightest(output) - white) <= 2)

        let wanted = try run(try Clips.red.get(), "sdr")
        try #require(lines.count == 20 && wanted.count == 20)
        for (line, sdr) in zip(lines, wanted) {
            #expect(line.top[0].label == "red")
            // In the middle of the square the map is flat: a cell of 160 / 28 pixels more or less.
            for (found, wanted) in zip(line.peak, sdr.peak) { #expect(abs(found - wanted) <= 6) }
            #expect(abs((line.top[0].probability ?? 0) - (sdr.top[0].probability ?? 1)) < 0.03)
        }

        let told = try FFmpegTool.probe(["-show_streams", output], format: "default")
        for part in [
            "color_transfer=\(transfer)", "color_primaries=bt2020", "color_space=bt2020nc", "pix_fmt=yuv420p10le",
            "Mastering display metadata", "max_luminance=1000", "max_content=203", "max_average=100",
        ] {
            #expect(told.contains(part), "\(part)")
        }
    }

    /// Red heat on a red square: light in nits, by an independent reader of PQ.
    @Test func theHeatOfAPQVideoHasTheLightThatItHasInSDR() throws {
        let options = ["--labels", "none", "--no-color-bar", "--blend", "mix", "--opacity", "1", "--colormap", "bone"]
        _ = try run(try twin("smpte2084"), "hot", options)
        let linear = try FFmpegTool.rawVideo(
            folder.file("hot.mkv"), options: ["-vf", "zscale=transfer=linear:npl=10000,format=gbrpf32le"])
        try #require(linear.count == 20 * 160 * 120 * 12)
        let green = linear.withUnsafeBytes { bytes in
            (0..<160 * 120).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) * 10_000 }
        }
        // The map's maximum is white, and nothing is brighter.
        #expect((195...209).contains(green.max()!), "\(green.max()!) nits")
        // Cold is black.
        #expect(green.min()! < 1, "\(green.min()!) nits")
    }

    @Test func picturesOfAnHDRVideoAreSDR() throws {
        let run = try Program.run(
            ["-i", try twin("smpte2084"), "-m", Clips.model, "-o", folder.file("f%02d.png"), "--labels", "none"]
                + ["--no-color-bar", "--opacity", "0"])
        #expect(run.status == 0, "\(run.standardError)")
        let found = try FFmpegTool.rawVideo(folder.file("f01.png"), pixelFormat: "rgb24")
        // The grey ground, 0x80 in SDR.
        for place in 0..<3 { #expect(abs(Int(found[place]) - 0x80) <= 3) }
    }
}
