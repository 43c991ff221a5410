import CFFmpeg
import Foundation
import Overlay
import Pipeline
import Testing

@testable import Reports

@Suite struct RecordingReportTests {
    private func frame(
        _ time: Double, drawn: Int32 = 0, best: Int32? = nil, probability: Float = 0.9, margin: Float = 0.8,
        isRecognised: Bool = true
    ) -> SeenFrame {
        SeenFrame(
            time: time, duration: 0.1, drawn: drawn, best: best ?? drawn, probability: probability, margin: margin,
            hot: 0.1, isRecognised: isRecognised)
    }

    @Test func aClassIsOnScreenForAsLongAsItIsDrawn() throws {
        var frames = (0..<10).map { frame(Double($0) / 10, drawn: 0, probability: 0.5) }
        frames += (10..<30).map { frame(Double($0) / 10, drawn: 1) }
        frames += (30..<32).map { frame(Double($0) / 10, drawn: 0, probability: 1) }
        // A guess is no class on screen.
        frames += (32..<40).map { frame(Double($0) / 10, drawn: 2, isRecognised: false) }
        let all: [ClassTimes] = ClassTimes.all(frames)
        #expect(all.map(\.label) == [1, 0])
        #expect(abs(all[0].shown - 2) < 1e-9 && all[0].times == 1)
        #expect(all[1].times == 2 && abs(all[1].shown - 1.2) < 1e-9)
        #expect(abs(all[1].first) < 1e-9 && abs(all[1].last - 3.2) < 1e-9)
        let mean = 0.7 / 1.2
        #expect(abs(all[1].mean - mean) < 1e-6 && all[1].highest == 1)
    }

    @Test func whereTheClassChangesAgainAndAgainItWavers() throws {
        // Steady, then five changes within two seconds, then one change of scene.
        var best = [Int32](repeating: 0, count: 20)
        best += [0, 1, 0, 1, 2, 2, 2, 2, 1, 1]
        best += [Int32](repeating: 1, count: 30)
        best += [Int32](repeating: 3, count: 20)
        let frames = best.indices.map { index -> SeenFrame in
            let margin: Float = index == 22 ? 0.01 : 0.5
            return frame(Double(index) / 10, drawn: 0, best: best[index], margin: margin)
        }
        let found = Wavering.find(frames, most: 12)
        try #require(found.count == 1)
        #expect(found[0].from == 2 && abs(found[0].to - 4) < 0.11 && found[0].changes == 5)
        #expect(found[0].margin == 0.01 && found[0].labels.first == 1 && Set(found[0].labels) == [0, 1, 2])
        #expect(Wavering.find(frames.filter { $0.time < 2 }, most: 12).isEmpty)
        #expect(Wavering.find([], most: 12).isEmpty)
    }

    @Test func onlyTheWorstStretchesAreTold() {
        let frames = (0..<4000).map { index -> SeenFrame in
            let best = index / 40 % 2 == 0 ? index % 2 : 0
            return frame(Double(index) / 10, best: Int32(best))
        }
        #expect(Wavering.find(frames, most: 5).count == 5)
    }

    @Test(arguments: [(0.0, "0:00.0"), (65.25, "1:05.3"), (3599.99, "1:00:00"), (3723, "1:02:03"), (-1, "0:00.0")])
    func timesAreWrittenAsPlayersWriteThem(_ seconds: Double, _ text: String) { #expect(clock(seconds) == text) }

    /// Grey pictures with a hot corner.
    private func report(_ count: Int, expecting frames: Int?, input: String = "clip.mp4") throws -> RecordingReport {
        let format = VideoFormat(
            width: 320, height: 180, pixelFormat: AV_PIX_FMT_YUV420P, colour: ColourTags(range: AVCOL_RANGE_MPEG),
            timeBase: AVRational(num: 1, den: 10), frameRate: AVRational(num: 10, den: 1))
        let pool = try FramePool(format)
        let report = try RecordingReport(
            format, frames: frames, .init(),
            .init(
                input: input, program: "camstream 1", date: "2026-01-01", model: "m<b>", checksum: "abc",
                method: "Grad-CAM", layers: ["/l"], settings: ["overlay.colormap": .text("turbo")]))
        for index in 0..<count {
            let picture = try pool.frame(
                index: index, pts: Int64(index), duration: 1, timeBase: format.timeBase)
            for plane in 0..<3 {
                let rows = plane == 0 ? 180 : 90
                shim_plane(picture.av, Int32(plane)).update(
                    repeating: 128, count: Int(shim_bytes_per_row(picture.av, Int32(plane))) * rows)
            }
            let seen = Prediction(
                classID: index < count / 2 ? 7 : 9, label: index < count / 2 ? "<i>cat" : "dog", probability: 0.75)
            let map = Heatmap(
                height: 2, width: 2, values: [1, 0, 0, 0], region: Region(x: 0, y: 0, width: 320, height: 180))
            try report.add(
                Explained(frame: picture, top: [seen], observations: [Observation(prediction: seen, heatmap: map)]))
        }
        return report
    }

    @Test func ofSeveralThingsTheHeatOfAllCounts() throws {
        let format = VideoFormat(
            width: 320, height: 180, pixelFormat: AV_PIX_FMT_YUV420P, colour: ColourTags(range: AVCOL_RANGE_MPEG),
            timeBase: AVRational(num: 1, den: 10), frameRate: AVRational(num: 10, den: 1))
        let picture = try FramePool(format).frame(index: 0, pts: 0, duration: 1, timeBase: format.timeBase)
        for plane in 0..<3 {
            shim_plane(picture.av, Int32(plane)).update(
                repeating: 128, count: Int(shim_bytes_per_row(picture.av, Int32(plane))) * (plane == 0 ? 180 : 90))
        }
        let region = Region(x: 0, y: 0, width: 320, height: 180)
        func map(_ left: Float, _ right: Float) -> Heatmap {
            Heatmap(height: 1, width: 2, values: [left, right], region: region)
        }
        let things = [map(0, 0), map(0, 1)].map {
            Observation(
                prediction: Prediction(classID: 1, label: "dog", probability: 0.9), heatmap: $0,
                box: PixelBox(x0: 0, y0: 0, x1: 20, y1: 20))
        }
        let seen = Explained(
            frame: picture, top: things.bestOfClasses(5), observations: things, reading: .objects, heat: map(0, 1))
        #expect(SeenFrames(format).add(seen).hot > 0.1)
        // Half of the picture is coloured, and no box is drawn.
        let jpeg = try SmallPainter(format, largest: 160, quality: 90, .init()).draw(seen)
        let plain = try SmallPainter(format, largest: 160, quality: 90, .init()).draw(
            Explained(frame: try seen.frame.reference(), top: [], observations: []))
        #expect(jpeg != plain)
    }

    private func thing(_ classID: Int, _ label: String, _ score: Float, _ track: Int?) -> Observation {
        Observation(
            prediction: Prediction(classID: classID, label: label, probability: score),
            heatmap: Heatmap(
                height: 1, width: 1, values: [0], region: Region(x: 0, y: 0, width: 320, height: 180)),
            box: PixelBox(x0: 0, y0: 0, x1: 20, y1: 20), track: track)
    }

    @Test func objectsAreCountedByTheirNumbersAndClassesByTheTimeInWhichOneWasThere() {
        var seen = SeenObjects()
        let pictures = [
            [thing(3, "dog", 0.9, 1), thing(3, "dog", 0.6, 2), thing(5, "cat", 0.5, 3)], [thing(3, "dog", 0.8, 1)], [],
            [], [thing(3, "dog", 0.7, 4)],
        ]
        for (index, things) in pictures.enumerated() {
            seen.add(things, from: Double(index), for: 1) { Int32($0.classID) }
        }
        #expect(seen.count == 4 && seen.mostAtOnce == 3 && abs(seen.shown - 3) < 1e-9)
        #expect(seen.classes.map(\.label) == [3, 5] && seen.classes.map(\.objects) == [3, 1])
        let dog = seen.classes[0]
        #expect(dog.shown == 3 && dog.first == 0 && dog.last == 5 && dog.mostAtOnce == 2 && dog.highest == 0.9)
        #expect(dog.stretches.map { [$0.from, $0.to] } == [[0, 2], [4, 5]])
        #expect(abs(dog.mean - 0.8) < 1e-6)
        #expect(seen.objects.map(\.number) == [1, 2, 3, 4] && seen.objects[0].shown == 2)
    }

    /// - Parameter pictures: what is found in each.
    private func page(of pictures: [[Observation]]) throws -> String {
        let format = VideoFormat(
            width: 320, height: 180, pixelFormat: AV_PIX_FMT_YUV420P, colour: ColourTags(range: AVCOL_RANGE_MPEG),
            timeBase: AVRational(num: 1, den: 10), frameRate: AVRational(num: 10, den: 1))
        let pool = try FramePool(format)
        let report = try RecordingReport(
            format, frames: pictures.count, .init(),
            .init(
                input: "clip.mp4", program: "camstream 1", date: nil, model: "m", checksum: "abc", method: "LayerCAM",
                layers: [], settings: [:]))
        for (index, things) in pictures.enumerated() {
            let picture = try pool.frame(index: index, pts: Int64(index), duration: 1, timeBase: format.timeBase)
            for plane in 0..<3 {
                shim_plane(picture.av, Int32(plane)).update(
                    repeating: 128, count: Int(shim_bytes_per_row(picture.av, Int32(plane))) * (plane == 0 ? 180 : 90))
            }
            try report.add(
                Explained(
                    frame: picture, top: things.bestOfClasses(5), observations: things,
                    isRecognised: !things.isEmpty, reading: .objects))
        }
        return String(decoding: report.html(), as: UTF8.self)
    }

    @Test func thePageOfADetectorsRecordingTellsItsObjects() throws {
        let both = [thing(3, "<i>dog", 0.9, 1), thing(3, "<i>dog", 0.6, 2), thing(5, "cat", 0.5, 3)]
        let page = try page(of: Array(repeating: both, count: 4) + Array(repeating: [], count: 6))
        for part in [
            "there 40.0 % of the time", "<b>3</b><span>objects", "<b>3</b><span>at once", "2 × &lt;i&gt;dog, cat",
            "nothing found", "The objects, as they came",
        ] { #expect(page.contains(part), "\(part)") }
        #expect(!page.contains("waver") && !page.contains("recognised") && !page.contains("<i>dog"))
    }

    @Test func aDetectorsRecordingWithNothingInItIsTold() throws {
        let page = try page(of: [[], [], []])
        #expect(page.contains("<b>nothing</b><span>was found") && page.contains("<b>0</b><span>objects"))
        #expect(!page.contains("recognised") && !page.contains("waver") && !page.contains("The classes"))
    }

    @Test func whereNobodyFollowsObjectsNoneIsCounted() throws {
        let page = try page(of: [[thing(3, "dog", 0.9, nil)]])
        #expect(page.contains("<b>-</b><span>objects") && page.contains("nobody followed them"))
        #expect(!page.contains("as they came"))
    }

    @Test(arguments: [nil, 10, 1000, 100_000]) func picturesAreFewHoweverLongTheRecordingIs(_ expected: Int?) throws {
        let report = try report(1000, expecting: expected)
        #expect(report.strip.pieces.count <= PictureStrip.most && !report.strip.pieces.isEmpty)
        if expected ?? 0 <= 1000 { #expect(report.strip.pieces.count >= PictureStrip.most / 2 - 1) }
        #expect(report.strip.pieces.map(\.time) == report.strip.pieces.map(\.time).sorted())
        #expect(report.strip.best.count == 2)
    }

    @Test func thePageHoldsAllOfItAndTakesNothingOfOthersForMarkup() throws {
        let report = try report(40, expecting: 40, input: "<script>alert(1)</script>.mp4")
        report.facts.isInterrupted = true
        let page = String(decoding: report.html(), as: UTF8.self)
        #expect(!page.contains("<script") && !page.contains("<i>cat") && page.contains("&lt;i&gt;cat"))
        #expect(!page.contains("src=\"http") && !page.contains("url("))
        #expect(page.contains("data:image/jpeg;base64,/9j/"))
        for part in ["0:02.0", "50.0 %", "dog", "Grad-CAM", "abc", "overlay.colormap", "Interrupted"] {
            #expect(page.contains(part), "\(part)")
        }
        #expect(page.contains("<svg class=\"timeline\""))
    }
}
