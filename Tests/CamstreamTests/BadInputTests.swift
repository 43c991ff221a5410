import Foundation
import TestSupport
import Testing

/// What a user does wrong gets one line, the right exit code, and leaves nothing under the final name.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct BadInputTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func expect(_ arguments: [String], _ status: Int32, _ part: String) throws {
        let run = try Program.run(arguments)
        #expect(run.status == status, "\(run.standardError)")
        let lines = run.standardError.split(separator: "\n").filter { $0.contains("error:") }
        #expect(lines.count == 1 && lines[0].contains(part), "\(run.standardError)")
        #expect(!FileManager.default.fileExists(atPath: folder.file("out.mp4")))
    }

    private func arguments(
        input: String? = nil, model: String = Clips.model, output: String? = nil, _ more: [String] = []
    ) throws -> [String] {
        ["-i", try input ?? Clips.red.get(), "-m", model, "-o", output ?? folder.file("out.mp4"), "-q"] + more
    }

    @Test func inputsThatAreNoVideoAre65() throws {
        let red = try Data(contentsOf: URL(fileURLWithPath: Clips.red.get()))
        try expect(arguments(input: folder.file("missing.mp4")), 65, "missing.mp4: no such file")
        try expect(arguments(input: folder.write([], to: "empty.mp4")), 65, "empty.mp4 is empty")
        let text = String(repeating: "This is a text, not a video.\n", count: 50)
        try expect(arguments(input: folder.write(text.utf8, to: "text.mp4")), 65, "text.mp4")
        // The index of this file is at its end.
        try expect(arguments(input: folder.write(red.prefix(3000), to: "cut.mp4")), 65, "cut.mp4")
        let sound = folder.file("sound.mp4")
        try FFmpegTool.run(["-f", "lavfi", "-i", "sine=duration=0.2", "-c:a", "aac", sound])
        try expect(arguments(input: sound), 65, "sound.mp4")
    }

    @Test func modelsThatCannotBeUsedAre65() throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: Fixtures.model("gap_gemm")))
        try expect(arguments(model: folder.file("missing.onnx")), 65, "missing.onnx: no such model file")
        try expect(arguments(model: folder.write([], to: "empty.onnx")), 65, "empty.onnx: the model file is empty")
        try expect(arguments(model: folder.write(whole.prefix(whole.count / 2), to: "cut.onnx")), 65, "cut.onnx")
        let noise = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 31 &+ 0xF7) }
        try expect(arguments(model: folder.write(noise, to: "noise.onnx")), 65, "noise.onnx")
        for name in ["no_graph", "unknown_operator", "two_inputs", "not_an_image"] {
            try expect(arguments(model: Fixtures.model(name)), 65, "\(name).onnx")
        }
        let card = try folder.write("model: \(Fixtures.model("gap_gemm"))\nlabels: [one]".utf8, to: "card.yaml")
        try expect(arguments(model: card), 65, "the card has 1 labels")
    }

    @Test func placesThatCannotBeWrittenAre73() throws {
        try expect(arguments(output: folder.file("no/such/out.mp4")), 73, "does not exist")
        try expect(arguments(output: "/proc/out.mp4"), 73, "/proc")
        let taken = try folder.write("kept".utf8, to: "taken.mp4")
        try expect(arguments(output: taken), 73, "taken.mp4 exists already")
        #expect(try folder.bytes(of: "taken.mp4") == Array("kept".utf8))
    }

    @Test func wrongUsageIs64() throws {
        try expect(arguments(output: folder.file("out.xyz")), 64, "its file extension names no video or image format")
        try expect(arguments(["--codec", "libx246"]), 64, "no video encoder 'libx246'; did you mean 'libx264'?")
        try expect(arguments(output: folder.file("out.webm"), ["--codec", "libx264"]), 64, "libx264 cannot go into")
        try expect(arguments(["--class", "octarine"]), 64, "no class is called 'octarine'")
        try expect(arguments(["--class", "e"]), 64, "'e' fits")
        try expect(arguments(["--opacity", "2"]), 64, "error: --opacity cannot be '2.0'; allowed: 0 to 1")
    }

    @Test func theInputIsNeverReplaced() throws {
        let clip = try folder.write(Data(contentsOf: URL(fileURLWithPath: Clips.red.get())), to: "in.mp4")
        let before = try folder.bytes(of: "in.mp4")
        let output = folder.path + "/./in.mp4"
        try expect(arguments(input: clip, output: output, ["--force"]), 64, "another file than the input")
        try expect(arguments(input: "file:" + clip, output: output, ["--force"]), 64, "another file than the input")
        try expect(arguments(input: clip, ["--sidecar", clip, "--force"]), 64, "another file than the input")
        let maps = try folder.write(Data(contentsOf: URL(fileURLWithPath: clip)), to: "in.npz")
        try expect(arguments(input: maps, ["--maps", maps, "--force"]), 64, "another file than the input")
        #expect(try folder.bytes(of: "in.mp4") == before)

        let picture = try Data(contentsOf: URL(fileURLWithPath: Clips.photo.get()))
        try folder.write(picture, to: "p1.png")
        let pattern = folder.file("p%d.png")
        try expect(arguments(input: pattern, output: pattern, ["--force"]), 64, "another file than the input")
        #expect(try folder.bytes(of: "p1.png") == Array(picture))
    }

    @Test func liveRunsDoNotReplaceTheirInputEither() throws {
        let clip = try folder.write(Data(contentsOf: URL(fileURLWithPath: Clips.red.get())), to: "in.mp4")
        let before = try folder.bytes(of: "in.mp4")
        #expect(symlink(clip, folder.file("link.mp4")) == 0)
        #expect(link(clip, folder.file("hard.mp4")) == 0)
        for output in ["in.mp4", "./x/../in.mp4", "link.mp4", "hard.mp4"] {
            mkdir(folder.file("x"), 0o700)
            let arguments = try arguments(input: clip, output: folder.file(output), ["--live", "--force"])
            try expect(arguments, 64, "another file than the input")
        }
        try expect(arguments(input: clip, ["--live", "--sidecar", clip, "--force"]), 64, "another file than the input")
        let config = try folder.write("capture: {input: in.mp4}".utf8, to: "live.yaml")
        let served = [
            "serve", "--config", config, "--input", clip, "--out", clip, "--force", "--listen", "127.0.0.1:0",
        ]
        try expect(served, 78, "another file than the input")
        #expect(try folder.bytes(of: "in.mp4") == before)
    }

    @Test func noOutputReplacesASetting() throws {
        for name in [
            "c.yaml", "secret", "cert.pem", "key.pem", "labels.json", "labels.txt", "preprocessor_config.json",
        ] {
            try folder.write(name == "c.yaml" ? "{}".utf8 : "x".utf8, to: name)
        }
        let model = try folder.write(
            Data(contentsOf: checkout.appending(path: "models/colours/colours.onnx")), to: "m.onnx")
        let card = try folder.write("labels: labels.json".utf8, to: "m.yaml")
        for (name, words, options) in [
            ("c.yaml", "the config file", ["--config", folder.file("c.yaml")]),
            ("secret", "the file of tokens", ["--token-file", folder.file("secret")]),
            ("secret", "the file of users", ["--user-file", folder.file("secret")]),
            ("cert.pem", "the certificate", ["--tls-cert", folder.file("cert.pem")]),
            ("key.pem", "the certificate's key", ["--tls-key", folder.file("key.pem")]),
            ("m.yaml", "the model's card", []), ("m.yaml", "the model's card", ["--card", card]),
            ("labels.json", "the model's labels", []),
            ("labels.txt", "a file beside the model that is read with it", []),
            ("preprocessor_config.json", "a file beside the model that is read with it", []),
        ] {
            let before = try folder.bytes(of: name)
            try expect(
                arguments(model: model, options + ["--sidecar", folder.file(name), "--force"]), 64,
                "another file than \(words)")
            #expect(try folder.bytes(of: name) == before)
        }
        let steady = ["steady", "-i", "demo:", "-m", model, "--force", "-o"]
        try expect(steady + [folder.file("labels.json")], 64, "another file than the model's labels")
        try expect(
            steady + [folder.file("c.json"), "--against", try folder.write("{}".utf8, to: "c.json")], 64,
            "another file than the config file that is measured against")
    }

    @Test func numberedPicturesAreToldByTheNamesThatTheyGet() throws {
        let picture = try Data(contentsOf: URL(fileURLWithPath: Clips.photo.get()))
        try folder.write(picture, to: "p0001.png")
        try folder.write(picture, to: "p10.png")
        let input = folder.file("p%04d.png")
        for output in ["p0%03d.png", "p000%d.png", "./x/../p%04d.png"] {
            mkdir(folder.file("x"), 0o700)
            try expect(
                arguments(input: input, output: folder.file(output), ["--force"]), 64, "another file than the input")
        }
        try expect(
            arguments(input: folder.file("p10.png"), output: folder.file("p%d.png"), ["--force"]), 64,
            "another file than the input")
        try expect(
            arguments(output: folder.file("q%d.png"), ["--sidecar", folder.file("q7.png")]), 64,
            "another file than the output")
        #expect(try folder.bytes(of: "p0001.png") == Array(picture))
    }

    @Test func noOutputReplacesTheModel() throws {
        let model = try folder.write(Data(contentsOf: URL(fileURLWithPath: Clips.model)), to: "m.onnx")
        let before = try folder.bytes(of: "m.onnx")
        try expect(
            arguments(model: model, ["--sidecar", model, "--force"]), 64, "another file than the model")
        #expect(try folder.bytes(of: "m.onnx") == before)
    }

    /// Also those that nobody names: the card and the labels beside the model, the model of a card.
    @Test func noOutputReplacesWhatIsReadWithTheModel() throws {
        let model = try folder.write(Data(contentsOf: URL(fileURLWithPath: Clips.model)), to: "m.onnx")
        let card = try folder.write("labels: names.txt\nmodel: m.onnx".utf8, to: "m.yaml")
        let labels = try folder.write("a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n".utf8, to: "names.txt")
        let exported = try folder.write("{}".utf8, to: "config.json")
        let config = try folder.write("overlay: {opacity: 0.5}".utf8, to: "settings.yaml")
        let before = try [card, labels, exported, config].map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
        for (named, output, words) in [
            (model, card, "the model's card"), (model, labels, "the model's labels"), (card, model, "the model"),
            (model, exported, "a file beside the model"), (model, config, "the config file"),
        ] {
            let options = ["--sidecar", output, "--force", "--config", config]
            try expect(arguments(model: named, options), 64, "another file than \(words)")
        }
        #expect(try [card, labels, exported, config].map { try Data(contentsOf: URL(fileURLWithPath: $0)) } == before)
    }

    @Test func twoResultsCannotHaveOneName() throws {
        let sidecar = folder.path + "/./out.mp4"
        try expect(arguments(["--sidecar", sidecar]), 64, "another file than the output")
    }

    @Test func wrongSettingsAre64() throws {
        try expect(arguments(["--layer", "nowhere"]), 64, "nowhere")
        try expect(arguments(["--config", folder.file("missing.yaml")]), 64, "missing.yaml: there is no such file")
        let config = try folder.write("overlay: {font: No Such Font At All}".utf8, to: "font.yaml")
        try expect(arguments(["--config", config]), 64, "No Such Font At All")
    }

    @Test func aFullDiskIs73AndLeavesNothing() throws {
        let disk = folder.file("disk")
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
        guard (try? FFmpegTool.output(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk])) != nil else {
            try Test.cancel("no right to mount a small file system")
        }
        defer { _ = try? FFmpegTool.output(["umount", "-l", disk]) }
        let clip = folder.file("noise.mp4")
        try FFmpegTool.run([
            "-f", "lavfi", "-i", "testsrc2=s=320x240:d=2,noise=alls=60:allf=t", "-c:v", "libx264", "-preset",
            "ultrafast",
            "-pix_fmt", "yuv420p", clip,
        ])
        let run = try Program.run(["-i", clip, "-m", Clips.model, "-o", "\(disk)/out.mp4", "-q"])
        #expect(run.status == 73, "\(run.standardError)")
        #expect(run.standardError.contains("full"), "\(run.standardError)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk).isEmpty)
    }
}
