import Capture
import Demo
import Foundation
import Infer
import Pipeline
import TestSupport
import Testing

/// The input `demo:` through the built program, and what the model made for it sees in it.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct DemoTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func theProgramPlaysIt() throws {
        let (output, sidecar) = (folder.file("out.mp4"), folder.file("out.jsonl"))
        let run = try Program.run([
            "-i", "demo:seconds=1,size=320x180", "-m", Clips.model, "-o", output, "--sidecar", sidecar,
        ])
        #expect(run.status == 0, "\(run.standardError)")
        #expect(run.standardError.contains("input demo:seconds=1,size=320x180: drawn, 320x180"))
        let stream = try FFmpegTool.probe([
            "-count_packets", "-show_entries", "stream=width,height,r_frame_rate,nb_read_packets,color_space,duration",
            output,
        ])
        #expect(
            stream.split(separator: "\n").map(String.init) == ["320", "180", "bt709", "30/1", "1.000000", "30"])
        #expect(try folder.bytes(of: "out.jsonl").count { $0 == UInt8(ascii: "\n") } == 30)
    }

    @Test func aMistakeIsBadInputInOneLine() throws {
        let run = try Program.run(["-i", "demo:second=5", "-m", Clips.model, "-o", folder.file("out.mp4"), "-q"])
        #expect(run.status == 65)
        let lines = run.standardError.split(separator: "\n").filter { $0.contains("error:") }
        #expect(lines.count == 1 && lines[0].contains("demo: has no setting 'second'"), "\(run.standardError)")
        #expect(try folder.contents().isEmpty)
    }

    @Test func anInterruptKeepsWhatWasMade() throws {
        let output = folder.file("out.mp4")
        let running = try Program.Running([
            "-i", "demo:seconds=3600,size=160x90", "-m", Clips.model, "-o", output, "--verbose",
        ])
        #expect(running.wait(for: "the first frame is done"))
        running.signal(SIGINT)
        let run = running.finish()
        #expect(run.status == 130, "\(run.standardError)")
        let frames = try FFmpegTool.probe(["-count_packets", "-show_entries", "stream=nb_read_packets", output])
        let count = try #require(Int(frames.trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(count > 0 && count < 108_000)
    }

    private static let model = checkout.appendingPathComponent("models/demo/demo.onnx").path

    /// The engine once prepared the demo model's 8-bit weights wrongly where several inferences began together: about
    /// one fresh start in three saw garbage.
    @Test func aModelJustCompiledSeesTheSameEachTime() throws {
        let seen = try (0..<5).map { start in
            let sidecar = folder.file("\(start).jsonl")
            let run = try Program.run(
                [
                    "-i", "demo:seconds=1,fps=8,size=320x180", "-m", Self.model, "-o", folder.file("\(start).mp4"),
                    "--sidecar", sidecar,
                ], environment: ["XDG_CACHE_HOME": folder.file("cache\(start)")])
            #expect(run.status == 0, "\(run.standardError)")
            return try folder.bytes(of: "\(start).jsonl")
        }
        #expect(seen.allSatisfy { $0 == seen[0] })
    }

    @Test func theDemoModelSeesWhatIsThereAndWhereItIs() throws {
        var config = InferConfig()
        config.model = Self.model
        let source = try DemoSource(try #require(try DemoAddress("demo:fps=6")), interrupt: Interrupt())
        let explainer = try Explainer(config, format: source.format, mapCount: 1)
        var (objects, named, found) = (0, 0, 0)
        while let frame = try source.next() {
            guard let truth = try source.truth(ofFrame: frame.index) else { continue }
            try explainer.submit(frame)
            guard let explained = try explainer.next(), let map = explained.observations.first,
                let peak = map.heatmap.peak(pictureWidth: source.format.width, pictureHeight: source.format.height)
            else { continue }
            objects += 1
            if map.prediction.label == truth.className { named += 1 }
            if (truth.box.x0..<truth.box.x1).contains(peak.x) && (truth.box.y0..<truth.box.y1).contains(peak.y) {
                found += 1
            }
        }
        #expect(objects >= 50)
        #expect(found * 100 >= objects * 90, "the peak is inside the box on \(found) of \(objects) frames")
        #expect(named * 100 >= objects * 80, "the class is right on \(named) of \(objects) frames")
    }
}
