import Capture
import Demo
import Engine
import Foundation
import Infer
import Pipeline
import TestSupport
import Testing

private enum ImageNet {
    static let model = checkout.appending(path: ".deps/models/imagenet/imagenet.onnx").path
    static var isThere: Bool { FileManager.default.fileExists(atPath: model) }
}

/// The model that the set-up makes of published weights; reported as skipped where it could not.
@Suite(
    .enabled(if: ImageNet.isThere, "the model imagenet is not there"),
    .runsProgram, .timeLimit(.minutes(30)))
struct ImageNetModelTests {

    /// On those of the drawn objects that ImageNet has, too.
    @Test func itNamesWhatIsDrawnAndSeesWhereItIs() throws {
        let names = [
            "soccer ball": "soccer ball", "starfish": "starfish", "butterfly": "monarch", "sunflower": "daisy",
        ]
        var config = InferConfig()
        config.model = ImageNet.model
        config.precision = .f32
        config.smoothing = 0
        let address = "demo:objects=soccer-ball+starfish+butterfly+sunflower,fps=1,size=320x180"
        let source = try DemoSource(try #require(try DemoAddress(address)), interrupt: Interrupt())
        let explainer = try Explainer(config, format: source.format, mapCount: 1)
        #expect(explainer.labels.count == 1000)
        var seen: Set<String> = []
        var (objects, found) = (0, 0)
        while let frame = try source.next() {
            guard let truth = try source.truth(ofFrame: frame.index) else { continue }
            try explainer.submit(frame)
            guard let explained = try explainer.next(), let map = explained.observations.first,
                let peak = map.heatmap.peak(pictureWidth: source.format.width, pictureHeight: source.format.height)
            else { continue }
            #expect(map.prediction.label == names[truth.className])
            seen.insert(truth.className)
            objects += 1
            // The peak is known to half a cell; seven are on a side.
            let (x, y) = (source.format.width / 14, source.format.height / 14)
            if (truth.box.x0 - x..<truth.box.x1 + x).contains(peak.x),
                (truth.box.y0 - y..<truth.box.y1 + y).contains(peak.y)
            {
                found += 1
            }
        }
        #expect(found * 100 >= objects * 80, "the peak is at the box on \(found) of \(objects) frames")
        #expect(seen.count == 4)
    }

    @Test(arguments: [("cat", "Egyptian cat"), ("coffee", "espresso")])
    func itNamesWhatIsInAPhotograph(photograph: String, className: String) throws {
        let folder = try TemporaryFolder()
        let run = try Program.run([
            "-i", checkout.appending(path: "Tests/Fixtures/photographs/\(photograph).jpg").path, "-m", "imagenet",
            "--precision", "f32", "-o",
            folder.file("heat.png"), "--sidecar", folder.file("seen.jsonl"),
        ])
        #expect(run.status == 0, "\(run.standardError)")
        let line = try folder.bytes(of: "seen.jsonl")
        #expect(String(decoding: line, as: UTF8.self).contains(#""label": "\#(className)""#))
    }
}
