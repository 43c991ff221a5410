import Foundation
import Pipeline
import TestSupport
import Testing

@testable import Encode

@Suite struct SidecarTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private let record = FrameRecord(
        frame: 0, time: 0, method: "cam", classID: 285, label: "Egyptian cat",
        top: [
            Prediction(classID: 285, label: "Egyptian cat", probability: 0.821),
            Prediction(classID: 281, label: "tabby", probability: 0.00001),
        ], peak: [120, 80], box: [10, 20, 300, 200], hot: 0.25,
        scales: MapScales(frame: .init(low: 0, high: 12.5), shown: .init(low: 0, high: 16)), labelSwitches: 3)

    private func lines(_ name: String) throws -> [String] {
        String(decoding: try folder.bytes(of: name), as: UTF8.self).split(separator: "\n").map { String($0) }
    }

    @Test func aLineHasAllKeysInTheirOrder() throws {
        let writer = try SidecarWriter(path: folder.file("out.jsonl"), replacing: false)
        try writer.write(record)
        try writer.finish()
        let line =
            #"{"frame": 0, "time": 0.0, "method": "cam", "class": {"id": 285, "label": "Egyptian cat"}, "#
            + #""top": [{"id": 285, "label": "Egyptian cat", "probability": 0.821}, "#
            + #"{"id": 281, "label": "tabby", "probability": 1e-05}], "#
            + #""peak": [120, 80], "box": [10, 20, 300, 200], "hot": 0.25, "#
            + #""scale": {"frame": [0.0, 12.5], "shown": [0.0, 16.0]}, "label_switches": 3}"#
        #expect(try lines("out.jsonl") == [line])
    }

    @Test func thingsThatADetectorFoundAreListedAndAPictureWithoutAnyHasALineToo() throws {
        let region = Region(x: 0, y: 0, width: 64, height: 48)
        var dog = Observation(
            prediction: Prediction(classID: 16, label: "dog", probability: 0.9),
            heatmap: Heatmap(height: 1, width: 2, values: [0, 1], region: region),
            box: PixelBox(x0: 3, y0: 5, x1: 40, y1: 48), track: 7)
        dog.energyInBox = 0.5
        func line(_ things: [Observation], _ heat: Heatmap) throws -> String {
            let picture = Explained(
                frame: try TestPictures().frame(index: 4) { _, _, _ in 0 }, top: things.bestOfClasses(5),
                observations: things, reading: .objects, heat: heat,
                events: things.isEmpty ? [] : [ObjectEvent(kind: "began", track: 7, label: "dog")])
            var line = JSONLine()
            let record = FrameRecord(picture, method: "layercam")
            try #require(record).append(to: &line)
            return String(decoding: line.bytes, as: UTF8.self)
        }
        let told = try line([dog], dog.heatmap)
        let width = try TestPictures().frame(index: 0) { _, _, _ in 0 }.width
        #expect(
            told.contains(
                #""class": {"id": 16, "label": "dog"}, "top": [{"id": 16, "label": "dog", "probability": 0.9}]"#))
        #expect(
            told.contains(
                #""detections": [{"id": 7, "class": {"id": 16, "label": "dog"}, "score": 0.9, "box": [3, 5, 40, 48]"#))
        #expect(told.contains(#""energy_in_box": 0.5}]"#) && width > 0)
        #expect(told.contains(#""events": [{"event": "began", "id": 7, "label": "dog"}]"#))
        let nothing = try line([], Heatmap(height: 1, width: 1, values: [0], region: region))
        #expect(nothing.contains(#""class": null, "top": [], "peak": null, "box": null, "hot": 0.0"#))
        #expect(nothing.hasSuffix(#""detections": []}"#))
    }

    @Test func aThingThatAClassifierNamesHasBothModelsClasses() throws {
        let region = Region(x: 0, y: 0, width: 16, height: 16)
        var thing = Observation(
            prediction: Prediction(classID: 243, label: "bull mastiff", probability: 0.75),
            heatmap: Heatmap(height: 1, width: 1, values: [1], region: region),
            box: PixelBox(x0: 3, y0: 5, x1: 10, y1: 12), track: 7)
        thing.found = Prediction(classID: 16, label: "dog", probability: 0.5)
        thing.crop = PixelBox(x0: 2, y0: 4, x1: 11, y1: 13)
        let picture = Explained(
            frame: try TestPictures().frame(index: 4) { _, _, _ in 0 }, top: [thing.prediction], observations: [thing],
            reading: .objects)
        var line = JSONLine()
        let record = FrameRecord(picture, method: "cam")
        try #require(record).append(to: &line)
        let told = String(decoding: line.bytes, as: UTF8.self)
        #expect(
            told.contains(
                #""detections": [{"id": 7, "class": {"id": 243, "label": "bull mastiff"}, "probability": 0.75, "#
                    + #""detector_class": {"id": 16, "label": "dog"}, "score": 0.5, "box": [3, 5, 10, 12], "#
                    + #""crop": [2, 4, 11, 13], "peak": [0, 0]"#))
    }

    /// Of a detector, for example: a class's place in its output is not the class's number.
    @Test func aBoxAndATargetOfItsOwnAreToldBehindTheRest() throws {
        let seen = Observation(
            target: .score(16800) - 0.5 * .score(16801), score: 2.5,
            prediction: Prediction(classID: 16, label: "dog", probability: 0.9),
            heatmap: Heatmap(height: 1, width: 2, values: [0, 1], region: Region(x: 0, y: 0, width: 64, height: 48)),
            versus: Prediction(classID: 15, label: "cat", probability: 0.05),
            box: PixelBox(x0: 3, y0: 5, x1: 40, y1: 48))
        func line(_ observation: Observation) throws -> String {
            let picture = Explained(
                frame: try TestPictures().frame(index: 0) { _, _, _ in 0 }, top: [], observations: [observation])
            var line = JSONLine()
            let record = FrameRecord(picture, method: "gradcam")
            try #require(record).append(to: &line)
            return String(decoding: line.bytes, as: UTF8.self)
        }
        let told = try line(seen)
        #expect(told.contains(#""class": {"id": 16, "label": "dog"}"#))
        #expect(
            told.hasSuffix(
                #""object_box": [3, 5, 40, 48], "versus": {"id": 15, "label": "cat"}, "#
                    + #""target": {"elements": [16800, 16801], "weights": [1.0, -0.5], "score": 2.5}}"#))
        let plain = try line(Observation(score: 2.5, prediction: seen.prediction, heatmap: seen.heatmap))
        #expect(!plain.contains("object_box") && !plain.contains("versus") && !plain.contains("target"))
    }

    @Test func whereThereIsNoMapThereIsNull() throws {
        var record = record
        record.peak = nil
        record.box = nil
        record.hot = nil
        record.scales = nil
        record.labelSwitches = nil
        record.top = []
        let writer = try SidecarWriter(path: folder.file("out.jsonl"), replacing: false)
        try writer.write(record)
        try writer.finish()
        #expect(
            try lines("out.jsonl")[0].hasSuffix(#""top": [], "peak": null, "box": null, "hot": null, "scale": null}"#))
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func noNumberIsWrittenThatJSONLacks(value: Double) throws {
        var record = record
        record.time = value
        record.hot = value
        record.top = [Prediction(classID: 0, label: "", probability: Float(value))]
        let writer = try SidecarWriter(path: folder.file("out.jsonl"), replacing: false)
        try writer.write(record)
        try writer.finish()
        let object = try parse(try lines("out.jsonl")[0])
        #expect(object["time"] is NSNull)
        #expect(object["hot"] is NSNull)
        #expect((object["top"] as? [[String: Any]])?[0]["probability"] is NSNull)
    }

    @Test(arguments: [
        #"a "quoted" \ name"#, "tab\tnew\nline\r\u{1}\u{1f}\u{7f}\0", "Ägyptische Katze", "猫 🐈‍⬛", "\u{2028}/", "",
    ])
    func anyLabelSurvives(label: String) throws {
        var record = record
        record.label = label
        let writer = try SidecarWriter(path: folder.file("out.jsonl"), replacing: false)
        try writer.write(record)
        try writer.finish()
        #expect(try lines("out.jsonl").count == 1)
        let object = try parse(try lines("out.jsonl")[0])
        #expect((object["class"] as? [String: Any])?["label"] as? String == label)
    }

    @Test(arguments: [0.1 + 0.2, 1 / 3.0, 12345.678901234567, 1e-9, 4e15])
    func timesComeBackExactly(time: Double) throws {
        var record = record
        record.time = time
        let writer = try SidecarWriter(path: folder.file("out.jsonl"), replacing: false)
        try writer.write(record)
        try writer.finish()
        struct Line: Decodable { let time: Double }
        #expect(try JSONDecoder().decode(Line.self, from: Data(try lines("out.jsonl")[0].utf8)).time == time)
    }

    @Test func eachLineIsThereAsSoonAsItIsWritten() throws {
        let writer = try SidecarWriter(path: folder.file("out.jsonl"), replacing: false)
        for frame in 0..<3 {
            var record = record
            record.frame = frame
            try writer.write(record)
            // What an interrupted run would leave.
            let name = try #require(try folder.contents().first)
            let lines = try lines(name)
            #expect(lines.count == frame + 1)
            #expect(try parse(lines[frame])["frame"] as? Int == frame)
        }
        #expect(try folder.contents() != ["out.jsonl"])
        try writer.finish()
        #expect(try folder.contents() == ["out.jsonl"])
    }

    @Test func noFramesMakeAnEmptyFile() throws {
        let writer = try SidecarWriter(path: folder.file("out.jsonl"), replacing: false)
        try writer.finish()
        #expect(try folder.bytes(of: "out.jsonl") == [])
    }

    @Test func nothingIsLeftOfASidecarThatIsGivenUp() throws {
        let writer = try SidecarWriter(path: folder.file("out.jsonl"), replacing: false)
        try writer.write(record)
        writer.abandon()
        #expect(try folder.contents() == [])
    }

    @Test func anExistingFileIsReplacedOnlyByForce() throws {
        try folder.write([1], to: "out.jsonl")
        #expect(throws: EncodeError.exists(path: folder.file("out.jsonl"))) {
            try SidecarWriter(path: folder.file("out.jsonl"), replacing: false)
        }
        let writer = try SidecarWriter(path: folder.file("out.jsonl"), replacing: true)
        try writer.write(record)
        #expect(try folder.bytes(of: "out.jsonl") == [1])
        try writer.finish()
        #expect(try lines("out.jsonl").count == 1)
    }

    private func parse(_ line: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
}
