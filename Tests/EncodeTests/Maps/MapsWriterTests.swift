import Foundation
import Pipeline
import TestSupport
import Testing

@testable import Encode

struct MapsWriterTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private let labels = ["cat", "Ägyptische 猫 🐈", ""]

    private func writer(
        interval: Duration = .seconds(1000), versus: Int? = nil, of subject: MapsWriter.Subject = .classes
    ) throws -> MapsWriter {
        try MapsWriter(
            path: folder.file("maps.npz"), replacing: false,
            origin: MapsWriter.Origin(
                labels: labels, method: "gradcam", model: "résnet", layer: "layer4", pictureWidth: 640,
                pictureHeight: 480, versus: versus, subject: subject), interval: interval)
    }

    /// Two maps of 2 rows and 3 columns.
    private func maps(_ frame: Int) -> [Observation] {
        (0..<2).map { place in
            let raw = (0..<6).map { Float($0) - 2.5 + Float(100 * frame + 10 * place) }
            return Observation(
                prediction: Prediction(
                    classID: 2 * place, label: labels[2 * place], probability: 0.75 / Float(place + 1)),
                heatmap: Heatmap(
                    height: 2, width: 3, values: raw.map { max(0, $0) },
                    region: Region(x: 1, y: 2, width: 630, height: 470.5)), raw: raw,
                scales: place == 0
                    ? nil : MapScales(frame: .init(low: -1, high: Float(frame)), shown: .init(low: -2, high: 99)))
        }
    }

    @Test func whatClassesAreToldApartFromIsTold() throws {
        let writer = try writer(versus: 1)
        try writer.write(maps(0), frame: 0, seconds: 0)
        try writer.finish()
        let file = try NPZFile(path: folder.file("maps.npz"))
        #expect(file.shape("versus") == [] && file.integers("versus") == [1])
    }

    @Test func ofADetectorEachThingHasARow() throws {
        let writer = try writer(interval: .zero, of: .objects)
        func things(_ frame: Int, _ tracks: [Int?]) -> [Observation] {
            zip(maps(frame), tracks).map { seen, track in
                var thing = seen
                (thing.track, thing.box) = (track, PixelBox(x0: frame, y0: 1, x1: 20, y1: 30 + (track ?? 0)))
                return thing
            }
        }
        for (frame, tracks) in [[7], [], [7, 8], [nil]].enumerated() {
            try writer.write(things(frame, tracks), frame: frame, seconds: Double(frame))
        }
        try writer.finish()
        let file = try NPZFile(path: folder.file("maps.npz"))
        #expect(file.shape("maps") == [4, 2, 3])
        #expect(
            file.floats("maps")
                == [(0, 0), (2, 0), (2, 1), (3, 0)].flatMap { maps($0.0)[$0.1].raw! })
        #expect(file.integers("ids") == [7, 7, 8, -1] && file.shape("ids") == [4])
        #expect(file.shape("boxes") == [4, 4])
        #expect(file.integers("boxes") == [0, 1, 20, 37, 2, 1, 20, 37, 2, 1, 20, 38, 3, 1, 20, 30])
        #expect(file.integers("frames") == [0, 2, 2, 3] && file.doubles("times") == [0, 2, 2, 3])
        #expect(file.integers("class_ids") == [0, 0, 2, 0] && file.floats("scores") == [0.75, 0.75, 0.375, 0.75])
        #expect(file.shape("scales") == [4] && file.shape("shown_scales") == [4, 2])
        #expect(!file.names.contains("probabilities.npy"))
    }

    @Test func ofTwoStagesEachMapHasItsOwnRegionAndBothClasses() throws {
        let writer = try writer(of: .crops)
        for frame in 0..<2 {
            let things = maps(frame).enumerated().map { place, seen in
                var thing = seen
                thing.heatmap.region.x = Double(10 * frame + place)
                (thing.track, thing.box) = (place + 1, PixelBox(x0: 1, y0: 2, x1: 3, y1: 4))
                thing.found = Prediction(classID: 40 + place, label: "thing", probability: 0.5 + Float(frame) / 4)
                return thing
            }
            try writer.write(things, frame: frame, seconds: 0)
        }
        try writer.finish()
        let file = try NPZFile(path: folder.file("maps.npz"))
        #expect(file.shape("maps") == [4, 2, 3] && file.shape("regions") == [4, 4])
        #expect(
            file.doubles("regions") == [0.0, 1, 10, 11].flatMap { [$0, 2, 630, 470.5] }
                && !file.names.contains("region.npy"))
        #expect(file.integers("class_ids") == [0, 2, 0, 2] && file.integers("detector_class_ids") == [40, 41, 40, 41])
        #expect(file.floats("probabilities") == [0.75, 0.375, 0.75, 0.375])
        #expect(file.floats("scores") == [0.5, 0.5, 0.75, 0.75])
        #expect(file.integers("ids") == [1, 2, 1, 2] && file.shape("boxes") == [4, 4])
    }

    @Test func thatADetectorFoundNothingIsAResult() throws {
        let writer = try writer(of: .objects)
        try writer.write([], frame: 0, seconds: 0)
        try writer.finish()
        let file = try NPZFile(path: folder.file("maps.npz"))
        #expect(file.shape("maps") == [0, 1, 1] && file.shape("ids") == [0] && file.shape("boxes") == [0, 4])
    }

    private func hidden() throws -> [String] { try folder.contents().filter { $0.hasPrefix(".maps.npz.") } }

    @Test func theFileHasTheMapsAndAllThatBelongsToThem() throws {
        let writer = try writer()
        for frame in 0..<3 { try writer.write(maps(frame), frame: 5 + frame, seconds: Double(frame) / 25) }
        try writer.finish()
        #expect(try folder.contents() == ["maps.npz"])
        let file = try NPZFile(path: folder.file("maps.npz"))
        #expect(file.shape("maps") == [3, 2, 2, 3])
        #expect(file.floats("maps") == (0..<3).flatMap { maps($0).flatMap { $0.raw! } })
        #expect(file.shape("scales") == [3, 2] && file.floats("scales") == [2.5, 12.5, 102.5, 112.5, 202.5, 212.5])
        #expect(file.shape("frame_scales") == [3, 2, 2] && file.shape("shown_scales") == [3, 2, 2])
        // Of the first map nobody told a scale.
        #expect(
            file.floats("frame_scales").map { $0.isNaN ? -7 : $0 } == [-7, -7, -1, 0, -7, -7, -1, 1, -7, -7, -1, 2])
        #expect(file.floats("shown_scales")[2...3] == [-2, 99])
        #expect(file.shape("class_ids") == [3, 2] && file.integers("class_ids") == [0, 2, 0, 2, 0, 2])
        #expect(file.floats("probabilities") == [0.75, 0.375, 0.75, 0.375, 0.75, 0.375])
        #expect(file.shape("frames") == [3] && file.integers("frames") == [5, 6, 7])
        #expect(file.shape("times") == [3] && file.doubles("times") == [0, 1.0 / 25, 2.0 / 25])
        #expect(file.shape("labels") == [3] && file.texts("labels") == labels)
        #expect(file.shape("method") == [] && file.texts("method") == ["gradcam"])
        #expect(file.texts("model") == ["résnet"] && file.texts("layer") == ["layer4"])
        #expect(file.integers("picture") == [640, 480] && file.doubles("region") == [1, 2, 630, 470.5])
    }

    @Test func aKilledRunLeavesWhatCameAMomentAgo() throws {
        let writer = try writer(interval: .zero)
        for frame in 0..<3 {
            try writer.write(maps(frame), frame: frame, seconds: 0)
            let file = try NPZFile(path: folder.file(try #require(try hidden().first)))
            #expect(file.shape("maps") == [frame + 1, 2, 2, 3] && file.shape("times") == [frame + 1])
        }
        try writer.finish()
        #expect(try hidden() == [])
    }

    @Test func theFirstFrameIsReadableAtOnce() throws {
        let writer = try writer()
        try writer.write(maps(0), frame: 0, seconds: 0)
        #expect(try NPZFile(path: folder.file(try #require(try hidden().first))).shape("maps") == [1, 2, 2, 3])
    }

    @Test func aFailedRunKeepsItsMapsUnderTheirTemporaryName() throws {
        let writer = try writer()
        for frame in 0..<3 { try writer.write(maps(frame), frame: frame, seconds: 0) }
        let kept = try #require(writer.keep())
        #expect(try NPZFile(path: kept).shape("maps") == [3, 2, 2, 3])
        #expect(writer.keep() == nil)
        try writer.finish()
        #expect(try folder.contents().count == 1)
    }

    @Test func withoutAFrameNothingIsLeft() throws {
        do {
            let writer = try writer()
            try writer.write([], frame: 0, seconds: 0)
            #expect(writer.keep() == nil)
        }
        do { try writer().finish() }
        #expect(try folder.contents() == [])
    }

    @Test func anExistingFileIsLeftAlone() throws {
        try folder.write([1], to: "maps.npz")
        #expect(throws: EncodeError.exists(path: folder.file("maps.npz"))) { try writer() }
    }
}
